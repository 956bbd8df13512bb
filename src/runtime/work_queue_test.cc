// runtime/work_queue_test.cc — the queue's promises one by one, against a simple model, and with threads.
#include "runtime/work_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <random>
#include <thread>
#include <vector>

#include "runtime/limits.h"

namespace rig::runtime {
namespace {

using namespace std::chrono_literals;

ObjectKey key(std::string name) { return {"ns", std::move(name)}; }

class Queue : public ::testing::Test {
 protected:
  // The names taken, "-" where there was nothing to take.
  std::string take(int times = 1) {
    std::string names;
    for (; times > 0; --times) {
      const auto taken = core_.take(now_);
      names += taken ? taken->name : "-";
    }
    return names;
  }
  void add(const std::string& name, Priority priority = Priority::kEvent) { core_.add(key(name), priority); }
  void done(const std::string& name) { core_.done(key(name)); }

  Time now_{1h};
  WorkQueueCore core_{/*lane_max=*/2};
};

TEST_F(Queue, TakesAKeyOnceHoweverOftenItWasAdded) {
  add("a");
  add("a");
  EXPECT_EQ(core_.depth(), 1U);
  EXPECT_EQ(take(), "a");
  done("a");
  EXPECT_EQ(take(), "-");
  EXPECT_TRUE(core_.idle());
}

TEST_F(Queue, NeverGivesAKeyToTwoWorkers) {
  add("a");
  EXPECT_EQ(take(), "a");
  add("a");
  EXPECT_EQ(take(), "-");
  EXPECT_FALSE(core_.idle());
  done("a");
  EXPECT_EQ(take(), "a") << "added while it was worked on";
}

TEST_F(Queue, TakesInTheOrderOfAdding) {
  for (const char* name : {"c", "a", "b"}) add(name);
  EXPECT_EQ(take(3), "cab");
}

TEST_F(Queue, TakesUsersChangesBeforeEventsBeforeWhatIsDue) {
  add("due", Priority::kDue);
  add("event", Priority::kEvent);
  add("user", Priority::kUser);
  add("late", Priority::kUser);
  EXPECT_EQ(take(), "user");
  EXPECT_EQ(take(), "late");
  EXPECT_EQ(take(), "event");
  EXPECT_EQ(take(), "due");
}

TEST_F(Queue, RaisesTheUrgencyOfAKeyButNeverLowersIt) {
  add("other", Priority::kEvent);
  add("a", Priority::kDue);
  add("a", Priority::kUser);
  add("a", Priority::kDue);
  EXPECT_EQ(core_.depth(), 2U);
  EXPECT_EQ(take(), "a");
  add("a", Priority::kDue);
  add("a", Priority::kUser);
  done("a");
  EXPECT_EQ(take(), "a") << "urgent again after done()";
}

TEST_F(Queue, KeepsForAUserWhatWasBegunForOne) {
  add("user", Priority::kUser);
  EXPECT_EQ(take(), "user");
  core_.add_at(key("user"), now_ + 50ms);  // the task that was begun takes its time
  done("user");
  add("event", Priority::kEvent);
  add("user", Priority::kEvent);  // it has ended
  EXPECT_EQ(take(), "user");
  done("user");
  EXPECT_EQ(take(), "event");
  done("event");

  now_ += 50ms;  // the delay is over, and with it what was begun
  EXPECT_EQ(take(), "user");
  done("user");
  add("event", Priority::kEvent);
  add("user", Priority::kEvent);
  EXPECT_EQ(take(), "event");
}

TEST_F(Queue, LetsTheEarlierOfTwoDelaysWin) {
  core_.add_at(key("a"), now_ + 50ms);
  core_.add_at(key("a"), now_ + 30ms);
  core_.add_at(key("a"), now_ + 70ms);
  EXPECT_EQ(core_.next_delayed(), now_ + 30ms);
  now_ += 29ms;
  EXPECT_EQ(take(), "-");
  now_ += 1ms;
  EXPECT_EQ(take(), "a");
  done("a");
  now_ += 1h;
  EXPECT_EQ(take(), "-");
}

TEST_F(Queue, DoublesTheRetryDelayUpToALimitUntilItIsForgotten) {
  Duration want = limits::kRetryMin;
  for (int i = 0; i < 40; ++i) {
    core_.add_failed(key("a"), now_);
    EXPECT_EQ(*core_.next_delayed() - now_, want);
    now_ = *core_.next_delayed();
    EXPECT_EQ(take(), "a");
    done("a");
    want = std::min<Duration>(2 * want, limits::kRetryMax);
  }
  EXPECT_EQ(want, limits::kRetryMax);
  core_.forget(key("a"));
  core_.add_failed(key("a"), now_);
  EXPECT_EQ(*core_.next_delayed() - now_, limits::kRetryMin);
}

TEST_F(Queue, WaitsAtLeastAsLongAsAFailureAsks) {
  core_.add_failed(key("a"), now_, 7s);
  EXPECT_EQ(*core_.next_delayed() - now_, Duration(7s));
}

TEST_F(Queue, HoldsNoMoreWorkersInALaneThanItMay) {
  for (const char* name : {"s1", "s2", "s3"}) {
    core_.set_lane(key(name), "slow");
    add(name);
  }
  add("free");
  EXPECT_EQ(take(2), "s1s2");
  EXPECT_EQ(take(), "free") << "a full lane delays only itself";
  EXPECT_EQ(take(), "-");
  done("s1");
  EXPECT_EQ(take(), "s3");
}

TEST_F(Queue, MovesAKeyToAnotherLaneWhateverItsState) {
  for (const char* name : {"a", "b", "c"}) {
    core_.set_lane(key(name), "old");
    add(name);
  }
  EXPECT_EQ(take(2), "ab");
  core_.set_lane(key("a"), "new");  // worked on: makes room in the old lane
  EXPECT_EQ(take(), "c");
  add("d");
  core_.set_lane(key("d"), "old");  // ready: waits with its new lane
  EXPECT_EQ(take(), "-");
  core_.set_lane(key("d"), "");
  EXPECT_EQ(take(), "d");
}

TEST_F(Queue, WakesTheDelayedKeysOfOneLane) {
  for (const char* name : {"a", "b"}) {
    core_.set_lane(key(name), name);
    core_.add_at(key(name), now_ + 1h);
  }
  core_.wake_lane("a");
  EXPECT_EQ(take(), "a");
  EXPECT_EQ(take(), "-");
  EXPECT_EQ(core_.next_delayed(), now_ + 1h);
}

// ---- against a model: lists of what was asked, searched in the plainest way ----

struct Model {
  struct Wish {
    ObjectKey key;
    Priority priority;
    std::uint64_t turn;
  };
  std::vector<Wish> wishes;
  std::map<ObjectKey, std::pair<Time, Priority>> delayed;
  std::map<ObjectKey, std::string> lanes;
  std::map<ObjectKey, Priority> working;
  std::uint64_t turn = 0;

  void add(const ObjectKey& k, Priority p) {
    if (const auto it = delayed.find(k); it != delayed.end()) p = std::min(p, it->second.second);
    for (Wish& w : wishes) {
      if (w.key == k) return void(w.priority = std::min(w.priority, p));
    }
    wishes.push_back({k, p, turn++});
  }
  void add_at(const ObjectKey& k, Time t) {
    const auto worker = working.find(k);
    const Priority p = worker != working.end() && worker->second == Priority::kUser ? Priority::kUser : Priority::kDue;
    const auto [it, is_new] = delayed.try_emplace(k, t, p);
    it->second = {std::min(it->second.first, t), std::min(it->second.second, p)};
  }
  bool has_room(const ObjectKey& k) const {
    const auto lane = lanes.find(k);
    if (lane == lanes.end() || lane->second.empty()) return true;
    return std::count_if(working.begin(), working.end(), [&](const auto& w) {
             const auto other = lanes.find(w.first);
             return other != lanes.end() && other->second == lane->second;
           }) < 2;
  }
  std::optional<ObjectKey> take(Time now) {
    std::vector<std::pair<Time, ObjectKey>> due;
    for (const auto& [k, delay] : delayed) {
      if (delay.first <= now) due.emplace_back(delay.first, k);
    }
    std::sort(due.begin(), due.end());
    for (const auto& [t, k] : due) {
      add(k, Priority::kDue);
      delayed.erase(k);
    }
    const Wish* best = nullptr;
    for (const Wish& w : wishes) {
      if (working.contains(w.key) || !has_room(w.key)) continue;
      if (best == nullptr || std::pair(w.priority, w.turn) < std::pair(best->priority, best->turn)) best = &w;
    }
    if (best == nullptr) return std::nullopt;
    const Wish taken = *best;
    std::erase_if(wishes, [&](const Wish& w) { return w.key == taken.key; });
    working.emplace(taken.key, taken.priority);
    return taken.key;
  }
};

TEST(QueueModel, AgreesWithTheQueueOverRandomHistories) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t n) { return random() % n; };
  WorkQueueCore core{2};
  Model model;
  Time now{1h};
  for (int step = 0; step < 30000; ++step) {
    const ObjectKey k = key(std::string(1, static_cast<char>('a' + below(8))));
    switch (below(7)) {
      case 0:
      case 1: {
        const auto priority = static_cast<Priority>(below(3));
        core.add(k, priority);
        model.add(k, priority);
        break;
      }
      case 2: {
        const Time when = now + std::chrono::milliseconds(below(50));
        core.add_at(k, when);
        model.add_at(k, when);
        break;
      }
      case 3: {
        const std::string lane(below(3), 'L');  // "", "L", "LL"
        core.set_lane(k, lane);
        model.lanes[k] = lane;
        break;
      }
      case 4: now += std::chrono::milliseconds(below(20)); break;
      case 5: {
        ASSERT_EQ(core.take(now), model.take(now)) << "step " << step;
        break;
      }
      default:
        if (!model.working.contains(k)) break;
        core.done(k);
        model.working.erase(k);
    }
    ASSERT_EQ(core.idle(), model.working.empty() && model.wishes.empty()) << "step " << step;
  }
}

// ---- threads ----

TEST(WorkQueue, SharesKeysAmongThreadsNeverOneWithTwo) {
  WorkQueue queue;
  constexpr int kKeys = 64, kRounds = 50;
  std::array<std::atomic<int>, kKeys> inside{}, taken{};
  std::atomic<bool> overlap = false;
  std::atomic<int> left = kKeys;
  {
    std::stop_source stop;  // outlives the workers, which ask it until they end
    std::vector<std::jthread> workers;
    for (int i = 0; i < 4; ++i) {
      workers.emplace_back([&] {
        while (const auto k = queue.take(stop.get_token())) {
          const auto n = static_cast<std::size_t>(std::stoi(k->name));
          if (inside[n]++ != 0) overlap = true;
          --inside[n];
          queue.done(*k);
          if (taken[n]++ == 0 && --left == 0) stop.request_stop();
        }
      });
    }
    for (int round = 0; round < kRounds; ++round) {
      for (int n = 0; n < kKeys; ++n) queue.add(key(std::to_string(n)), Priority::kEvent);
    }
  }
  EXPECT_FALSE(overlap);
  EXPECT_EQ(left, 0);
}

TEST(WorkQueue, WakesAWaitingThreadForAnEarlierDelay) {
  WorkQueue queue;
  std::stop_source stop;
  const Time now = std::chrono::steady_clock::now();
  queue.add_at(key("late"), now + 1h);
  std::optional<ObjectKey> taken;
  {
    std::jthread worker([&] { taken = queue.take(stop.get_token()); });
    queue.add_at(key("soon"), now + 1ms);
  }
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->name, "soon");
}

TEST(WorkQueue, LetsAWaitingThreadGoWhenAskedToStop) {
  WorkQueue queue;
  std::stop_source stop;
  std::optional<ObjectKey> taken = key("x");
  {
    std::jthread worker([&] { taken = queue.take(stop.get_token()); });
    stop.request_stop();
  }
  EXPECT_FALSE(taken);
}

}  // namespace
}  // namespace rig::runtime
