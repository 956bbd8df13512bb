// provider/wire/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>

#include "base/result.h"

namespace rig::provider::wire {

inline constexpr std::size_t kStreamsMax = 8;                      // per server
inline constexpr std::size_t kMessageBytesMax = 4U << 20;          // gRPC's default, and the reference's
inline constexpr int kDescribeChunk = 100;                         // machines per message of DescribeMany
inline constexpr std::size_t kConsoleChunkBytes = 64U << 10;       // bytes per message of OpenConsole
inline constexpr std::size_t kErrorTextMax = 1500;                 // bytes; trailers are limited to 8 KiB by peers
inline constexpr std::size_t kHintTextMax = 700;                   // bytes
inline constexpr std::size_t kUnixPathMax = 107;                   // sockaddr_un
inline constexpr std::size_t kEndsKept = 1000;                     // of tasks, as a stream told them
inline constexpr Duration kCallTimeMax = std::chrono::minutes(5);  // for calls that bring no deadline
inline constexpr Duration kCancelLook =
    std::chrono::milliseconds(50);  // how soon a handler learns that its caller left
inline constexpr Duration kOldTaskLook = std::chrono::milliseconds(50);  // between polls inside an old manager's RPC

// The reference's server (SDK keepalive): what its managers expect of us.
inline constexpr std::chrono::milliseconds kConnectionIdle = std::chrono::minutes(15);
inline constexpr std::chrono::milliseconds kConnectionAge = std::chrono::hours(2);
inline constexpr std::chrono::milliseconds kConnectionAgeGrace = std::chrono::minutes(5);
inline constexpr std::chrono::milliseconds kKeepaliveTime = std::chrono::seconds(30);
inline constexpr std::chrono::milliseconds kKeepaliveTimeout = std::chrono::seconds(10);
inline constexpr std::chrono::milliseconds kPingsApart = std::chrono::seconds(5);
inline constexpr std::chrono::milliseconds kReconnectFirst = std::chrono::milliseconds(100);
inline constexpr std::chrono::milliseconds kReconnectMax = std::chrono::seconds(2);

}  // namespace rig::provider::wire
