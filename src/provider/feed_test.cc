// provider/feed_test.cc — what watchers are told, without a host.
#include "provider/feed.h"

#include <gtest/gtest.h>

#include <thread>

namespace rig::provider {
namespace {

using namespace std::chrono_literals;

Machine machine(const std::string& id, Power power = Power::kOff, const std::string& cluster = "c1") {
  Machine m;
  m.ref.machine_id = id;
  m.ref.owner.cluster_id = cluster;
  m.existence = Existence::kOurs;
  m.power = power;
  return m;
}

Call call(Duration time = 10s) { return {std::chrono::steady_clock::now() + time, {}, ""}; }

// "a:on", "b:gone", "synced", "task": the first `count` events.
struct Told {
  std::vector<std::string> what;
  std::string resume;
  Status outcome;
};
Told watch(const Feed& feed, std::size_t count, const std::string& resume = "", const std::string& cluster = "c1") {
  Told told;
  told.outcome = feed.watch(
      cluster, resume,
      [&](const Event& event) {
        told.resume = event.resume;
        if (const auto* m = std::get_if<Machine>(&event.what)) {
          told.what.push_back(m->ref.machine_id + (m->existence == Existence::kGone ? ":gone"
                                                   : m->power == Power::kOn         ? ":on"
                                                                                    : ":off"));
        } else {
          told.what.push_back(std::holds_alternative<Synced>(event.what) ? "synced" : "task");
        }
        return told.what.size() < count;
      },
      call(count == SIZE_MAX ? Duration(50ms) : Duration(10s)));
  return told;
}
using Words = std::vector<std::string>;

TEST(Feed, SaysNothingBeforeItKnowsAllMachines) {
  Feed feed(8);
  feed.put(machine("a"));
  const Told told = watch(feed, SIZE_MAX);
  EXPECT_EQ(told.outcome.error().code(), Code::kUnavailable);
  EXPECT_TRUE(told.what.empty());
}

TEST(Feed, GivesASnapshotThenChangesOfThatClusterOnly) {
  Feed feed(8);
  feed.replace_all({machine("a"), machine("b", Power::kOn), machine("x", Power::kOn, "c2")});
  const Told snapshot = watch(feed, 3);
  EXPECT_EQ(snapshot.what, (Words{"a:off", "b:on", "synced"}));
  feed.put(machine("a", Power::kOn));
  feed.put(machine("x", Power::kOff, "c2"));
  feed.gone("b");
  feed.gone("b");
  feed.task({machine("a").ref, {"t"}, {}});
  EXPECT_EQ(watch(feed, 3, snapshot.resume).what, (Words{"a:on", "b:gone", "task"}));
}

TEST(Feed, EveryTokenGoesOnBehindItsEvent) {
  Feed feed(8);
  feed.replace_all({});
  const std::string start = watch(feed, 1).resume;
  feed.put(machine("a"));
  feed.put(machine("b"));
  const Told first = watch(feed, 1, start);
  EXPECT_EQ(first.what, Words{"a:off"});
  EXPECT_EQ(watch(feed, 1, first.resume).what, Words{"b:off"});
}

TEST(Feed, AmendsWhatItKnowsAndNothingElse) {
  Feed feed(8);
  feed.replace_all({machine("a")});
  const std::string start = watch(feed, 2).resume;
  const auto switch_on = [](Machine& m) { m.power = Power::kOn; };
  feed.amend("a", switch_on);
  feed.amend("a", switch_on);
  feed.amend("b", switch_on);
  feed.put(machine("c"));
  EXPECT_EQ(watch(feed, 2, start).what, (Words{"a:on", "c:off"}));
}

TEST(Feed, WhatComesBeforeAllIsKnownIsOfTheSnapshotAlone) {
  Feed feed(1);
  for (const char* id : {"a", "b"}) feed.put(machine(id));
  feed.knows_all();
  const Told snapshot = watch(feed, 3);
  EXPECT_EQ(snapshot.what, (Words{"a:off", "b:off", "synced"}));
  feed.gone("a");
  EXPECT_EQ(watch(feed, 1, snapshot.resume).what, Words{"a:gone"});
}

TEST(Feed, MakesNoEventOfWhatIsTheSame) {
  Feed feed(8);
  feed.replace_all({machine("a")});
  const std::string start = watch(feed, 2).resume;
  Machine later = machine("a");
  later.addresses_read_at = WallTime(5s);
  feed.put(later);
  const Told told = watch(feed, SIZE_MAX, start);
  EXPECT_EQ(told.outcome.error().code(), Code::kDeadlineExceeded);
  EXPECT_TRUE(told.what.empty());
}

TEST(Feed, WhatIsMissingAfterAReconnectIsGone) {
  Feed feed(8);
  feed.replace_all({machine("a"), machine("b")});
  const std::string start = watch(feed, 3).resume;
  feed.replace_all({machine("b", Power::kOn)});
  EXPECT_EQ(watch(feed, 2, start).what, (Words{"b:on", "a:gone"}));
  EXPECT_EQ(feed.power_of("a"), std::nullopt);
  EXPECT_EQ(feed.power_of("b"), Power::kOn);
}

TEST(Feed, TokensTooOldOrOfAnotherProcessAreOutOfRange) {
  Feed feed(2), other(2);
  feed.replace_all({});
  other.replace_all({});
  const std::string start = watch(feed, 1).resume;
  for (const char* id : {"a", "b", "c"}) feed.put(machine(id));
  for (const std::string& token :
       {start, watch(other, 1).resume, std::string("x"), start.substr(0, start.find('-')) + "-99"}) {
    EXPECT_EQ(watch(feed, 1, token).outcome.error().code(), Code::kOutOfRange) << token;
  }
}

TEST(Feed, WakesAWatcherThatWaits) {
  Feed feed(8);
  feed.replace_all({});
  const std::string start = watch(feed, 1).resume;
  std::jthread later([&] { feed.put(machine("a", Power::kOn)); });
  EXPECT_EQ(watch(feed, 1, start).what, Words{"a:on"});
}

TEST(Feed, AWatcherEndsWhenItIsStopped) {
  Feed feed(8);
  feed.replace_all({});
  std::stop_source stop;
  Call stoppable = call();
  stoppable.stop = stop.get_token();
  const auto outcome = feed.watch(
      "c1", "",
      [&](const Event&) {
        stop.request_stop();
        return true;
      },
      stoppable);
  EXPECT_EQ(outcome.error().code(), Code::kCancelled);
}

}  // namespace
}  // namespace rig::provider
