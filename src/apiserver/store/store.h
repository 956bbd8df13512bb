// apiserver/store/store.h — the revisioned key-value log under the API server.
//
// One total order: every accepted write gets the next revision, and the log of writes is the truth (etcd's
// contract). A watch is a position in that log. Keys are "/group/resource/namespace/name"; the core group is "core"
// and cluster-scoped objects have an empty namespace part. Values are JSON without metadata.resourceVersion.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig::apiserver {

using Revision = std::int64_t;  // 1 is the first write; 0 means "nothing yet"

struct Record {
  std::string key, value;
  Revision created = 0, revision = 0;
};
// kPut: `now` is the new record, `before` and `before_revision` are what it replaced ("" and 0 when it was created).
// kRemove: `now.value` is the last value, `now.revision` the revision of the removal, `before` equals `now.value`.
struct Change {
  enum class Kind : std::uint8_t { kPut, kRemove } kind = Kind::kPut;
  Record now;
  std::string before;
  Revision before_revision = 0;
};
struct Page {
  Revision at = 0;              // of the snapshot that the page shows
  std::vector<Record> records;  // by key, as bytes
  std::size_t remaining = 0;    // how many more there are after the last of them
};

// Thread-safe. An acknowledged write survives a crash of the process and of the machine (SqliteStore).
// Codes besides those below: kResourceExhausted: the disk is full; kUnavailable: it cannot be written or read.
class Store {
 public:
  virtual ~Store() = default;
  virtual Result<Revision> create(std::string_view key, std::string value) = 0;  // kAlreadyExists if the key lives
  // kAborted if the live revision is not `expected`; kNotFound if the key does not live.
  virtual Result<Revision> update(std::string_view key, std::string value, Revision expected) = 0;
  virtual Result<Revision> remove(std::string_view key, Revision expected) = 0;
  virtual Result<Record> get(std::string_view key) const = 0;
  // Live records with this prefix and a key above `after_key`, at most `limit` (0: all). `at` 0: now; else the state
  // at that revision (kOutOfRange when compacted, or not reached yet).
  virtual Result<Page> list(std::string_view prefix, std::string_view after_key, std::size_t limit,
                            Revision at) const = 0;
  // Changes with revision > after, oldest first, at most `limit`. kOutOfRange when `after` is older than the last
  // compaction: the caller must list again.
  virtual Result<std::vector<Change>> changes(std::string_view prefix, Revision after, std::size_t limit) const = 0;
  virtual Revision revision() const = 0;   // of the last acknowledged write
  virtual Revision compacted() const = 0;  // changes() from before it are gone
  virtual Status compact(Revision upto) = 0;
  // Blocks until a key with this prefix changed after `after`, the deadline, or stop. Says up to where none did, so
  // that the caller's next changes() begins there.
  virtual Revision wait(std::string_view prefix, Revision after, Time deadline, std::stop_token stop) const = 0;
};

std::unique_ptr<Store> memory_store();

// kFailedPrecondition: the file is of a newer version, or is not ours. kDataLoss: the integrity check failed.
// kAlreadyExists: another process has it open.
Result<std::unique_ptr<Store>> sqlite_store(const std::string& path);

}  // namespace rig::apiserver
