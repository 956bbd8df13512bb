// apiserver/store/record_cache.cc — least recently used goes first.
#include "apiserver/store/record_cache.h"

#include <algorithm>

namespace rig::apiserver {

namespace {
constexpr std::size_t kEntryBytes = 256;  // lists, maps and pointers of an entry
}  // namespace

std::size_t RecordCache::bytes_of(const Entry& entry) {
  return kEntryBytes + entry.key.size() + (entry.record ? entry.record->key.size() + entry.record->value.size() : 0);
}

std::optional<std::shared_ptr<const Record>> RecordCache::find(std::string_view key) {
  const Lock lock(mutex_);
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return std::nullopt;
  entries_.splice(entries_.begin(), entries_, it->second);
  return it->second->record;
}

void RecordCache::write(const Change& change) {
  const bool lives = change.kind == Change::Kind::kPut;
  auto record = lives ? std::make_shared<const Record>(change.now) : nullptr;
  const Lock lock(mutex_);
  put({change.now.key, std::move(record), change.now.revision});
}

void RecordCache::add(const Record& record, Revision state) {
  const Lock lock(mutex_);
  if (state < forgotten_ || by_key_.contains(record.key)) return;
  put({record.key, std::make_shared<const Record>(record), record.revision});
}

void RecordCache::put(Entry entry) {
  if (const auto it = by_key_.find(entry.key); it != by_key_.end()) drop(it->second);
  bytes_ += bytes_of(entry);
  entries_.push_front(std::move(entry));
  by_key_.emplace(entries_.front().key, entries_.begin());
  while (bytes_ > bytes_max_) {
    forgotten_ = std::max(forgotten_, entries_.back().revision);
    drop(std::prev(entries_.end()));
  }
}

void RecordCache::drop(Entries::iterator entry) {
  bytes_ -= bytes_of(*entry);
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

}  // namespace rig::apiserver
