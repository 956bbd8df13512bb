// proxmox/follow_test.cc — tasks that run, end, fail and are forgotten.
#include "hypervisor/proxmox/follow.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/scripted_session_test.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;

const Upid kTask = parse_upid("UPID:pve1:000000C7:00075096:6B02A3DA:qmconfig:100:root@pam!t1:").take();
const std::string kPath =
    "/nodes/pve1/tasks/UPID%3Apve1%3A000000C7%3A00075096%3A6B02A3DA%3Aqmconfig%3A100%3Aroot%40pam%21t1%3A";

Call soon(Duration limit = 20s) {
  return {.deadline = std::chrono::steady_clock::now() + limit, .stop = {}, .request_id = {}};
}
json::Value running() { return *json::parse(R"({"status":"running"})"); }
json::Value ended(const std::string& how) { return json::Object{{"status", "stopped"}, {"exitstatus", how}}; }
json::Value lines(const std::vector<std::string>& texts) {
  json::Array list;
  for (const std::string& text : texts) list.push_back(json::Object{{"n", 1}, {"t", text}});
  return list;
}

TEST(Follow, TellsProgressUntilTheEnd) {
  ScriptedSession session;
  for (int i = 0; i < 2; ++i) session.answer("GET " + kPath + "/status", running());
  session.answer("GET " + kPath + "/status", ended("OK"));
  session.answer("GET " + kPath + "/log",
                 lines({"create full clone of drive (a:b)", "transferred 0.0 B of 64.0 MiB (0.00%)"}));
  session.answer("GET " + kPath + "/log", lines({"transferred 32.0 MiB of 64.0 MiB (50.00%)"}));
  std::vector<std::optional<int>> percent;
  const Status status = follow_task(
      session, kTask, [&](const auto& progress) { percent.push_back(progress.percent); }, soon(), 1ms);
  EXPECT_TRUE(status.ok()) << status.error().to_string();
  EXPECT_EQ(percent, (std::vector<std::optional<int>>{0, 50}));
  EXPECT_EQ(session.asked[1], "GET " + kPath + "/log?start=0&limit=500");
  EXPECT_EQ(session.asked[3], "GET " + kPath + "/log?start=2&limit=500");
  EXPECT_EQ(session.asked.size(), 5U) << "how it ended, its log does not say";
}

TEST(Follow, DoesNotReadTheLogOfWhatTellsNoProgress) {
  const std::string text = "UPID:pve1:000000C7:00075096:6B02A3DA:qmstart:100:root@pam!t1:";
  const std::string path = "GET " + path_of({"nodes", "pve1", "tasks", text, "status"});
  ScriptedSession session;
  session.answer(path, running());
  session.answer(path, ended("OK"));
  EXPECT_TRUE(follow_task(
                  session, *parse_upid(text), [](const auto&) {}, soon(), 1ms)
                  .ok());
  EXPECT_EQ(session.asked, (std::vector<std::string>{path, path}));
}

TEST(Follow, TellsTheTasksOwnError) {
  ScriptedSession session;
  session.answer("GET " + kPath + "/status", ended("VM is locked (backup)"));
  session.answer("GET " + kPath + "/log", lines({}));
  const Status status = follow_task(
      session, kTask, [](const auto&) {}, soon());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().message(), "qmconfig 100: VM is locked (backup)");
  EXPECT_TRUE(status.error().is(Code::kUnavailable));
}

TEST(Follow, AForgottenTaskIsDoubt) {
  ScriptedSession session;
  session.refuse("GET " + kPath + "/status", 400, "no such task");
  EXPECT_EQ(poll_task(session, kTask, soon())->phase, provider::TaskState::Phase::kForgotten);
  EXPECT_TRUE(follow_task(
                  session, kTask, [](const auto&) {}, soon())
                  .error()
                  .is(Code::kUnavailable));
}

TEST(Follow, ANodeThatIsDownIsNotTheTasksEnd) {
  ScriptedSession session;
  session.refuse("GET " + kPath + "/status", 595, "Connection refused");
  EXPECT_TRUE(poll_task(session, kTask, soon()).error().is(Code::kUnavailable));
}

TEST(Follow, EndsAtStopAndDeadline) {
  ScriptedSession session;
  session.answer("GET " + kPath + "/status", running());
  session.answer("GET " + kPath + "/log", lines({}));
  EXPECT_TRUE(follow_task(
                  session, kTask, [](const auto&) {}, soon(1ms), 1h)
                  .error()
                  .is(Code::kDeadlineExceeded));
  std::stop_source stop;
  Call call = soon();
  call.stop = stop.get_token();
  const Status status = follow_task(
      session, kTask, [&](const auto&) { stop.request_stop(); }, call, 1h);
  EXPECT_TRUE(status.error().is(Code::kCancelled));
}

TEST(Follow, KeepsTheEndOfALongLog) {
  ScriptedSession session;
  session.answer("GET " + kPath + "/status", running());
  std::vector<std::string> texts(kLogLinesKept + 10, "transferred 1.0 B of 2.0 B (50.00%)");
  texts.back() = "transferred 2.0 B of 2.0 B (99.00%)";
  session.answer("GET " + kPath + "/log", lines(texts));
  EXPECT_EQ(poll_task(session, kTask, soon())->percent, 99);
}

TEST(Cancel, IsFineWhenThereIsNothingToCancel) {
  ScriptedSession session;
  session.answer("DELETE " + kPath, {});
  session.refuse("DELETE " + kPath, 400, "no such task");
  session.refuse("DELETE " + kPath, 403, "Permission check failed");
  EXPECT_TRUE(cancel_task(session, kTask, soon()).ok());
  EXPECT_TRUE(cancel_task(session, kTask, soon()).ok());
  EXPECT_TRUE(cancel_task(session, kTask, soon()).error().is(Code::kPermissionDenied));
}

}  // namespace
}  // namespace rig::proxmox
