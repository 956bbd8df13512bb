// proxmox/weather_test.cc — for every n the n-th call goes wrong, in every way; then machines, volumes and uploads are
// counted.
#include <gtest/gtest.h>

#include "base/eventually_test.h"
#include "base/uuid.h"
#include "proxmox/bed.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;
using fakes::pve::Fault;
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
    {"refused", {.kind = Fault::Kind::kRefuse, .status = 595, .reason = "Connection refused"}},
    {"reply lost", {.kind = Fault::Kind::kLoseReply}},
    {"dropped", {.kind = Fault::Kind::kDrop}},
    {"a proxy's page", {.kind = Fault::Kind::kProxyPage}},
    {"hung", {.kind = Fault::Kind::kHang}},
    {"hung after the effect", {.kind = Fault::Kind::kHangAfter}},
};

class Weather : public testing::TestWithParam<Mishap> {
 protected:
  static bool hangs() {
    const Fault::Kind kind = GetParam().fault.kind;
    return kind == Fault::Kind::kHang || kind == Fault::Kind::kHangAfter;
  }
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
  // One machine of that many volumes besides the image, and nothing else.
  void expect_count(std::size_t machines, std::size_t volumes, const std::string& when) {
    EXPECT_EQ(bed_.machine_names()->size(), machines) << when;
    EXPECT_EQ(bed_.volumes()->size(), volumes + 1) << when;
  }

  // A round with the mishap at its first call, its second, and so on until it has no more calls. Of those that hang
  // every fifth: each takes a second.
  void each_call(const std::function<void(const std::string& when)>& round) {
    for (int n = 1; n <= kCallsMax; n += hangs() ? 5 : 1) {
      nth_ = n;
      round(std::string(GetParam().name) + ", call " + std::to_string(n));
      if (HasFailure() || !has_struck_) return;
    }
    FAIL() << "more than " << kCallsMax << " calls";
  }
  void arm() {
    Fault fault = GetParam().fault;
    fault.nth = nth_;
    fault.path = "*";
    bed_.fake().with_faults([](fakes::pve::Faults& faults) { faults.clear(); });
    bed_.fake().fail(fault);
  }
  void disarm() {
    bed_.fake().with_faults([&](fakes::pve::Faults& faults) {
      has_struck_ = faults.struck() > 0;
      faults.clear();
    });
  }

  // No call but those that are asked for.
  Bed bed_{{.interval = 1h, .patience = hangs() ? 1s : 60s}};
  provider::conformance::Subject subject_ = bed_.subject("weather");
  int nth_ = 0;
  bool has_struck_ = false;
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
    expect_count(1, 3, when);
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

TEST_P(Weather, OverAnImageBringsItOnce) {
  each_call([&](const std::string& when) {
    provider::ImageRequest request = subject_.image;
    request.key = random_uuid();
    const std::size_t before = bed_.volumes()->size();
    arm();
    const Status done =
        insist([&]() -> Result<TaskId> { return TRY(provider().images().prepare(request, call())).task; });
    disarm();
    EXPECT_TRUE(done.ok()) << when << ": " << done.error().to_string();
    EXPECT_EQ(bed_.volumes()->size(), before + 1) << when;
  });
}

INSTANTIATE_TEST_SUITE_P(Proxmox, Weather, testing::ValuesIn(kMishaps), [](const auto& each) {
  std::string name = each.param.name;
  std::erase_if(name, [](char c) { return c == ' ' || c == '\''; });
  return name;
});

}  // namespace
}  // namespace rig::proxmox
