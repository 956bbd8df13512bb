// provider/conformance/weather.h — for every n the n-th call to a hypervisor goes wrong; then machines and volumes are
// counted. For test programs, which bring a bed on a fake, and the ways in which calls go wrong.
//
//   class Weather : public provider::conformance::Weather<Fake, Fault> {
//     Weather() { begin({.fake = &bed_.fake(), .subject = bed_.subject("weather"), .volumes = 3}); }
//     Bed bed_;
//   };
//   TEST_P(Weather, OverAWholeLifeLeavesWhatIsWantedAndNothingElse) { over_a_whole_life(); }
//   INSTANTIATE_TEST_SUITE_P(..., Weather, testing::ValuesIn(kMishaps), provider::conformance::mishap_name<Fault>);
//
// Fake and Fault are those of tests/fakes/faults.h.
#pragma once

#include <gtest/gtest.h>

#include "base/eventually_test.h"
#include "base/uuid.h"
#include "provider/conformance/conformance.h"

namespace rig::provider::conformance {

template <class Fault>
struct Mishap {
  const char* name;
  Fault fault;
  friend void PrintTo(const Mishap& mishap, std::ostream* out) { *out << mishap.name; }
};
template <class Fault>
std::string mishap_name(const testing::TestParamInfo<Mishap<Fault>>& each) {
  std::string name = each.param.name;
  std::erase_if(name, [](char c) { return c == ' ' || c == '\''; });
  return name;
}

template <class Fake>
struct Place {
  Fake* fake;
  Subject subject;
  std::size_t volumes;        // of a machine with one disk more than the smallest, and a seed
  bool effects_only = false;  // calls that only read go well
  int stride = 1;             // every so many calls: those that hang take their time
};

template <class Fake, class Fault>
class Weather : public testing::TestWithParam<Mishap<Fault>> {
 protected:
  static bool hangs(const Fault& fault) {
    return fault.kind == Fault::Kind::kHang || fault.kind == Fault::Kind::kHangAfter;
  }
  void begin(Place<Fake> place) { place_ = std::move(place); }

  void over_a_whole_life() {
    const MachineSpec wish = spec();
    each_call([&](const std::string& when) {
      MachineRef ref = reserve(wish);
      arm();
      const Status made = insist([&] { return provider().create(ref, wish, call()); });
      const bool struck = disarm();
      ASSERT_TRUE(made.ok()) << when << ": " << made.error().to_string();
      EXPECT_EQ(provider().describe(ref, call())->existence, Existence::kOurs) << when;
      expect_more(1, place_->volumes, when);
      const Status removed = insist([&] { return provider().remove(ref, call()); });
      ASSERT_TRUE(removed.ok()) << when << ": " << removed.error().to_string();
      expect_more(0, 0, when);
      has_struck_ = struck;
    });
  }

  void over_power_and_changes_and_the_end() {
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
      const auto in_a_minute = std::chrono::system_clock::now() + std::chrono::minutes(1);
      const Status off = insist([&] { return provider().power_off(ref, in_a_minute, call()); });
      EXPECT_TRUE(off.ok()) << when << ": " << off.error().to_string();
      const Status removed = insist([&] { return provider().remove(ref, call()); });
      EXPECT_TRUE(removed.ok()) << when << ": " << removed.error().to_string();
      has_struck_ = disarm();
      expect_more(0, 0, when);
    });
  }

  void over_an_image() {
    each_call([&](const std::string& when) {
      ImageRequest request = place_->subject.image;
      request.key = random_uuid();
      const std::size_t before = count().volumes;
      arm();
      const Status done =
          insist([&]() -> Result<TaskId> { return TRY(provider().images().prepare(request, call())).task; });
      has_struck_ = disarm();
      EXPECT_TRUE(done.ok()) << when << ": " << done.error().to_string();
      EXPECT_EQ(count().volumes, before + 1) << when;
    });
  }

 private:
  static constexpr int kCallsMax = 200;
  static constexpr Duration kPatience = std::chrono::minutes(1);
  static Call call() { return {std::chrono::steady_clock::now() + kPatience, {}, "weather"}; }
  Provider& provider() { return place_->subject.provider(); }

  Status finish(Result<TaskId> task) {
    if (!task.ok()) return task.error();
    TaskState state;
    const auto is_over = [&] {
      const auto now = provider().poll(*task, call());
      if (now.ok()) state = *now;
      return now.ok() && state.phase != TaskState::Phase::kRunning;
    };
    if (!eventually(kPatience, is_over)) return Error(Code::kDeadlineExceeded, "the task does not end");
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

  // From here on everything is counted.
  MachineSpec spec() {
    MachineSpec wish = place_->subject.small;
    const auto image = provider().images().prepare(place_->subject.image, call());
    EXPECT_TRUE(image.ok()) << image.error().to_string();
    EXPECT_TRUE(finish(image->task).ok());
    wish.image = {image->location, image->format};
    wish.display_name = "weather";
    wish.disks = {{"data", 16 << 20, "", ""}};
    at_first_ = count();
    return wish;
  }
  MachineRef reserve(const MachineSpec& wish) {
    const std::string id = random_uuid();
    return provider().reserve({"c", "default", "weather", id}, id, wish, call()).take();
  }

  struct Count {
    std::size_t machines = 0, volumes = 0;
  };
  Count count() {
    Host& host = *place_->subject.host;
    return {host.machine_names()->size(), host.volumes()->size()};
  }
  void expect_more(std::size_t machines, std::size_t volumes, const std::string& when) {
    const Count now = count();
    EXPECT_EQ(now.machines, at_first_.machines + machines) << when;
    EXPECT_EQ(now.volumes, at_first_.volumes + volumes) << when;
  }

  // A round with the mishap at its first call, its second, and so on until it has no more calls.
  void each_call(const std::function<void(const std::string& when)>& round) {
    for (nth_ = 1; nth_ <= kCallsMax; nth_ += place_->stride) {
      round(std::string(this->GetParam().name) + ", call " + std::to_string(nth_));
      if (this->HasFailure()) return;
      if (has_struck_) continue;
      EXPECT_GT(nth_, 1) << "no call went wrong";
      return;
    }
    FAIL() << "more than " << kCallsMax << " calls";
  }
  void arm() {
    Fault fault = this->GetParam().fault;
    fault.nth = nth_;
    fault.effects_only = place_->effects_only;
    place_->fake->with_faults([](auto& faults) { faults.clear(); });
    place_->fake->fail(fault);
  }
  bool disarm() {  // whether it was met
    return place_->fake->with_faults([](auto& faults) {
      const bool has_struck = faults.struck() > 0;
      faults.clear();
      return has_struck;
    });
  }

  std::optional<Place<Fake>> place_;
  Count at_first_;
  int nth_ = 0;
  bool has_struck_ = false;
};

}  // namespace rig::provider::conformance
