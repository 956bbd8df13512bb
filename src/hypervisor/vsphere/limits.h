// vsphere/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace rig::vsphere {

// The session.
inline constexpr std::size_t kCredentialBytesMax = 256U << 10;  // of one key of the Secret; a CA bundle is the longest
inline constexpr std::size_t kAnswerBytesMax = 128U << 20;      // 10,000 machines with all their devices are 80 MB
inline constexpr Duration kAnswerMax = std::chrono::seconds(60);        // for one answer of a busy vCenter
inline constexpr Duration kLoginRefusedFor = std::chrono::seconds(30);  // a refused login is not tried again
inline constexpr Duration kLogOutMax = std::chrono::seconds(2);         // as much is spent on being polite

// Machines.
inline constexpr std::size_t kDisksMax = 45;  // free_address() of devices.h has 59 places when the root disk is SCSI
inline constexpr std::size_t kNicsMax = 10;   // vSphere's maximum of each machine
inline constexpr std::size_t kNameBytesMax = 80;  // of a machine's name
inline constexpr int kHardwareNumberMax = 99;     // of "vmx-19"; two digits
inline constexpr std::int64_t kMemoryMibMin = 4;
inline constexpr std::int64_t kDiskBytesMax = 62LL << 40;
inline constexpr std::size_t kPlainBytesMax = 16U << 10;  // of a document of guestinfo; longer ones are compressed

// Finding things.
inline constexpr std::size_t kCandidatesMax = 10;  // told in an error
inline constexpr int kInventoryDepthMax = 64;      // of folders within folders

// The inventory.
inline constexpr int kUpdatesAtOnce = 500;  // objects in one answer; then it says that there is more
inline constexpr Duration kWaitMax = std::chrono::seconds(50);    // of one call; proxies end what idles for a minute
inline constexpr Duration kWaitGrace = std::chrono::seconds(10);  // on top, for the answer to arrive
inline constexpr Duration kReconnectFirst = std::chrono::milliseconds(500), kReconnectMax = std::chrono::seconds(30);
inline constexpr Duration kCatchUpMax = std::chrono::seconds(5);    // that the end of a task waits for its own events
inline constexpr Duration kEventLatency = std::chrono::seconds(5);  // what is claimed; a second is usual
inline constexpr std::size_t kEventsKept = 4096;

// Importing a package.
inline constexpr std::size_t kDescriptorBytesMax = 4U << 20;     // of an OVF; those of appliances have 100 KiB
inline constexpr std::size_t kManifestBytesMax = 256U << 10;     // a line has some 200 bytes, and there is one per file
inline constexpr std::size_t kTarExtensionBytesMax = 64U << 10;  // of names and numbers that are too long for a header
inline constexpr std::size_t kPackageFilesMax = 64;
inline constexpr std::int64_t kPackageBytesMax = 1LL << 46;  // of one of them
inline constexpr int kUploadPatience =
    5;  // times as long as for an answer: hosts write what they got before they answer
inline constexpr Duration kLeaseToldEvery = std::chrono::seconds(15);  // vCenter ends leases that are silent for 300 s
inline constexpr Duration kTearDownMax = std::chrono::seconds(60);     // for leaving nothing of what went wrong

// Tasks.
inline constexpr Duration kTaskPauseFirst = std::chrono::milliseconds(200), kTaskPauseMax = std::chrono::seconds(2);
inline constexpr Duration kAskAgain = std::chrono::seconds(10);  // what boots hears nothing, so it is asked again
inline constexpr int kTaskThreads = 64;                          // a clone keeps one for minutes
inline constexpr std::size_t kTasksQueuedMax = 1024;
inline constexpr int kRoundsMax = 50;  // looks and steps of one operation: a machine needs fewer than ten

}  // namespace rig::vsphere
