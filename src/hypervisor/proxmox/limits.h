// proxmox/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace rig::proxmox {

// What Proxmox VE takes.
inline constexpr std::size_t kDescriptionBytesMax = 8192;  // API schema of 9.2: maxLength of description
inline constexpr std::size_t kFormBytesMax = 512U << 10;   // pve-http-server src/PVE/APIServer/AnyEvent.pm

// Machines.
inline constexpr std::size_t kDisksMax = 29;       // scsi1 to scsi29: scsi0 is the root disk, scsi30 the seed
inline constexpr std::size_t kNameBytesMax = 253;  // of a DNS name
inline constexpr std::int64_t kMemoryMibMin = 16;  // API schema of 9.2
inline constexpr std::int64_t kDiskBytesMax = 64LL << 40;

inline constexpr int kRoundsMax = 200;  // looks and steps of one operation: 29 disks need fewer than 70

// The session.
inline constexpr std::size_t kEndpointsMax = 16;
inline constexpr std::size_t kCredentialBytesMax = 256U << 10;  // of one key of the Secret; a CA bundle is the longest
inline constexpr std::size_t kAnswerBytesMax = 32U << 20;       // 10,000 machines in /cluster/resources are 4 MB
inline constexpr Duration kTicketFresh = std::chrono::minutes(60);      // tickets live for two hours
inline constexpr Duration kAnswerMax = std::chrono::seconds(60);        // Proxmox VE itself gives up after 30
inline constexpr int kUploadPatience = 10;                              // times as long as for an answer
inline constexpr Duration kLoginRefusedFor = std::chrono::seconds(30);  // a refused login is not tried again

// Tasks.
inline constexpr Duration kTaskPauseFirst = std::chrono::milliseconds(200), kTaskPauseMax = std::chrono::seconds(2);
inline constexpr Duration kGiveUpMax = std::chrono::seconds(10);  // for telling a node that its task is given up
inline constexpr std::size_t kLogLinesAsked = 500;                // at once
inline constexpr std::size_t kLogLinesKept = 500;                 // the last ones: how far a task is stands at the end
inline constexpr int kTaskThreads = 8;
inline constexpr std::size_t kTasksQueuedMax = 256;
inline constexpr std::size_t kLeasesMax = 10'000;  // VMIDs that were reserved, and whose machines are not there yet
inline constexpr int kIdsTriedMax = 1000;          // in search of one that is free

// Power.
inline constexpr Duration kRebootGrace = std::chrono::seconds(60);  // then the machine is stopped and started
inline constexpr Duration kStartPause = std::chrono::milliseconds(500);
inline constexpr int kStartLooksMax = 60;                      // half a minute for the start that belongs to a reboot
inline constexpr Duration kHaPause = std::chrono::seconds(2);  // HA acts at its next round, about ten seconds

// Looking.
inline constexpr Duration kInterval = std::chrono::seconds(10);  // as often as pvestatd itself looks
inline constexpr Duration kStatisticsLag = std::chrono::seconds(10);
inline constexpr Duration kLookMax = std::chrono::seconds(60);
inline constexpr Duration kReconnectFirst = std::chrono::seconds(1);
inline constexpr std::size_t kReadersMax = 8;  // machines that are read side by side
inline constexpr std::size_t kEventsKept = 4096;

// The guest agent.
inline constexpr int kAgentThreads = 4;
inline constexpr std::size_t kAgentQueuedMax = 1024;
inline constexpr Duration kAgentMax = std::chrono::seconds(15);  // one that hangs is given up by Proxmox VE after 10
inline constexpr Duration kAgentFreshFor = std::chrono::seconds(30);  // describe() asks again only after this
inline constexpr Duration kPursuitFirst = std::chrono::seconds(1), kPursuitMax = std::chrono::seconds(20);
inline constexpr int kPursuitTries = 12;  // about two minutes

}  // namespace rig::proxmox
