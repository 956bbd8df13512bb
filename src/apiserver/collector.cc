// apiserver/collector.cc — a round of the collector, and how it follows the log.
#include "apiserver/collector.h"

#include "apiserver/limits.h"
#include "base/text.h"

namespace rig::apiserver {
namespace {

constexpr Duration kMarkEvery = std::chrono::minutes(1);

// Most objects have nothing for us. Their text shows it faster than parsing would.
bool may_matter(const Record& record) {
  return record.value.find("\"ownerReferences\"") != std::string::npos ||
         record.value.find("\"deletionTimestamp\"") != std::string::npos;
}

json::Value parsed(const Record& record) {
  Result<json::Value> value = json::parse(record.value, {.depth_max = limits::kStoredDepthMax});
  return value.ok() ? value.take() : json::Value();
}

constexpr std::string_view kEvents = "/core/events/", kNamespaces = "/core/namespaces//";

}  // namespace

Result<bool> Collector::round() {
  has_changed_ = false;
  TRY(catch_up());
  std::set<std::string> keys;
  keys.swap(to_examine_);
  for (const std::string& key : keys) TRY(examine(key));
  const std::set<std::string> namespaces = ending_;
  for (const std::string& name : namespaces) TRY(end_namespace(name));
  TRY(furnish_namespaces());
  TRY(aggregate_roles());
  TRY(expire_events());
  TRY(forget_history());
  return has_changed_;
}

Status Collector::catch_up() {
  if (!has_begun_ || seen_ < registry_.store.compacted()) TRY(begin_again());
  for (;;) {
    const std::vector<Change> changes = TRY(registry_.store.changes("/", seen_, limits::kWatchBatch));
    for (const Change& change : changes) {
      change.kind == Change::Kind::kRemove ? note_removal(change.now) : note_put(change.now);
      seen_ = change.now.revision;
    }
    if (changes.size() < limits::kWatchBatch) return {};
  }
}

// All objects are looked at once; from then on only changes. Each page shows the newest state, which is cheaper than
// that of one revision: what has changed since the first page comes again as a change.
Status Collector::begin_again() {
  dependents_.clear();
  owners_.clear();
  ending_.clear();
  events_.clear();
  std::string after;
  for (std::size_t remaining = 1; remaining > 0;) {
    const Page page = TRY(registry_.store.list("/", after, limits::kListChunk, 0));
    if (after.empty()) seen_ = page.at;
    for (const Record& record : page.records) note_put(record);
    remaining = page.remaining;
    if (!page.records.empty()) after = page.records.back().key;
  }
  has_begun_ = true;
  return {};
}

void Collector::note_put(const Record& record) {
  note_furniture(record.key, /*is_removal=*/false);
  if (record.key.starts_with(kEvents)) events_.push_back({registry_.clock.wall(), record.key, record.revision});
  if (!may_matter(record)) {
    if (owners_.contains(record.key)) set_owners(record.key, {});
    return;
  }
  const json::Value object = parsed(record);
  set_owners(record.key, object);
  if (!owners_of(object).empty() || is_deleting(object)) to_examine_.insert(record.key);
  if (record.key.starts_with(kNamespaces) && is_deleting(object)) ending_.insert(record.key.substr(kNamespaces.size()));
}

void Collector::note_removal(const Record& record) {
  note_furniture(record.key, /*is_removal=*/true);
  if (record.key.starts_with(kNamespaces)) ending_.insert(record.key.substr(kNamespaces.size()));  // what slipped in
  const bool was_dependent = owners_.contains(record.key);
  if (!was_dependent && dependents_.empty()) return;
  const json::Value object = parsed(record);
  set_owners(record.key, {});
  const std::string_view name_space = object.text({"metadata", "namespace"});
  for (const json::Value& reference : owners_of(object)) {  // it may have been the last that an owner waited for
    if (const auto owner = owner_place(reference, name_space))
      to_examine_.insert(storage_key(*owner->kind, owner->key));
  }
  const auto dependents = dependents_.find(std::string(object.text({"metadata", "uid"})));
  if (dependents != dependents_.end()) to_examine_.insert(dependents->second.begin(), dependents->second.end());
}

void Collector::set_owners(const std::string& storage_key, const json::Value& object) {
  if (const auto known = owners_.find(storage_key); known != owners_.end()) {
    for (const std::string& uid : known->second) {
      const auto dependents = dependents_.find(uid);
      dependents->second.erase(storage_key);
      if (dependents->second.empty()) dependents_.erase(dependents);
    }
    owners_.erase(known);
  }
  std::set<std::string> uids;
  for (const json::Value& reference : owners_of(object)) uids.emplace(reference.text({"uid"}));
  if (uids.empty()) return;
  for (const std::string& uid : uids) dependents_[uid].insert(storage_key);
  owners_[storage_key].assign(uids.begin(), uids.end());
}

std::optional<Collector::Place> Collector::place_of(std::string_view storage_key) const {
  const std::vector<std::string> parts = split(storage_key, '/');  // "", group, resource, namespace, name
  if (parts.size() != 5) return std::nullopt;
  const std::string_view group = parts[1] == "core" ? std::string_view() : parts[1];
  for (const api::KindInfo& kind : registry_.kinds) {
    if (kind.resource.group == group && kind.resource.plural == parts[2]) return Place{&kind, {parts[3], parts[4]}};
  }
  return std::nullopt;
}

std::optional<Collector::Place> Collector::owner_place(const json::Value& reference,
                                                       std::string_view name_space) const {
  const std::string_view version = reference.text({"apiVersion"});
  const std::size_t slash = version.find('/');
  const std::string_view group = slash == std::string_view::npos ? std::string_view() : version.substr(0, slash);
  for (const api::KindInfo& kind : registry_.kinds) {
    if (kind.resource.group != group || kind.resource.kind != reference.text({"kind"})) continue;
    return Place{&kind,
                 {kind.resource.namespaced ? std::string(name_space) : "", std::string(reference.text({"name"}))}};
  }
  return std::nullopt;
}

Status Collector::expire_events() {
  const WallTime oldest = registry_.clock.wall() - limits::kEventLife;
  for (; !events_.empty() && events_.front().written <= oldest; events_.pop_front()) {
    const Result<Revision> removed = registry_.store.remove(events_.front().storage_key, events_.front().revision);
    if (removed.ok()) {
      has_changed_ = true;
    } else if (!removed.error().is(Code::kNotFound) && !removed.error().is(Code::kAborted)) {
      return removed.error();  // gone or written again are fine: then it is another entry's turn
    }
  }
  return {};
}

// Keeps the changes of the last minutes, so that a client that was away can go on, and at least a thousand.
Status Collector::forget_history() {
  const WallTime now = registry_.clock.wall();
  const Revision newest = registry_.store.revision();
  if (history_.empty() || now - history_.back().time >= kMarkEvery) history_.push_back({now, newest});
  Revision upto = 0;
  for (; !history_.empty() && now - history_.front().time >= limits::kHistoryLife; history_.pop_front()) {
    upto = history_.front().revision;
  }
  upto = std::min({upto, newest - limits::kHistoryMin, seen_});
  if (upto <= registry_.store.compacted()) return {};
  return registry_.store.compact(upto);
}

Result<bool> Registry::collect() {
  const Lock lock(impl_->collecting);
  return impl_->collector->round();
}

}  // namespace rig::apiserver
