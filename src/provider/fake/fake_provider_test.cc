// provider/fake/fake_provider_test.cc — what the fake adds to the promises of provider.h, which conformance checks.
#include "provider/fake/fake_provider.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "provider/fake/limits.h"

namespace rig::provider::fake {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

MachineSpec small() {
  MachineSpec spec;
  spec.display_name = "web-1a2b3c4d";
  spec.hostname = "web";
  spec.root_disk_bytes = 1 << 20;
  spec.nics = {{"eth0", "", "default", "", "", {}, {}, {}}};
  return spec;
}

MachineRef ref(const std::string& name = "web") {
  return {{"cluster", "default", name, "uid-" + name}, "machine-" + name, name + "-1a2b3c4d", false};
}

Options slow() {
  Options options;
  options.create = seconds(2);
  options.power = options.remove = seconds(1);
  options.apply = seconds(3);
  options.boot = seconds(5);
  return options;
}

class Fake : public testing::Test {
 protected:
  // Lets tasks and boots end.
  void pass(Duration by = seconds(30)) {
    clock_.advance(by);
    fake_.advance();
  }
  Machine describe() { return fake_.describe(ref(), call_).take(); }
  void make() {
    ASSERT_TRUE(fake_.create(ref(), small(), call_).ok());
    pass();
    ASSERT_EQ(describe().existence, Existence::kOurs);
  }
  std::vector<Event> look(const std::string& resume = "") {
    std::vector<Event> events;
    const Status end = fake_.watch(
        "cluster", resume,
        [&](Event e) {
          events.push_back(std::move(e));
          return true;
        },
        Call{clock_.now(), {}, ""});
    EXPECT_EQ(end.error().code(), Code::kDeadlineExceeded);
    return events;
  }

  StepClock clock_;
  FakeProvider fake_{clock_, slow()};
  Call call_;
};

TEST_F(Fake, TasksTakeTheTimeOfTheirOptionsAndShowProgress) {
  const TaskId task = fake_.create(ref(), small(), call_).take();
  EXPECT_EQ(describe().existence, Existence::kPartial) << "the name is taken at once";
  clock_.advance(seconds(1));
  const TaskState half = fake_.poll(task, call_).take();
  EXPECT_EQ(half.phase, TaskState::Phase::kRunning);
  EXPECT_EQ(half.percent, 50);
  EXPECT_EQ(fake_.advance(), clock_.now() + seconds(1));
  clock_.advance(seconds(1));
  EXPECT_EQ(fake_.poll(task, call_)->phase, TaskState::Phase::kDone);
  EXPECT_EQ(describe().existence, Existence::kOurs);
}

TEST(FakeAtOnce, WorkWithoutDurationIsDoneWithinTheCall) {
  const StepClock clock;
  FakeProvider fake(clock, {});
  EXPECT_EQ(fake.create(ref(), small(), {})->text, "");
  EXPECT_EQ(fake.power_on(ref(), {})->text, "");
  EXPECT_EQ(fake.describe(ref(), {})->addresses, std::vector<std::string>{"10.0.1.1"});
  EXPECT_EQ(fake.remove(ref(), {})->text, "");
  EXPECT_EQ(fake.describe(ref(), {})->existence, Existence::kGone);
  EXPECT_TRUE(fake.volumes().empty());
}

TEST_F(Fake, TheFirstAddressComesWhenTheMachineHasBooted) {
  make();
  ASSERT_TRUE(fake_.power_on(ref(), call_).ok());
  pass(seconds(1));
  EXPECT_EQ(describe().power, Power::kOn);
  EXPECT_TRUE(describe().addresses.empty());
  const std::string resume = look().back().resume;
  pass(seconds(5));
  EXPECT_EQ(describe().addresses.size(), 1U);
  const std::vector<Event> events = look(resume);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<Machine>(events[0].what).addresses.size(), 1U);
}

TEST_F(Fake, AKilledProviderIsUnavailableUntilItIsRestarted) {
  fake_.on_effect(
      [](std::string_view, std::string_view step) { return step == "root disk" ? After::kKilled : After::kGoOn; });
  const TaskId task = fake_.create(ref(), small(), call_).take();
  pass();
  EXPECT_EQ(fake_.describe(ref(), call_).error().code(), Code::kUnavailable);
  fake_.on_effect({});
  fake_.forget_tasks();
  EXPECT_EQ(describe().existence, Existence::kPartial);
  EXPECT_EQ(describe().detail, "create was cut off before: root disk");
  EXPECT_EQ(fake_.poll(task, call_)->phase, TaskState::Phase::kForgotten);
}

TEST_F(Fake, APlannedFailureFailsTheTaskWithoutAnEffect) {
  fake_.on_task([](std::string_view verb, const MachineRef&) -> Status {
    if (verb != "create") return {};
    return Error(Code::kInternal, "planned");
  });
  EXPECT_EQ(fake_.create(ref(), small(), call_).error().message(), "planned");
  EXPECT_EQ(fake_.mutations(), 0);
}

TEST_F(Fake, SomebodyElsesPowerButtonIsAnEvent) {
  make();
  const std::string resume = look().back().resume;
  fake_.set_power(ref().id, Power::kOn);
  const std::vector<Event> events = look(resume);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<Machine>(events[0].what).power, Power::kOn);
}

TEST_F(Fake, AnErasedMachineIsAnEventAndGone) {
  make();
  const std::string resume = look().back().resume;
  fake_.erase(ref().id);
  EXPECT_EQ(std::get<Machine>(look(resume)[0].what).existence, Existence::kGone);
  EXPECT_EQ(describe().existence, Existence::kGone);
}

TEST_F(Fake, ForgetsTheOldestEventsBeyondItsLimit) {
  make();
  const std::string resume = look().back().resume;
  for (std::size_t i = 0; i < kEventsKept; ++i) fake_.edit(ref().id, [](MachineSpec& spec) { ++spec.cpus; });
  EXPECT_EQ(look(resume).size(), kEventsKept);
  fake_.edit(ref().id, [](MachineSpec& spec) { ++spec.cpus; });
  const Status end = fake_.watch(
      "cluster", resume, [](Event) { return true; }, Call{clock_.now(), {}, ""});
  EXPECT_EQ(end.error().code(), Code::kOutOfRange);
}

TEST_F(Fake, SaysWhenItsHypervisorIsAway) {
  fake_.set_available(false);
  const Health health = fake_.check(call_).take();
  EXPECT_FALSE(health.ok);
  EXPECT_EQ(health.message, "the hypervisor cannot be reached");
  EXPECT_EQ(fake_.describe(ref(), call_).error().code(), Code::kUnavailable);
  fake_.set_available(true);
  EXPECT_TRUE(fake_.check(call_)->ok);
}

TEST_F(Fake, HonoursTheStopAndTheDeadlineOfACall) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(fake_.check({{}, stop.get_token(), ""}).error().code(), Code::kCancelled);
  EXPECT_EQ(fake_.check({clock_.now(), {}, ""}).error().code(), Code::kDeadlineExceeded);
}

TEST_F(Fake, TheConsoleGreetsAndRepeats) {
  make();
  EXPECT_EQ(fake_.console().open_serial(ref(), call_).error().code(), Code::kNotFound);
  fake_.set_power(ref().id, Power::kOn);
  const auto console = fake_.console().open_serial(ref(), call_).take();
  char buffer[64];
  const std::size_t greeting = console->read(buffer, call_).take();
  EXPECT_EQ(std::string_view(buffer, greeting), "console of web-1a2b3c4d\r\n");
  ASSERT_TRUE(console->write("ls\n", call_).ok());
  EXPECT_EQ(console->read(buffer, call_).take(), 3U);
  console->close();
  EXPECT_EQ(console->read(buffer, call_).take(), 0U);
  EXPECT_FALSE(console->write("ls\n", call_).ok());
}

TEST(FakeHost, TheSameCallsAtTheSameTimesGiveTheSameAnswers) {
  const auto run = [] {
    StepClock clock;
    FakeProvider fake(clock, slow());
    std::string trace;
    for (const char* name : {"a", "b"}) {
      MachineSpec spec = small();
      spec.display_name = ref(name).id;
      trace += fake.create(ref(name), spec, {})->text + " ";
    }
    clock.advance(seconds(10));
    for (const char* name : {"a", "b"}) trace += fake.power_on(ref(name), {})->text + " ";
    clock.advance(seconds(10));
    for (const char* name : {"a", "b"}) {
      const Machine machine = fake.describe(ref(name), {}).take();
      trace += machine.version + " " + machine.addresses.at(0) + " " + machine.running.nics.at(0).mac + " ";
    }
    return trace;
  };
  EXPECT_EQ(run(), run());
  EXPECT_NE(run().find("10.0.2.1"), std::string::npos) << run();
}

}  // namespace
}  // namespace rig::provider::fake
