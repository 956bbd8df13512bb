// apiserver/store/memory_store.cc — Store in memory: the tests' and the simulator's API server stands on it.
#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "apiserver/store/change_window.h"
#include "apiserver/store/store.h"

namespace rig::apiserver {
namespace {

using Live = std::map<std::string, std::shared_ptr<const Record>, std::less<>>;

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

Error not_there(std::string_view key) { return {Code::kNotFound, std::string(key) + " does not exist"}; }
Error moved_on(std::string_view key) { return {Code::kAborted, std::string(key) + " was changed by somebody else"}; }

class MemoryStore final : public Store {
 public:
  Result<Revision> create(std::string_view key, std::string value) override {
    const Lock lock(mutex_);
    if (live_.contains(key)) return Error(Code::kAlreadyExists, std::string(key) + " already exists");
    const Revision revision = window_.revision() + 1;
    return put({std::string(key), std::move(value), revision, revision}, nullptr);
  }

  Result<Revision> update(std::string_view key, std::string value, Revision expected) override {
    const Lock lock(mutex_);
    const std::shared_ptr<const Record> before = TRY(expect(key, expected));
    return put({before->key, std::move(value), before->created, window_.revision() + 1}, before.get());
  }

  Result<Revision> remove(std::string_view key, Revision expected) override {
    const Lock lock(mutex_);
    const std::shared_ptr<const Record> last = TRY(expect(key, expected));
    Change change{Change::Kind::kRemove, *last, last->value, last->revision};
    change.now.revision = window_.revision() + 1;
    live_.erase(live_.find(key));
    return log(std::move(change));
  }

  Result<Record> get(std::string_view key) const override {
    const std::shared_ptr<const Record> found = [&] {
      const Lock lock(mutex_);
      const auto it = live_.find(key);
      return it == live_.end() ? nullptr : it->second;
    }();
    if (found == nullptr) return not_there(key);
    return *found;
  }

  Result<Page> list(std::string_view prefix, std::string_view after_key, std::size_t limit,
                    Revision at) const override {
    Page page;
    std::vector<std::shared_ptr<const Record>> found;  // the lock is held for pointers, not for values
    {
      const Lock lock(mutex_);
      page.at = at == 0 ? window_.revision() : at;
      if (at < 0 || at > window_.revision()) {
        return Error(Code::kOutOfRange, "revision " + std::to_string(at) + " has not been reached");
      }
      if (at != 0 && at < compacted_) return was_compacted(at);
      if (page.at == window_.revision()) {
        page.remaining = take(live_, prefix, after_key, limit, found);
      } else {
        page.remaining = take(state_at(prefix, at), prefix, after_key, limit, found);
      }
    }
    for (const auto& record : found) page.records.push_back(*record);
    return page;
  }

  Result<std::vector<Change>> changes(std::string_view prefix, Revision after, std::size_t limit) const override {
    std::optional<std::vector<Change>> found = window_.changes(prefix, after, limit);
    if (!found) return was_compacted(after);
    return *std::move(found);
  }

  Revision revision() const override { return window_.revision(); }

  Revision compacted() const override {
    const Lock lock(mutex_);
    return compacted_;
  }

  Status compact(Revision upto) override {
    const Lock lock(mutex_);
    compacted_ = std::max(compacted_, std::min(upto, window_.revision()));
    window_.forget(compacted_);
    return {};
  }

  Revision wait(std::string_view prefix, Revision after, Time deadline, std::stop_token stop) const override {
    return window_.wait(prefix, after, deadline, std::move(stop));
  }

 private:
  static Error was_compacted(Revision at) {
    return {Code::kOutOfRange, "revision " + std::to_string(at) + " has been compacted"};
  }

  // Says how many more there are.
  static std::size_t take(const Live& state, std::string_view prefix, std::string_view after_key, std::size_t limit,
                          std::vector<std::shared_ptr<const Record>>& found) {
    std::size_t remaining = 0;
    for (auto it = state.upper_bound(std::max(prefix, after_key)); it != state.end() && it->first.starts_with(prefix);
         ++it) {
      if (limit != 0 && found.size() == limit) {
        ++remaining;
      } else {
        found.push_back(it->second);
      }
    }
    return remaining;
  }

  Live state_at(std::string_view prefix, Revision at) const REQUIRES(mutex_) {
    Live state;
    for (auto it = live_.lower_bound(prefix); it != live_.end() && it->first.starts_with(prefix); ++it) {
      state.insert(state.end(), *it);
    }
    const std::vector<Change> undo = *window_.changes(prefix, at, kAll);
    for (auto change = undo.rbegin(); change != undo.rend(); ++change) take_back(*change, state);
    return state;
  }

  static void take_back(const Change& change, Live& state) {
    if (change.before_revision == 0) {
      state.erase(change.now.key);
    } else {
      state[change.now.key] = std::make_shared<const Record>(
          Record{change.now.key, change.before, change.now.created, change.before_revision});
    }
  }

  Result<std::shared_ptr<const Record>> expect(std::string_view key, Revision expected) const REQUIRES(mutex_) {
    const auto it = live_.find(key);
    if (it == live_.end()) return not_there(key);
    if (it->second->revision != expected) return moved_on(key);
    return it->second;
  }

  Revision put(Record record, const Record* before) REQUIRES(mutex_) {
    auto now = std::make_shared<const Record>(std::move(record));
    live_[now->key] = now;
    Change change{Change::Kind::kPut, *now, {}, 0};
    if (before != nullptr) {
      change.before = before->value;
      change.before_revision = before->revision;
    }
    return log(std::move(change));
  }

  Revision log(Change change) REQUIRES(mutex_) {
    const Revision revision = change.now.revision;
    window_.push({std::make_shared<const Change>(std::move(change))});
    return revision;
  }

  mutable Mutex mutex_;  // taken before the window's
  Live live_ GUARDED_BY(mutex_);
  Revision compacted_ GUARDED_BY(mutex_) = 0;
  ChangeWindow window_{0, kAll, kAll};  // the whole log since the last compaction
};

}  // namespace

std::unique_ptr<Store> memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace rig::apiserver
