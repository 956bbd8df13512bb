// proxmox/task_test.cc — every recorded task, its log and its end.
#include "hypervisor/proxmox/task.h"

#include <gtest/gtest.h>

#include "base/wall_time.h"
#include "hypervisor/proxmox/recorded_test.h"

namespace rig::proxmox {
namespace {

using provider::TaskState;
using Phase = provider::TaskState::Phase;

std::vector<std::string> log_of(const json::Value& entry) {
  std::vector<std::string> lines;
  if (const json::Value* log = entry.find("log"))
    for (const json::Value& line : *log->as<json::Array>()) lines.push_back(*line.as<std::string>());
  return lines;
}

TEST(Upid, IsReadInEveryRecordedShape) {
  int tokens = 0, without_id = 0;
  for (const json::Value& entry : recorded("tasks.json")) {
    const auto upid = parse_upid(entry.text({"status", "upid"}));
    ASSERT_TRUE(upid.ok()) << upid.error().to_string();
    EXPECT_EQ(upid->type, entry.text({"status", "type"}));
    EXPECT_EQ(upid->id, entry.text({"status", "id"}));
    EXPECT_EQ(upid->node, entry.text({"status", "node"}));
    EXPECT_EQ(upid->started.time_since_epoch(), std::chrono::seconds(entry.integer({"status", "starttime"})));
    EXPECT_TRUE(upid->user.starts_with(entry.text({"status", "user"})));
    tokens += upid->user.find('!') != std::string::npos;
    without_id += upid->id.empty();
  }
  EXPECT_GT(tokens, 0);
  EXPECT_GT(without_id, 0);
}

TEST(Upid, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "UPID:bogus", "UPID:pve1:1:1:1:qmstart:100:root@pam", "UPID:pve1:1:1:x:qmstart:100:u:",
                           "UPID::1:1:1:qmstart:100:u:", "UPID:pve1:1:1:-1:qmstart:100:u:", "UPID:pve1:1:1:1::100:u:",
                           "XPID:pve1:1:1:1:qmstart:100:u:", "UPID:p:1:1:1:t:1:u:x"}) {
    EXPECT_FALSE(parse_upid(text).ok()) << text;
  }
}

TEST(Task, EndsAsItWasRecorded) {
  int done = 0, failed = 0;
  for (const json::Value& entry : recorded("tasks.json")) {
    const json::Value& status = *entry.find("status");
    const auto upid = parse_upid(status.text({"upid"})).take();
    const auto state = read_task(upid, status, log_of(entry));
    ASSERT_TRUE(state.ok()) << state.error().to_string();
    const bool ok = status.text({"exitstatus"}) == "OK";
    EXPECT_EQ(state->phase, ok ? Phase::kDone : Phase::kFailed) << entry.text({"from"});
    EXPECT_EQ(state->error.has_value(), !ok);
    (ok ? done : failed)++;
  }
  EXPECT_GT(done, 20);
  EXPECT_GT(failed, 20);
}

TEST(Task, RunsOrHasWarningsOrIsNotUnderstood) {
  const auto upid = parse_upid("UPID:pve1:000000C7:00075096:6B02A3DA:qmshutdown:100:root@pam!t1:").take();
  const auto state_of = [&](const char* text) { return read_task(upid, *json::parse(text), {}); };
  EXPECT_EQ(state_of(R"({"status":"running"})")->phase, Phase::kRunning);
  EXPECT_EQ(state_of(R"({"status":"running"})")->percent, std::nullopt);
  EXPECT_EQ(state_of(R"({"status":"stopped","exitstatus":"WARNINGS: 2"})")->phase, Phase::kDone);
  const auto failed = state_of(R"~({"status":"stopped","exitstatus":"VM is locked (backup)"})~");
  EXPECT_EQ(failed->phase, Phase::kFailed);
  EXPECT_EQ(failed->error->message(), "qmshutdown 100: VM is locked (backup)");
  EXPECT_EQ(state_of(R"({"status":"stopped"})")->phase, Phase::kFailed) << "ended without a last word";
  EXPECT_TRUE(state_of(R"({"status":"gone"})").error().is(Code::kDataLoss));
  EXPECT_TRUE(state_of("null").error().is(Code::kDataLoss));
}

TEST(Task, TellsHowFarItIs) {
  struct Case {
    std::vector<std::string> log;
    const char* step;
    std::optional<int> percent;
    std::int64_t done, total;
  };
  const std::vector<std::string> download = {"downloading http://a/b to /c", "Length: 1000 (1000) [a/b]",
                                             "Saving to: '/c'"};
  auto quarter = download, finished = download;
  quarter.insert(quarter.end(), {"     0K .......... .......... 12% 1.2M 3s", "  3072K ..........  25% 9.9M 1s"});
  finished.insert(finished.end(), {"     0K                                    100%  812M=0s"});
  auto checked = finished;
  checked.emplace_back("calculating checksum...");
  const Case cases[] = {
      {{}, "", std::nullopt, 0, 0},
      {{"trying to acquire lock..."}, "wait", std::nullopt, 0, 0},
      {{"create full clone of drive scsi0 (a:b)", "transferred 0.0 B of 64.0 MiB (0.00%)"}, "copy", 0, 0, 64 << 20},
      {{"create full clone of drive (a:b)", "transferred 1.5 KiB of 1.0 GiB (6.25%)"}, "copy", 6, 1536, 1 << 30},
      {{"transferred 1.0 GiB of 1.0 GiB (100.00%)", "create full clone of drive scsi1 (a:c)"},
       "copy",
       std::nullopt,
       0,
       0},
      {{"transferred much of all (some%)", "transferred 1 of 2 (50%)", "transferred 1.0 XB of 2.0 XB (50%)"},
       "",
       std::nullopt,
       0,
       0},
      {{"transferred 1.0 MiB of 2.0 MiB (101%)"}, "", std::nullopt, 1 << 20, 2 << 20},
      {download, "download", std::nullopt, 0, 1000},
      {quarter, "download", 25, 250, 1000},
      {finished, "download", 100, 1000, 1000},
      {checked, "checksum", std::nullopt, 0, 0},
      {{"generating cloud-init ISO"}, "seed", std::nullopt, 0, 0},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.log.empty() ? "empty" : c.log.back());
    const auto progress = progress_of(c.log);
    EXPECT_EQ(progress.step, c.step);
    EXPECT_EQ(progress.percent, c.percent);
    EXPECT_EQ(progress.bytes_done, c.done);
    EXPECT_EQ(progress.bytes_total, c.total);
  }
}

TEST(Task, RecordedCopiesTellTheirBytes) {
  int copies = 0, downloads = 0;
  for (const json::Value& entry : recorded("tasks.json")) {
    const auto log = log_of(entry);
    const auto progress = progress_of(log);
    const bool transferred = std::any_of(log.begin(), log.end(), [](auto& l) { return l.starts_with("transferred"); });
    if (transferred) {
      EXPECT_EQ(progress.percent, 100) << entry.text({"from"});
      EXPECT_EQ(progress.bytes_done, progress.bytes_total);
      EXPECT_GE(progress.bytes_total, 64 << 20);
      ++copies;
    }
    if (entry.text({"status", "type"}) == "download" && entry.text({"status", "exitstatus"}) == "OK") {
      EXPECT_EQ(progress.bytes_total, 196616);
      EXPECT_EQ(progress.bytes_done, 196616);
      ++downloads;
    }
  }
  EXPECT_GE(copies, 4);
  EXPECT_EQ(downloads, 1);
}

TEST(Task, OfACloneNamesTheSourceAndItsLogTheTarget) {
  int clones = 0;
  for (const json::Value& entry : recorded("tasks.json")) {
    if (entry.text({"status", "type"}) != "qmclone") continue;
    const auto target = clone_target(log_of(entry));
    ASSERT_TRUE(target.has_value()) << entry.text({"from"});
    EXPECT_NE(*target, entry.text({"status", "id"}));
    ++clones;
  }
  EXPECT_GE(clones, 3);
  EXPECT_EQ(clone_target(std::vector<std::string>{"creating a clone of VM 1 with ID x"}), std::nullopt);
  EXPECT_EQ(clone_target({}), std::nullopt);
}

TEST(Log, WithoutContentIsEmpty) {
  EXPECT_TRUE(read_log(*json::parse(R"([{"n":1,"t":"no content"}])")).empty());
  EXPECT_EQ(read_log(*json::parse(R"([{"n":1,"t":"a"},{"n":2,"t":"TASK OK"}])")),
            (std::vector<std::string>{"a", "TASK OK"}));
  EXPECT_TRUE(read_log(json::Value()).empty());
}

TEST(ListedTasks, AreReadFromBothLists) {
  const auto of_cluster = read_tasks(recorded_data("cluster.json", "path", "/cluster/tasks"));
  ASSERT_TRUE(of_cluster.ok());
  ASSERT_FALSE(of_cluster->empty());
  EXPECT_EQ(of_cluster->front().upid.type, "qmmove");
  for (const ListedTask& task : *of_cluster) {
    EXPECT_FALSE(task.running) << task.upid.text;
    EXPECT_TRUE(task.ended.has_value());
    EXPECT_FALSE(task.exit_text.empty());
  }
  const auto active = read_tasks(recorded_data("cluster.json", "path", "/nodes/pve1/tasks?source=active"));
  ASSERT_EQ(active->size(), 1U);
  EXPECT_TRUE(active->front().running);
  EXPECT_EQ(active->front().exit_text, "");
  EXPECT_TRUE(read_tasks(*json::parse(R"([{"upid":"UPID:n:1:1:1:qmstart:1:u:","starttime":1}])"))->front().running);
  EXPECT_TRUE(read_tasks(json::Value()).error().is(Code::kDataLoss));
}

}  // namespace
}  // namespace rig::proxmox
