// fleet/child_test.cc — a child ends when it is told, when it must, and when its parent is gone.
#include "fleet/child.h"
#include "base/eventually_test.h"
#include "base/folder_test.h"

#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "base/file.h"
#include "base/text.h"

namespace rig::fleet {
namespace {

const std::string kTiny = RIG_TEST_PROGRAMS "/provider-tiny";

bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0; }

pid_t pid_in(const std::string& file) {
  pid_t pid = 0;
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] {
    const auto text = read_file(file);
    if (!text.ok()) return false;
    pid = static_cast<pid_t>(parse_int(split(*text, ' ').at(0)).take());
    return true;
  })) << file;
  return pid;
}

TEST(Child, TellsHowItEnded) {
  const TestFolder folder;
  const auto child = Child::start({kTiny, {"--exit", "7"}, {}, folder / "log"}).take();
  EXPECT_EQ(child->wait({}), "exit code 7");
  const auto killed = Child::start({kTiny, {"--stubborn", "yes"}, {}, folder / "log"}).take();
  ::kill(killed->pid(), SIGKILL);
  EXPECT_EQ(killed->wait({}), "signal 9");
}

TEST(Child, ThatCannotStartIsAnError) {
  const TestFolder folder;
  const auto child = Child::start({folder / "nothing", {}, {}, folder / "log"});
  EXPECT_EQ(child.error().code(), Code::kUnavailable);
  EXPECT_NE(child.error().message().find("nothing"), std::string::npos);
}

TEST(Child, EndsByItselfWhenItIsStopped) {
  const TestFolder folder;
  const auto child = Child::start({kTiny, {"--socket", folder / "s"}, {}, folder / "log"}).take();
  const pid_t pid = pid_in(folder / "s.pid");
  EXPECT_EQ(pid, child->pid());
  child->stop();
  EXPECT_FALSE(is_alive(pid));
  EXPECT_EQ(mode_of(folder / "log"), 0600U);
}

TEST(Child, ThatDoesNotListenIsKilledAfterItsGrace) {
  const TestFolder folder;
  const auto child =
      Child::start({kTiny, {"--stubborn", "yes"}, {}, folder / "log", std::chrono::milliseconds(50)}).take();
  child->stop();
  EXPECT_FALSE(is_alive(child->pid()));
}

TEST(Child, WaitingForItCanBeGivenUp) {
  const TestFolder folder;
  const auto child = Child::start({kTiny, {"--socket", folder / "s"}, {}, folder / "log"}).take();
  std::stop_source stop;
  std::jthread waiting([&] { EXPECT_EQ(child->wait(stop.get_token()), ""); });
  stop.request_stop();
  waiting.join();
  EXPECT_TRUE(is_alive(child->pid()));
}

TEST(Child, EndsWhenItsParentIsKilled) {
  const TestFolder folder;
  const auto parent = Child::start({kTiny, {"--parent", kTiny, "--socket", folder / "s"}, {}, folder / "log"}).take();
  const pid_t grandchild = pid_in(folder / "s.pid");
  ASSERT_NE(grandchild, parent->pid());
  ::kill(parent->pid(), SIGKILL);
  EXPECT_EQ(parent->wait({}), "signal 9");
  EXPECT_TRUE(eventually(std::chrono::seconds(20), [&] {
    // Nobody may be left to reap it: a zombie has ended too.
    const auto stat = read_file("/proc/" + std::to_string(grandchild) + "/stat");
    return !stat.ok() || stat->find(") Z ") != std::string::npos;
  }));
}

}  // namespace
}  // namespace rig::fleet
