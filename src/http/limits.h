// http/limits.h — every bound of the HTTP client and server that is not an option.
#pragma once

#include <cstddef>

#include "base/result.h"

namespace rig::http {

constexpr std::size_t kReadBytes = 16U << 10;  // of one read from a socket; grows to kReadBytesMax within a body
constexpr std::size_t kReadBytesMax = 256U << 10;
constexpr std::size_t kIdleConnectionsMax = 16;  // that a Client keeps for reuse
constexpr int kRefusingMax = 32;                 // connections above connections_max that are still told 503
constexpr Duration kWriteTimeout = std::chrono::seconds(30);  // without progress: the peer counts as gone
constexpr Duration kLingerTime = std::chrono::seconds(1);     // reading on after a refusal, so that it arrives
constexpr std::size_t kLingerBytes = 8U << 20;
constexpr Duration kRefusalTime = std::chrono::seconds(2);  // for handshake and head of a connection too many
constexpr int kRetryAfterSeconds = 1;                       // of a 503
constexpr std::size_t kReplyHeaderBytesMax = 1U << 20;      // of what a server tells our Client
constexpr std::size_t kUnixPathMax = 107;                   // sockaddr_un on Linux, without the final zero

}  // namespace rig::http
