// kube/reflector_test.cc — list and watch under every order of failures, with stepped time.
#include "kube/reflector.h"

#include <gtest/gtest.h>

#include "kube/fake_object_test.h"
#include "kube/limits.h"

namespace rig::kube {
namespace {

using namespace std::chrono_literals;

json::Value page(std::string_view version, json::Array items, std::string_view next = {}) {
  json::Value v;
  v.set({"metadata", "resourceVersion"}, version);
  if (!next.empty()) v.set({"metadata", "continue"}, next);
  v["items"] = std::move(items);
  return v;
}

json::Value event(std::string_view type, json::Value object) {
  return json::Object{{"type", type}, {"object", std::move(object)}};
}

class ReflectorRules : public ::testing::Test {
 protected:
  // What is wanted now: "list", "list from <token>", "list whole", "watch from <version>", "wait".
  std::string want() const {
    const ReflectorCore::Want w = core_.next(now_);
    if (const auto* watch = std::get_if<ReflectorCore::Watch>(&w)) return "watch from " + watch->resource_version;
    const auto* list = std::get_if<ReflectorCore::ListPage>(&w);
    if (list == nullptr) return "wait";
    if (list->limit == 0) return "list whole";
    return list->continue_token.empty() ? "list" : "list from " + list->continue_token;
  }
  // Lets the backoff pass; says how long it was.
  Duration wait_out() {
    const ReflectorCore::Want w = core_.next(now_);
    const auto* pause = std::get_if<ReflectorCore::Wait>(&w);
    if (pause == nullptr) return {};
    const Duration took = pause->until - now_;
    now_ = pause->until;
    return took;
  }
  std::string told(const std::vector<Event>& events) {
    std::string out;
    for (const Event& e : events) out += told(e);
    return out;
  }
  static std::string told(const std::optional<Event>& e) {
    if (!e) return "-";
    static constexpr const char* kNames[] = {"Init ", "InitApply ", "InitDone ", "Apply ", "Delete "};
    return kNames[e->index()];
  }
  void list() { (void)core_.on_page(page("5", {}), now_); }
  void watch() { core_.on_watch_start(now_); }
  void fail(Code code) { core_.on_error(Error(code, "no"), now_); }

  Time now_{1h};
  ReflectorCore core_{7};
};

TEST_F(ReflectorRules, ListsPageByPageThenWatchesFromTheListsVersion) {
  EXPECT_EQ(want(), "list");
  EXPECT_EQ(told(core_.on_page(page("5", {balloon("a", "1")}, "t1"), now_)), "Init InitApply ");
  EXPECT_EQ(want(), "list from t1");
  EXPECT_EQ(told(core_.on_page(page("5", {balloon("b", "2"), balloon("c", "3")}), now_)),
            "InitApply InitApply InitDone ");
  EXPECT_EQ(want(), "watch from 5");
}

TEST_F(ReflectorRules, GoesOnAfterTheLastEventSeen) {
  list();
  watch();
  EXPECT_EQ(told(core_.on_watch_event(event("ADDED", balloon("a", "6")))), "Apply ");
  EXPECT_EQ(told(core_.on_watch_event(event("MODIFIED", balloon("a", "7")))), "Apply ");
  EXPECT_EQ(told(core_.on_watch_event(event("DELETED", balloon("a", "8")))), "Delete ");
  now_ += 5min;
  core_.on_watch_end(now_);
  EXPECT_EQ(want(), "watch from 8");
}

TEST_F(ReflectorRules, MovesForwardByBookmarksWithoutTellingAnyone) {
  list();
  watch();
  json::Value mark;
  mark.set({"metadata", "resourceVersion"}, "99");
  EXPECT_EQ(told(core_.on_watch_event(event("BOOKMARK", mark))), "-");
  core_.on_watch_end(now_);
  EXPECT_EQ(want(), "watch from 99");
}

TEST_F(ReflectorRules, IgnoresEventsThatItDoesNotKnow) {
  list();
  watch();
  EXPECT_EQ(told(core_.on_watch_event(event("SURPRISE", {}))), "-");
  EXPECT_EQ(told(core_.on_watch_event(json::Value())), "-");
  EXPECT_EQ(want(), "watch from 5");
}

TEST_F(ReflectorRules, ResumesAWatchThatBroke) {
  for (const Code code :
       {Code::kUnavailable, Code::kDeadlineExceeded, Code::kResourceExhausted, Code::kPermissionDenied}) {
    SCOPED_TRACE(to_string(code));
    core_ = ReflectorCore{7};
    list();
    watch();
    (void)core_.on_watch_event(event("ADDED", balloon("a", "6")));
    fail(code);
    EXPECT_EQ(want(), "wait");
    EXPECT_GE(wait_out(), limits::kBackoffMin);
    EXPECT_EQ(want(), "watch from 6");
  }
}

TEST_F(ReflectorRules, ListsAgainWhenTheVersionIsTooOld) {
  list();
  watch();
  fail(Code::kOutOfRange);
  wait_out();
  EXPECT_EQ(want(), "list");
  EXPECT_EQ(told(core_.on_page(page("50", {}), now_)), "Init InitDone ");
  EXPECT_EQ(want(), "watch from 50");
}

TEST_F(ReflectorRules, StartsABrokenListFromItsFirstPage) {
  (void)core_.on_page(page("5", {balloon("a", "1")}, "t1"), now_);
  fail(Code::kUnavailable);
  wait_out();
  EXPECT_EQ(want(), "list");
  EXPECT_EQ(told(core_.on_page(page("6", {}), now_)), "Init InitDone ");
}

TEST_F(ReflectorRules, AsksForTheWholeListOnceItsTokenExpired) {
  (void)core_.on_page(page("5", {balloon("a", "1")}, "t1"), now_);
  fail(Code::kOutOfRange);
  wait_out();
  EXPECT_EQ(want(), "list whole");
  fail(Code::kUnavailable);
  wait_out();
  EXPECT_EQ(want(), "list whole");
  list();
  watch();
  fail(Code::kOutOfRange);
  wait_out();
  EXPECT_EQ(want(), "list") << "pages again, once a list has worked";
}

TEST_F(ReflectorRules, TakesAnswersThatAreNoListForErrors) {
  EXPECT_EQ(told(core_.on_page(json::Value(), now_)), "");
  EXPECT_EQ(want(), "wait");
  wait_out();
  json::Value odd = page("5", {});
  odd["items"] = "none";
  EXPECT_EQ(told(core_.on_page(odd, now_)), "");
  wait_out();
  odd["items"] = json::Value();  // as Go writes an empty list
  EXPECT_EQ(told(core_.on_page(odd, now_)), "Init InitDone ");
}

TEST_F(ReflectorRules, CountsAnEmptyShortWatchAsAnError) {
  list();
  watch();
  now_ += 900ms;
  core_.on_watch_end(now_);
  EXPECT_EQ(want(), "wait");
  wait_out();
  watch();
  now_ += 1100ms;
  core_.on_watch_end(now_);
  EXPECT_EQ(want(), "watch from 5");
  watch();
  (void)core_.on_watch_event(event("ADDED", balloon("a", "6")));
  core_.on_watch_end(now_);
  EXPECT_EQ(want(), "watch from 6");
}

TEST_F(ReflectorRules, BacksOffLongerWithEachFailureUpToALimit) {
  Duration base = limits::kBackoffMin;
  for (int i = 0; i < 12; ++i) {
    fail(Code::kUnavailable);
    const Duration took = wait_out();
    EXPECT_GE(took, base);
    EXPECT_LE(took, 2 * base);
    base = std::min(2 * base, limits::kBackoffMax);
  }
  EXPECT_EQ(base, limits::kBackoffMax);
}

TEST_F(ReflectorRules, ForgetsItsFailuresAfterTwoHealthyMinutes) {
  for (int i = 0; i < 8; ++i) {
    fail(Code::kUnavailable);
    wait_out();
  }
  now_ += limits::kHealthyAfter;
  fail(Code::kUnavailable);
  EXPECT_GE(wait_out(), limits::kBackoffMax) << "not yet healthy for long enough";
  now_ += limits::kHealthyAfter + 1s;
  fail(Code::kUnavailable);
  EXPECT_LE(wait_out(), 2 * limits::kBackoffMin);
}

TEST_F(ReflectorRules, WaitsAsLongAsTheServerAsks) {
  core_.on_error(Error(Code::kResourceExhausted, "busy").with_retry_after(17s), now_);
  EXPECT_EQ(wait_out(), Duration(17s));
}

TEST_F(ReflectorRules, DrawsDifferentWaitsFromDifferentSeeds) {
  ReflectorCore other{8};
  fail(Code::kUnavailable);
  other.on_error(Error(Code::kUnavailable, "no"), now_);
  EXPECT_NE(std::get<ReflectorCore::Wait>(core_.next(now_)).until,
            std::get<ReflectorCore::Wait>(other.next(now_)).until);
}

// Answers from a script: one list, then a watch with one event that lasts until stop is asked.
class ScriptedTransport final : public Transport {
 public:
  Result<json::Value> send(const Request& request, const Call&) override {
    EXPECT_EQ(request.target(), "/apis/toys.example/v1/namespaces/ns/balloons?limit=500");
    return page("5", {balloon("a", "1")});
  }
  Status stream(const Request& request, const Call& call, const std::function<bool(json::Value)>& on_event) override {
    EXPECT_EQ(request.query.front(), (std::pair<std::string, std::string>("resourceVersion", "5")));
    on_event(event("ADDED", balloon("b", "6")));
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait(lock, call.stop, [] { return false; });
    return {};
  }
};

TEST(Reflector, TellsOfListAndWatchUntilItIsDestroyed) {
  ScriptedTransport transport;
  SystemClock clock;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::size_t> kinds;
  {
    const Reflector reflector(transport, Balloon::kResource, "ns", clock, [&](const Event& e) {
      const std::lock_guard lock(mutex);
      kinds.push_back(e.index());
      changed.notify_all();
    });
    std::unique_lock lock(mutex);
    ASSERT_TRUE(changed.wait_for(lock, 10s, [&] { return kinds.size() == 4; }));
  }
  EXPECT_EQ(kinds, (std::vector<std::size_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace rig::kube
