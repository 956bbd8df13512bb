// vsphere/watch_test.cc — what following a vCenter costs it, and what becomes of it when it goes and comes.
#include <gtest/gtest.h>

#include <mutex>
#include <thread>

#include "base/eventually_test.h"
#include "base/uuid.h"
#include "vsphere/bed.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;
using provider::Machine;
using provider::MachineRef;

constexpr Duration kSoon = 30s;
Call soon() { return {std::chrono::steady_clock::now() + kSoon, {}, "watching"}; }

class Watching : public testing::Test {
 protected:
  Watching() {
    const auto image = bed_.provider().images().prepare(bed_.subject("").image, soon());
    EXPECT_TRUE(image.ok()) << image.error().to_string();
    small_ = bed_.subject("").small;
    small_.image.location = image->location;
    watcher_ = std::jthread([this](const std::stop_token& stop) {
      (void)bed_.provider().watch("watching", "",
                                  [this](provider::Event event) {
                                    const std::lock_guard lock(mutex_);
                                    if (const auto* machine = std::get_if<Machine>(&event.what))
                                      seen_.push_back(*machine);
                                    return true;
                                  },
                                  {std::chrono::steady_clock::now() + 5min, stop, ""});
    });
  }
  ~Watching() override {
    watcher_ = {};
    EXPECT_TRUE(bed_.clean().ok());
  }

  Status finish(const Result<provider::TaskId>& task) {
    if (!task.ok()) return task.error();
    provider::TaskState state;
    const bool ended = eventually(kSoon, [&] {
      state = bed_.provider().poll(*task, soon()).take();
      return state.phase != provider::TaskState::Phase::kRunning;
    });
    if (!ended) return Error(Code::kDeadlineExceeded, "it does not end");
    return state.error ? Status(*state.error) : Status();
  }
  MachineRef made(const std::string& name) {
    provider::MachineSpec spec = small_;
    spec.display_name = name;
    const std::string id = random_uuid();
    MachineRef ref = bed_.provider().reserve({"watching", "default", name, id}, id, spec, soon()).take();
    const Status done = finish(bed_.provider().create(ref, spec, soon()));
    EXPECT_TRUE(done.ok()) << done.error().to_string();
    ref.id = bed_.provider().describe(ref, soon()).take().ref.id;
    return ref;
  }
  // As it was told last.
  std::optional<Machine> last(const MachineRef& ref) {
    const std::lock_guard lock(mutex_);
    for (auto seen = seen_.rbegin(); seen != seen_.rend(); ++seen)
      if (seen->ref.machine_id == ref.machine_id) return *seen;
    return std::nullopt;
  }
  bool is_told(const MachineRef& ref, provider::Power power) {
    return eventually(kSoon, [&] {
      const auto machine = last(ref);
      return machine && machine->power == power;
    });
  }

  Bed bed_{vcsim()};
  provider::MachineSpec small_;
  std::mutex mutex_;
  std::vector<Machine> seen_;  // guarded by mutex_
  std::jthread watcher_;
};

TEST_F(Watching, CostsOneCallThatWaitsHoweverManyMachinesThereAre) {
  const MachineRef ref = made("watched");
  made("another");
  ASSERT_TRUE(is_told(ref, provider::Power::kOff));
  const int waits = bed_.middle().calls("WaitForUpdatesEx");
  const std::int64_t all = bed_.middle().calls();
  ASSERT_TRUE(bed_.set_power(ref.id, provider::Power::kOn).ok());
  ASSERT_TRUE(is_told(ref, provider::Power::kOn));
  EXPECT_EQ(bed_.middle().calls() - all, bed_.middle().calls("WaitForUpdatesEx") - waits) << "no other call is made";
  EXPECT_LE(bed_.middle().calls("WaitForUpdatesEx") - waits, 6) << "a call for each answer that brought news";
  EXPECT_TRUE(bed_.provider().check(soon())->ok);
  EXPECT_EQ(bed_.middle().calls() - all, bed_.middle().calls("WaitForUpdatesEx") - waits);
}

TEST_F(Watching, BeginsAgainWhenItsCallsWereCutOffAndLosesNothing) {
  const MachineRef ref = made("cut-off");
  bed_.middle().end_calls();
  ASSERT_TRUE(bed_.set_power(ref.id, provider::Power::kOn).ok());
  EXPECT_TRUE(is_told(ref, provider::Power::kOn));
  EXPECT_TRUE(eventually(kSoon, [&] { return bed_.provider().check(soon())->ok; }));
  bed_.middle().end_calls();
  ASSERT_TRUE(bed_.erase(ref.id).ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return last(ref)->existence == provider::Existence::kGone; }));
}

}  // namespace
}  // namespace rig::vsphere
