// apiserver/limits.h — how much of everything; each limit is reached by a test.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/result.h"

namespace rig::apiserver::limits {

// ---- objects; the figures are kube-apiserver's and etcd's ----
inline constexpr std::size_t kObjectBytesMax = 1'572'864;    // one stored value, 1.5 MiB
inline constexpr int kDepthMax = 64;                         // of an object's lists and maps, as of a body's
inline constexpr int kStoredDepthMax = 256;                  // the server's own bookkeeping goes deeper
inline constexpr std::size_t kAnnotationBytesMax = 262'144;  // all keys and values together
inline constexpr std::size_t kSecretBytesMax = 1'048'576;    // Secret and ConfigMap: all values together
inline constexpr std::size_t kNameLengthMax = 253;           // and 63 for what must be a DNS label
inline constexpr std::size_t kLabelLengthMax = 63;
inline constexpr std::size_t kFieldManagerBytesMax = 128;
inline constexpr std::size_t kPatchOperationsMax = 10'000;
inline constexpr std::size_t kPatchGrowthBytesMax = 3U << 20;  // what the "copy" operations of one JSON patch may add
inline constexpr std::size_t kUpdateManagersMax = 10;          // older ones become "ancient-changes"
inline constexpr int kWriteAttemptsMax = 32;                   // of a write without a version, against other writers

// ---- store ----
inline constexpr std::size_t kWindowChangesMax = 20'000;  // changes kept in memory, so that watches spare the disk
inline constexpr std::size_t kWindowBytesMax = 32U << 20;
inline constexpr std::size_t kGroupWritesMax = 256;  // writes that share one fsync
inline constexpr std::size_t kReadersMax = 8;        // idle read connections kept
inline constexpr std::size_t kCachedRecordBytesMax = 16U << 20;
inline constexpr std::size_t kWriterCacheBytes = 16U << 20;  // of the database's pages
inline constexpr int kWalPages = 4'000;                      // of 4 KiB, until they are copied into the database
inline constexpr Duration kBusyTimeout = std::chrono::seconds(5);

// ---- reading ----
inline constexpr std::size_t kWatchBatch = 256;  // changes looked at in one step of a watch
inline constexpr std::size_t kListChunk = 500;   // records read at a time when a selector and a limit are given
inline constexpr Duration kFutureWait = std::chrono::seconds(3);  // for a version that a read wants at least
inline constexpr Duration kBookmarkEvery = std::chrono::minutes(1);

// ---- serving ----
inline constexpr std::size_t kCompressedBytesMin = 128U << 10;        // of answers; shorter ones are not worth the time
inline constexpr std::size_t kKnownCertificatesMax = 256;             // read once and remembered
inline constexpr Duration kWatchLookEvery = std::chrono::seconds(1);  // whether the client is still there
inline constexpr Duration kRenewalLookEvery = std::chrono::hours(1);  // whether certificates near their end
inline constexpr Duration kConsoleOpenTime = std::chrono::seconds(30);
inline constexpr Duration kConsoleTimeMax = std::chrono::hours(24);  // then a console is closed

// ---- rights ----
inline constexpr std::size_t kComparedRightsMax = 20'000;  // verbs times resources of a role that is given away

inline constexpr std::chrono::seconds kTokenLifeMin(600);
inline constexpr std::int64_t kTokenLifeSeconds = 3'600, kTokenLifeMaxSeconds = 1LL << 32;  // figures of kube-apiserver

// ---- collecting ----
inline constexpr Duration kEventLife = std::chrono::hours(1);
inline constexpr Duration kHistoryLife = std::chrono::minutes(5);  // older changes are compacted; as kube-apiserver
inline constexpr std::int64_t kHistoryMin = 1'000;                 // changes that are always kept

}  // namespace rig::apiserver::limits
