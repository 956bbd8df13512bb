// runtime/leader_test.cc — the Lease's rules with stepped time, in bad weather, and once with threads.
#include "runtime/leader.h"

#include <gtest/gtest.h>

#include <iostream>
#include <latch>
#include <mutex>
#include <random>

#include "runtime/limits.h"

namespace rig::runtime {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kWall{};

class Leader : public ::testing::Test {
 protected:
  std::string want() const {
    const auto w = core_.next(now_, kWall);
    if (std::holds_alternative<LeaderCore::Read>(w)) return "read";
    if (const auto* write = std::get_if<LeaderCore::Write>(&w))
      return "write " + std::to_string(write->record.transitions);
    return "wait";
  }
  void write(std::string version) {
    LeaseRecord record = std::get<LeaderCore::Write>(core_.next(now_, kWall)).record;
    record.resource_version = std::move(version);
    core_.on_written(record, now_, now_);
  }
  void read_other(std::string version) {
    core_.on_read(LeaseRecord{.holder = "other", .transitions = 3, .resource_version = std::move(version)}, now_);
  }

  Time now_{1h};
  const LeaseTimes times_;
  LeaderCore core_{"me", times_};
};

TEST_F(Leader, TakesALeaseThatDoesNotExist) {
  EXPECT_EQ(want(), "read");
  core_.on_read(std::nullopt, now_);
  EXPECT_EQ(want(), "write 0");
  EXPECT_FALSE(core_.may_act(now_)) << "not before the write is confirmed";
  write("1");
  EXPECT_TRUE(core_.may_act(now_));
}

TEST_F(Leader, RenewsEveryRetryPeriodWithoutReading) {
  core_.on_read(std::nullopt, now_);
  write("1");
  for (int i = 2; i < 20; ++i) {
    EXPECT_EQ(want(), "wait");
    now_ += times_.retry;
    EXPECT_EQ(want(), "write 0");
    write(std::to_string(i));
    EXPECT_TRUE(core_.may_act(now_));
  }
}

TEST_F(Leader, StopsActingWhenItCannotRenewInTime) {
  core_.on_read(std::nullopt, now_);
  write("1");
  now_ += times_.renew - 1ns;
  core_.on_error(now_);
  EXPECT_TRUE(core_.may_act(now_));
  now_ += 1ns;
  EXPECT_FALSE(core_.may_act(now_));
}

TEST_F(Leader, LooksBeforeItWritesAgainAfterAFailure) {
  core_.on_read(std::nullopt, now_);
  write("1");
  now_ += times_.retry;
  core_.on_error(now_);
  EXPECT_EQ(want(), "wait");
  now_ += times_.retry;
  EXPECT_EQ(want(), "read");
  core_.on_read(LeaseRecord{.holder = "me", .resource_version = "2"}, now_);
  EXPECT_EQ(want(), "write 0") << "the write had been made, only its answer was lost";
}

TEST_F(Leader, LeavesALeaseThatIsRenewed) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(want(), "read");
    read_other(std::to_string(i));
    EXPECT_EQ(want(), "wait");
    now_ += times_.retry;
  }
}

TEST_F(Leader, TakesALeaseOnlyAfterItStoodStillForItsWholeTime) {
  read_other("1");
  const Time seen = now_;
  while (now_ - seen < times_.lease) {
    now_ += times_.retry;
    EXPECT_EQ(want(), "read");
    read_other("1");
  }
  EXPECT_EQ(want(), "write 4") << "a transition more than the other's three";
  write("2");
  EXPECT_TRUE(core_.may_act(now_));
}

TEST_F(Leader, TakesALeaseThatWasReleased) {
  core_.on_read(LeaseRecord{.holder = "", .transitions = 3, .resource_version = "1"}, now_);
  EXPECT_EQ(want(), "write 4");
}

TEST_F(Leader, IsNoLeaderOnceItSeesAnotherOne) {
  core_.on_read(std::nullopt, now_);
  write("1");
  core_.on_error(now_);
  read_other("2");
  EXPECT_FALSE(core_.may_act(now_));
}

// Contenders whose requests take their time, get lost before or after their effect, or wait in the network.
class Contenders {
 public:
  explicit Contenders(std::uint64_t seed) : random_(seed) {}

  void run(int steps) {
    for (int step = 0; step < steps; ++step) {
      now_ += std::chrono::milliseconds(random_() % 400);
      Node& node = nodes_[random_() % nodes_.size()];
      if (random_() % 300 == 0) node = Node{LeaderCore(node.name + "'", {}), node.name + "'"};  // restarted
      act(node);
      const auto acting =
          std::count_if(nodes_.begin(), nodes_.end(), [&](const Node& n) { return n.core.may_act(now_); });
      ASSERT_LE(acting, 1) << "step " << step;
      changes_ += acting == 1 && last_ != leader() ? 1 : 0;
      if (acting == 1) last_ = leader();
    }
  }
  int changes() const { return changes_; }

 private:
  struct Node {
    LeaderCore core;
    std::string name;
  };
  std::string leader() const {
    for (const Node& n : nodes_) {
      if (n.core.may_act(now_)) return n.name;
    }
    return {};
  }
  bool lost() { return random_() % 4 == 0; }
  void act(Node& node) {
    const auto want = node.core.next(now_, WallTime{} + std::chrono::hours(random_() % 1000));  // wrong wall clocks
    if (std::holds_alternative<LeaderCore::Wait>(want)) return;
    const Time sent = now_;
    if (lost()) return node.core.on_error(now_);
    now_ += std::chrono::milliseconds(random_() % 3000);
    if (const auto* write = std::get_if<LeaderCore::Write>(&want)) {
      const std::string version = lease_ ? lease_->resource_version : "";
      if (write->record.resource_version != version) return node.core.on_error(now_);
      lease_ = write->record;
      lease_->resource_version = std::to_string(++version_);
    }
    const auto answer = lease_;
    now_ += std::chrono::milliseconds(random_() % 3000);
    if (lost()) return node.core.on_error(now_);
    if (std::holds_alternative<LeaderCore::Read>(want)) return node.core.on_read(answer, now_);
    node.core.on_written(*answer, sent, now_);
  }

  std::mt19937_64 random_;
  Time now_{1h};
  std::vector<Node> nodes_{{LeaderCore("a", {}), "a"}, {LeaderCore("b", {}), "b"}, {LeaderCore("c", {}), "c"}};
  std::optional<LeaseRecord> lease_;
  std::int64_t version_ = 0;
  std::string last_;
  int changes_ = 0;
};

TEST(LeaderWeather, NeverHasTwoLeaders) {
  const std::uint64_t seed = std::random_device{}();
  std::cout << "seed " << seed << "\n";
  Contenders contenders(seed);
  contenders.run(20000);
  EXPECT_GT(contenders.changes(), 10) << "the weather was too mild to tell";
}

// One Lease behind a transport that may go away.
class LeaseServer final : public kube::Transport {
 public:
  Result<json::Value> send(const kube::Request& request, const Call&) override {
    const std::lock_guard lock(mutex_);
    if (!available_) return Error(Code::kUnavailable, "down");
    if (request.method == "GET") return lease_.is_null() ? Result<json::Value>(Error(Code::kNotFound, "none")) : lease_;
    const json::Value body = json::parse(request.body).take();
    EXPECT_EQ(request.method, lease_.is_null() ? "POST" : "PUT") << "all that the reference's Role allows";
    if (body.text({"metadata", "resourceVersion"}) != lease_.text({"metadata", "resourceVersion"})) {
      return Error(Code::kAborted, "moved on");
    }
    lease_ = body;
    lease_.set({"metadata", "resourceVersion"}, std::to_string(++version_));
    return lease_;
  }
  Status stream(const kube::Request&, const Call&, const std::function<bool(json::Value)>&) override { return {}; }
  void go_away() {
    const std::lock_guard lock(mutex_);
    available_ = false;
  }
  // A released Lease that somebody has written more into.
  void begin_with(json::Value lease) {
    const std::lock_guard lock(mutex_);
    lease_ = std::move(lease);
  }
  json::Value lease() {
    const std::lock_guard lock(mutex_);
    return lease_;
  }

 private:
  std::mutex mutex_;
  json::Value lease_;
  std::int64_t version_ = 0;
  bool available_ = true;
};

TEST(LeaderElector, TellsOnceThatItLeadsAndOnceThatItNoLongerDoes) {
  LeaseServer server;
  const SystemClock clock;
  Lead lead;
  std::latch gained(1), lost(1);
  const LeaseTimes times{.lease = 300ms, .renew = 200ms, .retry = 20ms};
  const LeaderElector elector(
      server, {{"ns", "lease"}, "me", times}, clock, lead, [&] { gained.count_down(); }, [&] { lost.count_down(); });
  gained.wait();
  EXPECT_GT(lead.until(), Time{});
  server.go_away();
  lost.wait();
  EXPECT_LE(lead.until(), clock.now()) << "what is bounded by it is over";
}

TEST(LeaderElector, GivesTheLeaseUpSoThatTheNextOneNeedNotWait) {
  LeaseServer server;
  const SystemClock clock;
  Lead lead;
  for (const char* identity : {"first", "second"}) {
    std::latch gained(1);
    const LeaderElector elector(
        server, {{"ns", "lease"}, identity, {}}, clock, lead, [&] { gained.count_down(); }, [] {});
    gained.wait();  // the default Lease stands still for 15 s
  }
  EXPECT_EQ(lead.until(), Time{});
}

TEST(LeaderElector, KeepsWhatOthersWroteIntoTheLease) {
  LeaseServer server;
  json::Value lease;
  lease.set({"metadata", "resourceVersion"}, "0");
  lease.set({"metadata", "labels", "team"}, "blue");
  lease.set({"spec", "strategy"}, "OldestEmulationVersion");
  server.begin_with(lease);
  const SystemClock clock;
  Lead lead;
  std::latch gained(1);
  const LeaderElector elector(
      server, {{"ns", "lease"}, "me", {}}, clock, lead, [&] { gained.count_down(); }, [] {});
  gained.wait();
  EXPECT_EQ(server.lease().text({"metadata", "labels", "team"}), "blue");
  EXPECT_EQ(server.lease().text({"spec", "strategy"}), "OldestEmulationVersion");
  EXPECT_EQ(server.lease().text({"spec", "holderIdentity"}), "me");
}

TEST(LeaderElector, TakesOverFromOneThatDied) {
  LeaseServer server;
  const SystemClock clock;
  Lead lead;
  const LeaseTimes times{.lease = 300ms, .renew = 200ms, .retry = 20ms};
  {
    std::latch gained(1);
    const LeaderElector first(
        server, {{"ns", "lease"}, "first", times}, clock, lead, [&] { gained.count_down(); }, [] {});
    gained.wait();
  }
  std::latch gained(1);
  const LeaderElector second(
      server, {{"ns", "lease"}, "second", times}, clock, lead, [&] { gained.count_down(); }, [] {});
  gained.wait();
}

}  // namespace
}  // namespace rig::runtime
