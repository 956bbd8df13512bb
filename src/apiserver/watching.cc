// apiserver/watching.cc — a position in the log, with filters.
#include <algorithm>

#include "apiserver/limits.h"
#include "apiserver/listing.h"
#include "apiserver/registry_impl.h"
#include "apiserver/selector.h"

namespace rig::apiserver {
namespace {

using Event = Watch::Event;
using Type = Watch::Event::Type;

constexpr Duration kBookmarkBeforeEnd = std::chrono::seconds(2);

const api::Resource& list_options() {
  static const api::Resource kOptions{"meta.k8s.io", "v1", "ListOptions", "listoptions"};
  return kOptions;
}

Status check_options(const WatchQuery& query) {
  std::vector<schema::Problem> problems;
  const std::string& match = query.list.resource_version_match;
  const auto forbid = [&](std::string_view field, std::string_view why) {
    problems.push_back({std::string(field), "FieldValueForbidden", "Forbidden: " + std::string(why)});
  };
  if (query.send_initial_events) {
    if (match != "NotOlderThan") {
      forbid("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
    }
    if (!match.empty() && match != "NotOlderThan") {
      problems.push_back({"resourceVersionMatch", "FieldValueNotSupported",
                          "Unsupported value: " + json::to_text(match) + ": supported values: \"NotOlderThan\""});
    }
  } else if (!match.empty()) {
    forbid("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
  }
  // The words are about another field, as the real server's.
  if (!query.list.continue_token.empty())
    forbid("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
  if (!problems.empty()) return invalid(list_options(), {}, problems);
  return {};
}

class LogWatch final : public Watch {
 public:
  LogWatch(const Store& store, const Clock& clock, const api::KindInfo& kind, std::string prefix, Selector selector,
           bool as_text)
      : store_(store),
        clock_(clock),
        kind_(kind),
        prefix_(std::move(prefix)),
        selector_(std::move(selector)),
        as_text_(as_text && selector_.is_everything()) {}

  void start_after(Revision revision) { after_ = revision; }
  void start_with(Page page, bool mark_end) {
    after_ = page.at;
    initial_ = std::move(page.records);
    is_end_due_ = mark_end;
  }
  void give_bookmarks(std::optional<Time> end) {
    end_ = end;
    plan_bookmark();
  }

  Result<std::vector<Event>> next(Time deadline, std::stop_token stop) override {
    for (;;) {
      const Revision seen = store_.revision();
      std::vector<Event> events = TRY(initial_done_ < initial_.size() ? take_initial() : take_changes(seen));
      if (initial_done_ == initial_.size() && is_end_due_) {
        is_end_due_ = false;
        events.push_back(bookmark(/*is_end_of_initial=*/true));
      }
      const Time now = clock_.now();
      if (events.empty() && bookmark_at_ && now >= *bookmark_at_) {
        plan_bookmark();
        events.push_back(bookmark(/*is_end_of_initial=*/false));
      }
      if (!events.empty()) return events;
      if (now >= deadline || stop.stop_requested()) return events;
      const Time until = bookmark_at_ ? std::min(deadline, *bookmark_at_) : deadline;
      // The store waits by the machine's clock, which ours need not be.
      after_ = store_.wait(prefix_, after_, std::chrono::steady_clock::now() + (until - now), stop);
    }
  }

 private:
  void plan_bookmark() {
    const Time now = clock_.now();
    bookmark_at_ = now + limits::kBookmarkEvery;
    if (!end_) return;
    const Time last = *end_ - kBookmarkBeforeEnd;
    if (last < *bookmark_at_) bookmark_at_ = last > now ? std::optional(last) : std::nullopt;
  }

  Event bookmark(bool is_end_of_initial) const {
    json::Value object = json::Object{{"apiVersion", kind_.resource.api_version()}, {"kind", kind_.resource.kind}};
    set_version(object, after_);
    if (is_end_of_initial) object.set({"metadata", "annotations", "k8s.io/initial-events-end"}, "true");
    return {Type::kBookmark, std::move(object), {}};
  }

  Result<std::vector<Event>> take_initial() {
    std::vector<Event> events;
    const std::size_t end = std::min(initial_.size(), initial_done_ + limits::kWatchBatch);
    for (; initial_done_ < end; ++initial_done_) {
      const Record& record = initial_[initial_done_];
      if (as_text_) {
        std::string text = TRY(text_of(kind_, record.value, record.revision));
        events.push_back({Type::kAdded, {}, std::move(text)});
        continue;
      }
      json::Value object = TRY(object_of(kind_, record.value, record.revision));
      if (selector_.matches(object)) events.push_back({Type::kAdded, std::move(object), {}});
    }
    if (initial_done_ == initial_.size()) {
      initial_ = {};
      initial_done_ = 0;
    }
    return events;
  }

  Result<std::vector<Event>> take_changes(Revision seen) {
    Result<std::vector<Change>> changes = store_.changes(prefix_, after_, limits::kWatchBatch);
    if (!changes.ok()) {
      if (!changes.error().is(Code::kOutOfRange)) return changes.take_error();
      if (manners_of(kind_).is_uncached) return expired("The resourceVersion for the provided watch is too old.");
      return expired("too old resource version: " + std::to_string(after_) + " (" + std::to_string(store_.compacted()) +
                     ")");
    }
    std::vector<Event> events;
    for (const Change& change : *changes) TRY(add_event(change, events));
    if (!changes->empty()) after_ = changes->back().now.revision;
    if (changes->size() < limits::kWatchBatch) after_ = std::max(after_, seen);
    return events;
  }

  // What enters the selection was added to it, what leaves it was deleted from it.
  Status add_event(const Change& change, std::vector<Event>& events) const {
    if (as_text_) {
      const bool is_new = change.before_revision == 0;
      const Type type = change.kind == Change::Kind::kRemove ? Type::kDeleted : is_new ? Type::kAdded : Type::kModified;
      std::string text = TRY(text_of(kind_, change.now.value, change.now.revision));
      events.push_back({type, {}, std::move(text)});
      return {};
    }
    json::Value now = TRY(object_of(kind_, change.now.value, change.now.revision));
    const bool is_in = selector_.matches(now);
    if (change.kind == Change::Kind::kRemove) {
      if (is_in) events.push_back({Type::kDeleted, std::move(now), {}});
      return {};
    }
    if (change.before_revision == 0 || selector_.is_everything()) {
      if (is_in) events.push_back({change.before_revision == 0 ? Type::kAdded : Type::kModified, std::move(now), {}});
      return {};
    }
    json::Value before = TRY(object_of(kind_, change.before, change.now.revision));
    const bool was_in = selector_.matches(before);
    if (is_in) {
      events.push_back({was_in ? Type::kModified : Type::kAdded, std::move(now), {}});
    } else if (was_in) {
      events.push_back({Type::kDeleted, std::move(before), {}});
    }
    return {};
  }

  const Store& store_;
  const Clock& clock_;
  const api::KindInfo& kind_;
  const std::string prefix_;
  const Selector selector_;
  const bool as_text_;
  Revision after_ = 0;  // everything up to it has been given
  std::vector<Record> initial_;
  std::size_t initial_done_ = 0;
  bool is_end_due_ = false;
  std::optional<Time> end_, bookmark_at_;
};

// 500, where a list says 400.
Result<Revision> parse_watch_version(std::string_view text) {
  Result<Revision> parsed = parse_version(text);
  if (parsed.ok()) return parsed;
  return bad_value("resourceVersion: Invalid value: " + json::to_text(json::Value(text)) + ": " +
                   parsed.error().message());
}

}  // namespace

Result<std::unique_ptr<Watch>> Registry::watch(const api::KindInfo& kind, const WatchQuery& query) const {
  TRY(check_options(query));
  Selector selector = TRY(Selector::parse(kind, query.list.label_selector, query.list.field_selector));
  const Revision from = TRY(parse_watch_version(query.list.resource_version));
  const std::string prefix = storage_prefix(kind, query.list.name_space);
  auto watch =
      std::make_unique<LogWatch>(impl_->store, impl_->clock, kind, prefix, std::move(selector), query.list.as_text);
  if (query.send_initial_events.value_or(from == 0)) {
    if (from > impl_->store.revision()) return too_large_version(from, impl_->store.revision());
    watch->start_with(TRY(impl_->store.list(prefix, {}, 0, 0)),
                      query.send_initial_events.value_or(false) && query.bookmarks);
  } else {
    watch->start_after(from == 0 ? impl_->store.revision() : from);
  }
  if (query.bookmarks) watch->give_bookmarks(query.end);
  return std::unique_ptr<Watch>(std::move(watch));
}

}  // namespace rig::apiserver
