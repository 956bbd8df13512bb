// libvirt/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace rig::libvirt {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The connection.
inline constexpr Duration kLivenessInterval = seconds(30);  // between two calls that only ask whether the host is there
inline constexpr Duration kReconnectFirst = milliseconds(500), kReconnectMax = seconds(30);
inline constexpr int kKeepaliveSeconds = 5, kKeepaliveCount = 3;  // a dead host ends every call after 15 to 20 s
inline constexpr int kSessionsMax = 32;                           // calls under way; each has a session of its own
inline constexpr Duration kFirstContactMax = seconds(10);         // a call waits this long for the first connection

// Tasks.
inline constexpr int kTaskThreads = 8;
inline constexpr std::size_t kTasksQueuedMax = 256;
inline constexpr Duration kRebootGrace = seconds(60);  // then the machine is reset
inline constexpr Duration kAskAgain = seconds(10);     // a guest hears nothing while it boots, so it is asked again
inline constexpr Duration kResetEcho = seconds(3);
inline constexpr Duration kResetGrace = seconds(10);   // for the sign of a reset
inline constexpr Duration kDetachGrace = seconds(20);  // a machine that runs must let go of a device within it

inline constexpr Duration kDetachLook = milliseconds(200);
inline constexpr Duration kCutRetry = seconds(2);  // power that could not be cut in time is tried again

// Machines.
inline constexpr std::size_t kDisksMax = 24, kNicsMax = 10;  // vda to vdz: root, disks, seed
inline constexpr int kSparePorts = 4;                        // PCIe ports left free for devices that are added later
inline constexpr std::size_t kNameBytesMax = 200;            // a volume or log file's name must fit in 255

// Events.
inline constexpr std::size_t kEventsKept = 4096;

// The guest agent.
inline constexpr int kAgentThreads = 4, kAgentSeconds = 5;
inline constexpr std::size_t kAgentQueuedMax = 1024;
inline constexpr Duration kAgentFreshFor = seconds(30);  // describe() asks again only after this
inline constexpr Duration kPursuitFirst = seconds(1), kPursuitMax = seconds(20);
inline constexpr int kPursuitTries = 12;  // after a start, until every NIC has an IPv4 address: about two minutes

// Storage.
inline constexpr std::size_t kStreamChunk = 256U << 10;
inline constexpr std::size_t kHeaderBytes = 128U << 10;  // read of an image to judge it
inline constexpr std::int64_t kDiskBytesMax = 64LL << 40;

// The console.
inline constexpr std::size_t kConsoleBuffered = 256U << 10;  // what nobody reads beyond it is dropped, oldest first

}  // namespace rig::libvirt
