// vsphere/weather_test.cc — for every n the n-th call that the fake gets goes wrong, in every way; then machines and
// files of disks are counted.
#include <gtest/gtest.h>

#include "base/eventually_test.h"
#include "base/uuid.h"
#include "vsphere/on_fake.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;
using fakes::vcenter::Fault;
using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;
using provider::TaskId;
using provider::TaskState;

constexpr int kCallsMax = 200;

struct Mishap {
  const char* name;
  Fault fault;
};
void PrintTo(const Mishap& mishap, std::ostream* out) { *out << mishap.name; }
const Mishap kMishaps[] = {
    {"refused", {.kind = Fault::Kind::kRefuse, .status = 502, .reason = "<html>502</html>"}},
    {"reply lost", {.kind = Fault::Kind::kLoseReply}},
    {"dropped", {.kind = Fault::Kind::kDrop}},
    {"a proxy's page", {.kind = Fault::Kind::kProxyPage}},
};

class Weather : public testing::TestWithParam<Mishap> {
 protected:
  static Call call() { return {std::chrono::steady_clock::now() + 60s, {}, "weather"}; }
  provider::Provider& provider() { return bed_.provider(); }

  Status finish(Result<TaskId> task) {
    if (!task.ok()) return task.error();
    TaskState state;
    const auto is_over = [&] {
      const auto now = provider().poll(*task, call());
      if (now.ok()) state = *now;
      return now.ok() && state.phase != TaskState::Phase::kRunning;
    };
    if (!eventually(60s, is_over)) return Error(Code::kDeadlineExceeded, "the task does not end");
    return state.error ? Status(*state.error) : Status();
  }
  // As a controller does: again, as long as that may help.
  Status insist(const std::function<Result<TaskId>()>& verb) {
    Status done = finish(verb());
    const auto may_help = [&] {
      const Remedy what = done.ok() ? Remedy::kUserFix : remedy(done.error().code());
      return what == Remedy::kRetry || what == Remedy::kReread;
    };
    for (int left = 4; left > 0 && may_help(); --left) done = finish(verb());
    return done;
  }

  MachineSpec spec() {
    MachineSpec wish = subject_.small;
    const auto image = provider().images().prepare(subject_.image, call());
    EXPECT_TRUE(image.ok()) << image.error().to_string();
    EXPECT_TRUE(finish(image->task).ok());
    wish.image = {image->location, image->format};
    wish.display_name = "weather";
    wish.disks = {{"data", 16 << 20, "", ""}};
    return wish;
  }
  MachineRef reserve(const MachineSpec& wish) {
    const std::string id = random_uuid();
    return provider().reserve({"c", "default", "weather", id}, id, wish, call()).take();
  }
  // That many more than at the beginning.
  void expect_count(std::size_t machines, std::size_t volumes, const std::string& when) {
    EXPECT_EQ(bed_.machine_names()->size(), machines + machines_at_first_) << when;
    EXPECT_EQ(bed_.volumes()->size(), volumes + volumes_at_first_) << when;
  }

  // A round with the mishap at its first call that changes something, its second, and so on until it has no more.
  void each_call(const std::function<void(const std::string& when)>& round) {
    for (nth_ = 1; nth_ <= kCallsMax; ++nth_) {
      round(std::string(GetParam().name) + ", call " + std::to_string(nth_));
      if (HasFailure()) return;
      if (has_struck_) continue;
      EXPECT_GE(nth_, 3) << "a machine takes two such calls at least";
      return;
    }
    FAIL() << "more than " << kCallsMax << " calls";
  }
  void arm() {
    Fault fault = GetParam().fault;
    fault.nth = nth_;
    fault.path = "*";
    fault.effects_only = true;
    on_.fake->with_faults([](fakes::vcenter::Faults& faults) { faults.clear(); });
    on_.fake->fail(fault);
  }
  void disarm() {
    on_.fake->with_faults([&](fakes::vcenter::Faults& faults) {
      has_struck_ = faults.struck() > 0;
      faults.clear();
    });
  }

  OnFake on_;
  Bed& bed_ = on_.bed;
  provider::conformance::Subject subject_ = bed_.subject("weather");
  int nth_ = 0;
  bool has_struck_ = false;
  const std::size_t machines_at_first_ = bed_.machine_names()->size(), volumes_at_first_ = bed_.volumes()->size();
};

TEST_P(Weather, OverAWholeLifeLeavesWhatIsWantedAndNothingElse) {
  const MachineSpec wish = spec();
  each_call([&](const std::string& when) {
    const MachineRef ref = reserve(wish);
    arm();
    Status made = insist([&] { return provider().create(ref, wish, call()); });
    disarm();
    const bool struck = has_struck_;
    ASSERT_TRUE(made.ok()) << when << ": " << made.error().to_string();
    EXPECT_EQ(provider().describe(ref, call())->existence, Existence::kOurs) << when;
    expect_count(1, 2, when);
    const Status removed = insist([&] { return provider().remove(ref, call()); });
    ASSERT_TRUE(removed.ok()) << when << ": " << removed.error().to_string();
    expect_count(0, 0, when);
    has_struck_ = struck;
  });
}

TEST_P(Weather, OverPowerAndChangesAndTheEnd) {
  const MachineSpec wish = spec();
  MachineSpec more = wish;
  more.memory_mib *= 2;
  more.disks.push_back({"logs", 16 << 20, "", ""});
  each_call([&](const std::string& when) {
    const MachineRef ref = reserve(wish);
    ASSERT_TRUE(finish(provider().create(ref, wish, call())).ok()) << when;
    arm();
    const auto apply = [&]() -> Result<TaskId> {
      return provider().apply(ref, more, TRY(provider().plan(ref, more, call())), call());
    };
    const Status on = insist([&] { return provider().power_on(ref, call()); });
    EXPECT_TRUE(on.ok()) << when << ": " << on.error().to_string();
    const Status applied = insist(apply);
    EXPECT_TRUE(applied.ok()) << when << ": " << applied.error().to_string();
    const auto in_a_minute = std::chrono::system_clock::now() + 60s;
    const Status off = insist([&] { return provider().power_off(ref, in_a_minute, call()); });
    EXPECT_TRUE(off.ok()) << when << ": " << off.error().to_string();
    const Status removing = insist([&] { return provider().remove(ref, call()); });
    EXPECT_TRUE(removing.ok()) << when << ": " << removing.error().to_string();
    disarm();
    expect_count(0, 0, when);
  });
}

INSTANTIATE_TEST_SUITE_P(Vsphere, Weather, testing::ValuesIn(kMishaps), [](const auto& each) {
  std::string name = each.param.name;
  std::erase_if(name, [](char c) { return c == ' ' || c == '\''; });
  return name;
});

}  // namespace
}  // namespace rig::vsphere
