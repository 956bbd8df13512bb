// fleet/fleet_test.cc — processes for Providers: started, restarted, replaced, removed.
#include "fleet/fleet.h"
#include "base/eventually_test.h"
#include "base/folder_test.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <future>

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "fleet/limits.h"
#include "provider/wire/tsan_test.h"

namespace rig::fleet {
namespace {

using provider::ProviderProcess;
using Phase = provider::RuntimeState::Phase;

class AFleet : public testing::Test {
 protected:
  explicit AFleet(const std::string& programs = RIG_TEST_PROGRAMS) {
    Options options;
    options.programs_dir = programs;
    options.runtime_dir = folder_ / "run";
    options.log_dir = folder_ / "log";
    options.on_change = [this](const ObjectKey&) { ++changes_; };
    fleet_ = Fleet::make(std::move(options), clock_).take();
  }

  static ProviderProcess process(const std::string& name) {
    ProviderProcess all;
    all.key = {"default", name};
    all.type = "tiny";
    all.endpoint = "tiny://" + name;
    all.env = {{"EXTRA", "yes"}};
    all.defaults = {{"storagePod", "pod"}};
    all.credentials = {{"password", "s3cr3t-of-" + name}};
    all.log_level = "debug";
    return all;
  }
  bool runs(const ProviderProcess& wanted) {
    return eventually(std::chrono::seconds(20), [&] { return fleet_->ensure(wanted)->phase == Phase::kRunning; });
  }
  // The folder and the process id of the child that serves `name`.
  struct Found {
    std::string folder;
    pid_t pid = 0;
  };
  Found child(const std::string& name) {
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "run")) {
      const auto text = read_file(entry.path().string() + "/s.pid");
      const std::vector<std::string> parts = text.ok() ? split(*text, ' ') : std::vector<std::string>();
      if (parts.size() == 2 && parts[1] == name)
        return {entry.path().string(), static_cast<pid_t>(parse_int(parts[0]).take())};
    }
    return {};
  }
  bool answers(const std::string& name) {
    const auto found = fleet_->find({"default", name});
    return found.ok() && (*found)->check({clock_.now() + std::chrono::seconds(20), {}, ""}).ok();
  }
  bool nothing_is_left() { return std::filesystem::is_empty(folder_ / "run"); }

  SystemClock clock_;
  TestFolder folder_;
  std::atomic<int> changes_ = 0;
  std::unique_ptr<Fleet> fleet_;
};

TEST_F(AFleet, StartsAProcessAndConnectsToIt) {
  EXPECT_EQ(fleet_->find({"default", "lab"}).error().code(), Code::kUnavailable);
  EXPECT_EQ(fleet_->ensure(process("lab"))->phase, Phase::kStarting);
  ASSERT_TRUE(runs(process("lab")));
  EXPECT_TRUE(answers("lab"));
  EXPECT_GE(changes_, 1) << "the controller is woken";
  const std::string endpoint = fleet_->ensure(process("lab"))->endpoint;
  EXPECT_EQ(endpoint, "unix:" + child("lab").folder + "/s");
  EXPECT_EQ(mode_of(folder_ / "run"), 0700U);
}

TEST_F(AFleet, RestartsWhatDiesAndLeavesTheOthersAlone) {
  ASSERT_TRUE(runs(process("a")) && runs(process("b")));
  const pid_t a = child("a").pid, b = child("b").pid;
  const int changes = changes_;
  ::kill(a, SIGKILL);
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] { return child("a").pid != a && answers("a"); }));
  EXPECT_GE(changes_, changes + 2) << "failed, then running";
  EXPECT_EQ(child("b").pid, b);
  EXPECT_TRUE(answers("b"));
}

TEST_F(AFleet, GivesCredentialsAsFilesAndNowhereElse) {
  ProviderProcess wanted = process("lab");
  ASSERT_TRUE(runs(wanted));
  const Found found = child("lab");
  EXPECT_EQ(read_file(found.folder + "/credentials/password").take(), "s3cr3t-of-lab");
  const std::string proc = "/proc/" + std::to_string(found.pid);
  const std::string arguments = read_file(proc + "/cmdline").take(), environment = read_file(proc + "/environ").take();
  EXPECT_EQ((arguments + environment).find("s3cr3t"), std::string::npos);
  EXPECT_EQ(join(log::last_lines(), "\n").find("s3cr3t"), std::string::npos);
  for (const char* set :
       {"PROVIDER_TYPE=tiny", "PROVIDER_ENDPOINT=tiny://lab", "PROVIDER_NAMESPACE=default", "PROVIDER_NAME=lab",
        "TLS_INSECURE_SKIP_VERIFY=false", "LOG_LEVEL=debug", "PROVIDER_DEFAULT_STORAGE_POD=pod", "EXTRA=yes"})
    EXPECT_NE(environment.find(set), std::string::npos) << set;

  wanted.credentials = {{"password", "another"}};
  EXPECT_EQ(fleet_->ensure(wanted)->phase, Phase::kRunning);
  EXPECT_EQ(read_file(found.folder + "/credentials/password").take(), "another");
  EXPECT_EQ(child("lab").pid, found.pid) << "new credentials need no new process";
}

TEST_F(AFleet, ReplacesAProcessWhoseSettingsChanged) {
  ProviderProcess wanted = process("lab");
  ASSERT_TRUE(runs(wanted));
  const Found before = child("lab");
  wanted.endpoint = "tiny://elsewhere";
  ASSERT_TRUE(runs(wanted));
  EXPECT_NE(child("lab").pid, before.pid);
  EXPECT_FALSE(std::filesystem::exists(before.folder));
  EXPECT_TRUE(answers("lab"));
}

// One that hangs, so that nothing but the replacement can end the call.
TEST_F(AFleet, EndsTheCallsOfAProcessThatIsReplacedOrRemoved) {
  ProviderProcess wanted = process("lab");
  for (const bool is_removed : {false, true}) {
    ASSERT_TRUE(runs(wanted) && answers("lab"));
    const std::shared_ptr<provider::Provider> held = fleet_->find(wanted.key).take();
    ::kill(child("lab").pid, SIGSTOP);
    std::future<Code> call = std::async(std::launch::async, [&] {
      const auto machine = held->describe({}, {clock_.now() + std::chrono::hours(1), {}, ""});
      return machine.ok() ? Code::kUnknown : machine.error().code();
    });
    if (is_removed) {
      fleet_->remove(wanted.key);
    } else {
      wanted.endpoint = "tiny://elsewhere";
      ASSERT_TRUE(fleet_->ensure(wanted).ok());
    }
    ASSERT_EQ(call.wait_for(std::chrono::seconds(60)), std::future_status::ready) << is_removed;
    EXPECT_EQ(call.get(), Code::kUnavailable) << "the caller gave nothing up";
    EXPECT_EQ(held->check({clock_.now() + std::chrono::hours(1), {}, ""}).error().code(), Code::kUnavailable);
  }
}

TEST_F(AFleet, RemovesAProcessWithItsFolderWithoutWaiting) {
  ASSERT_TRUE(runs(process("a")) && runs(process("b")));
  const Found a = child("a");
  fleet_->remove({"default", "a"});
  EXPECT_EQ(fleet_->find({"default", "a"}).error().code(), Code::kUnavailable);
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] { return !std::filesystem::exists(a.folder); }));
  EXPECT_EQ(::kill(a.pid, 0), -1);
  fleet_->remove({"default", "a"});
  fleet_->remove({"default", "never-there"});
  EXPECT_TRUE(answers("b"));
  ASSERT_TRUE(runs(process("a"))) << "and may come back";
}

TEST_F(AFleet, LeavesNothingWhenItStops) {
  ASSERT_TRUE(runs(process("a")) && runs(process("b")));
  const pid_t pid = child("a").pid;
  fleet_->stop();
  EXPECT_TRUE(nothing_is_left());
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_EQ(fleet_->ensure(process("a")).error().code(), Code::kCancelled);
}

TEST_F(AFleet, RefusesATypeWithoutAProgram) {
  ProviderProcess wanted = process("lab");
  wanted.type = "unheard-of";
  const auto refused = fleet_->ensure(wanted);
  EXPECT_EQ(refused.error().code(), Code::kInvalidArgument);
  EXPECT_NE(refused.error().message().find("unheard-of"), std::string::npos);
}

TEST_F(AFleet, RefusesCredentialsThatAreNoFiles) {
  ProviderProcess wanted = process("lab");
  wanted.credentials = {{"../escape", "x"}};
  EXPECT_EQ(fleet_->ensure(wanted).error().code(), Code::kInvalidArgument);
  EXPECT_TRUE(nothing_is_left());
}

TEST(Fleet, RefusesARuntimeFolderThatIsTooLongForASocket) {
  const TestFolder folder;
  const SystemClock clock;
  Options options;
  options.log_dir = folder / "log";
  options.runtime_dir = folder / std::string(kSocketPathMax, 'x');
  EXPECT_EQ(Fleet::make(options, clock).error().code(), Code::kInvalidArgument);
}

TEST(Fleet, SweepsWhatAKilledPredecessorLeft) {
  const TestFolder folder;
  const SystemClock clock;
  Options options;
  options.runtime_dir = folder / "run";
  options.log_dir = folder / "log";
  ASSERT_TRUE(make_folder(folder / "run/p-old/credentials").ok());
  ASSERT_TRUE(make_folder(folder / "run/other").ok());
  const auto fleet = Fleet::make(options, clock).take();
  EXPECT_FALSE(std::filesystem::exists(folder / "run/p-old"));
  EXPECT_TRUE(std::filesystem::exists(folder / "run/other"));
}

// Children that do nothing but end with their parent: cheap enough to have as many as are allowed.
class AFleetOfIdlers : public AFleet {
 protected:
  AFleetOfIdlers() : AFleet(idlers()) {}
  static std::string idlers() {
    static const TestFolder folder;
    const std::string program = folder / "provider-idle", failing = folder / "provider-failing";
    std::ofstream(program) << "#!/bin/sh\nread line <&3\n";
    std::ofstream(failing) << "#!/bin/sh\nexit 3\n";
    ::chmod(program.c_str(), 0700);
    ::chmod(failing.c_str(), 0700);
    return folder.path();
  }
  static ProviderProcess idler(int number) {
    ProviderProcess all = process("p" + std::to_string(number));
    all.type = "idle";
    return all;
  }
};

TEST_F(AFleetOfIdlers, HasALimit) {
  for (std::size_t i = 0; i < kProvidersMax; ++i) ASSERT_TRUE(fleet_->ensure(idler(static_cast<int>(i))).ok()) << i;
  EXPECT_EQ(fleet_->ensure(idler(-1)).error().code(), Code::kResourceExhausted);
  EXPECT_TRUE(fleet_->ensure(idler(0)).ok()) << "those that are there stay";
  fleet_->remove(idler(0).key);
  EXPECT_TRUE(fleet_->ensure(idler(-1)).ok());
}

TEST_F(AFleetOfIdlers, SaysHowAProcessFails) {
  ProviderProcess wanted = idler(0);
  wanted.type = "failing";
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] { return fleet_->ensure(wanted)->phase == Phase::kFailed; }));
  EXPECT_NE(fleet_->ensure(wanted)->message.find("exit code 3"), std::string::npos);
  const auto found = fleet_->find(wanted.key);
  EXPECT_EQ(found.error().code(), Code::kUnavailable);
  EXPECT_NE(found.error().message().find("exit code 3"), std::string::npos);
}

}  // namespace
}  // namespace rig::fleet
