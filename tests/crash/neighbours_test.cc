// crash/neighbours_test.cc — one manager, three providers: one that hangs, or dies again and again, is nothing to the
// two others. No figure is demanded, but that a change there takes about what it took before, far from a call's time
// limit.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "api/v1beta1/provider.h"
#include "base/file.h"
#include "base/yaml/yaml.h"
#include "e2e/standalone.h"

namespace rig::e2e {
namespace {

using namespace std::chrono_literals;
using v1::VirtualMachine;
using Time = std::chrono::steady_clock::time_point;

constexpr const char* kProviders[] = {"left", "right", "ill"};
constexpr int kWaiting = 30;        // changes that wait for the ill one
constexpr Duration kNoticed = 10s;  // a call that waits for a provider waits for 30
constexpr Duration kInTime = 2min;

constexpr std::string_view kFoundation[] = {
    "{apiVersion: v1, kind: Secret, metadata: {name: mock}, stringData: {username: nobody}}",
    "{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMClass, metadata: {name: small}, spec: {cpu: 1, memory: 1Gi}}",
    "{apiVersion: infra.virtrigaud.io/v1beta1, kind: VMImage, metadata: {name: image}, "
    "spec: {source: {libvirt: {path: /images/image.qcow2}}}}",
};

json::Value provider(const std::string& name) {
  return yaml::parse("{apiVersion: infra.virtrigaud.io/v1beta1, kind: Provider, metadata: {name: " + name +
                     "}, spec: {type: mock, endpoint: 'mock:///', credentialSecretRef: {name: mock}, runtime: {image: "
                     "mock, service: {tls: {enabled: false}}}}}")
      .take();
}

json::Value machine(const std::string& name, const std::string& provider) {
  return yaml::parse("{apiVersion: infra.virtrigaud.io/v1beta1, kind: VirtualMachine, metadata: {name: " + name +
                     "}, spec: {providerRef: {name: " + provider +
                     "}, classRef: {name: small}, imageRef: {name: image}, powerState: \"On\"}}")
      .take();
}

class Neighbours : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string_view text : kFoundation) ASSERT_TRUE(rig_.create(yaml::parse(text).take()).ok());
    for (const char* name : kProviders) {
      ASSERT_TRUE(rig_.create(provider(name)).ok());
      ASSERT_TRUE(rig_.create(machine(name, name)).ok());
    }
    for (int i = 0; i < kWaiting; ++i) ASSERT_TRUE(rig_.create(machine(waiting(i), "ill")).ok());
    for (const char* name : kProviders) ASSERT_TRUE(becomes(name, api::v1beta1::PowerState::kOn)) << name;
    for (int i = 0; i < kWaiting; ++i) ASSERT_TRUE(becomes(waiting(i), api::v1beta1::PowerState::kOn)) << i;
  }
  void TearDown() override {
    if (HasFailure()) std::fprintf(stderr, "%s\n", rig_.log().c_str());
  }

  static std::string waiting(int number) { return "waiting-" + std::to_string(number); }
  bool becomes(const std::string& name, api::v1beta1::PowerState power) {
    return eventually(kInTime, [&] { return rig_.vm(name).status.power_state == power; });
  }
  void turn(const std::string& name, bool on) {
    const Status turned =
        rig_.patch<VirtualMachine>(name, std::string("spec: {powerState: \"") + (on ? "On" : "Off") + "\"}");
    EXPECT_TRUE(turned.ok()) << turned.error().to_string();
  }
  // The longest that a change of the two others took from spec to status, of several.
  Duration longest_change() {
    Duration longest{};
    for (const bool on : {false, true}) {
      for (const char* name : {"left", "right"}) {
        const Time asked = std::chrono::steady_clock::now();
        turn(name, on);
        EXPECT_TRUE(becomes(name, on ? api::v1beta1::PowerState::kOn : api::v1beta1::PowerState::kOff)) << name;
        longest = std::max<Duration>(longest, std::chrono::steady_clock::now() - asked);
      }
    }
    return longest;
  }
  // 0: it does not run.
  pid_t process_of(const std::string& name) {
    for (const pid_t pid : rig_.providers()) {
      const auto environment = read_file("/proc/" + std::to_string(pid) + "/environ");
      if (environment.ok() &&
          ("\0" + *environment).find("PROVIDER_NAME=" + name + std::string(1, '\0')) != std::string::npos)
        return pid;
    }
    return 0;
  }
  void expect_unnoticed(Duration before, Duration now) {
    const auto ms = [](Duration time) { return std::chrono::duration_cast<std::chrono::milliseconds>(time).count(); };
    RecordProperty("before_ms", std::to_string(ms(before)));
    RecordProperty("beside_ms", std::to_string(ms(now)));
    EXPECT_LT(now, before + kNoticed) << "before it took " << ms(before) << " ms, beside the ill one " << ms(now);
  }

  Standalone rig_{std::nullopt, "warn"};
};

TEST_F(Neighbours, OfAProviderThatHangsDoNotNotice) {
  const Duration before = longest_change();
  const pid_t ill = process_of("ill");
  ASSERT_NE(ill, 0);
  ::kill(ill, SIGSTOP);
  for (int i = 0; i < kWaiting; ++i) turn(waiting(i), false);
  expect_unnoticed(before, longest_change());
  EXPECT_EQ(process_of("ill"), ill) << "it was not ill all the time";
  ::kill(ill, SIGCONT);
  for (int i = 0; i < kWaiting; ++i) EXPECT_TRUE(becomes(waiting(i), api::v1beta1::PowerState::kOff)) << i;
}

TEST_F(Neighbours, OfAProviderThatDiesAgainAndAgainDoNotNotice) {
  const Duration before = longest_change();
  const pid_t left = process_of("left"), right = process_of("right");
  std::atomic<int> kills = 0;
  Duration now{};
  {
    std::jthread killer([&](const std::stop_token& stop) {
      pid_t last = 0;
      while (!stop.stop_requested()) {
        eventually(100ms, [&] { return stop.stop_requested(); });
        const pid_t ill = process_of("ill");
        if (ill == 0 || ill == last) continue;
        ::kill(last = ill, SIGKILL);
        ++kills;
      }
    });
    EXPECT_TRUE(eventually(kInTime, [&] { return kills > 0; }));
    for (int i = 0; i < kWaiting; ++i) turn(waiting(i), false);
    now = longest_change();
  }
  expect_unnoticed(before, now);
  EXPECT_GE(kills, 2) << "it was not ill all the time";
  EXPECT_EQ(process_of("left"), left);
  EXPECT_EQ(process_of("right"), right);
}

}  // namespace
}  // namespace rig::e2e
