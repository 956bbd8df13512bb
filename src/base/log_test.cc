// base/log_test.cc — the two forms of a line, levels, the last lines.
#include "base/log.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

#include "base/check.h"
#include "base/file.h"
#include "base/folder_test.h"
#include "base/json/json.h"
#include "base/limits.h"
#include "base/text.h"

namespace rig::log {
namespace {

class Log : public testing::Test {
 protected:
  void TearDown() override { ASSERT_TRUE(setup({}).ok()); }
  void start(Level level, Format format) {
    ASSERT_TRUE(setup({.level = level, .format = format, .file = folder_ + "/log"}).ok());
  }
  std::vector<std::string> lines() const { return split(trim(read_file(folder_ + "/log").take()), '\n'); }
  const TestFolder own_;
  const std::string& folder_ = own_.path();
};

TEST_F(Log, TextIsTimeLevelMessageAndFieldsOnOneLine) {
  start(Level::kInfo, Format::kText);
  info("machine created", {{"vm", "default/web"}, {"cpus", 4}, {"note", "two words\nand \"more\""}, {"none", ""}});
  error("no", {{"why", Error(Code::kNotFound, "gone")}});
  ASSERT_EQ(lines().size(), 2U);
  const std::string line = lines()[0];
  EXPECT_EQ(line.substr(0, 2), "20");
  EXPECT_EQ(line.substr(10, 1) + line.substr(19, 1) + line.substr(23, 1), "T.Z");
  EXPECT_EQ(line.substr(24), R"( INFO machine created vm=default/web cpus=4 note="two words\nand \"more\"" none="")");
  EXPECT_EQ(lines()[1].substr(24), R"~( ERROR no why="gone (NOT_FOUND)")~");
}

TEST_F(Log, JsonIsAnObjectALine) {
  start(Level::kInfo, Format::kJson);
  warn("slow \"call\"", {{"method", "Create"}, {"bytes", std::size_t{7}}});
  const json::Value line = json::parse(lines()[0]).take();
  EXPECT_EQ(line.text({"level"}), "warn");
  EXPECT_EQ(line.text({"msg"}), "slow \"call\"");
  EXPECT_EQ(line.text({"method"}), "Create");
  EXPECT_EQ(line.text({"bytes"}), "7");
  EXPECT_EQ(line.text({"time"}).size(), 24U);
}

TEST_F(Log, LinesBelowTheLevelAreNotWrittenNorKept) {
  start(Level::kWarn, Format::kText);
  debug("quiet");
  info("quiet");
  warn("loud");
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_EQ(last_lines().back().substr(24), " WARN loud");
}

TEST_F(Log, KeepsTheLastLinesOldestFirst) {
  start(Level::kInfo, Format::kText);
  for (std::size_t i = 0; i <= kLogLinesKept; ++i) info("line", {{"n", i}});
  const std::vector<std::string> kept = last_lines();
  ASSERT_EQ(kept.size(), kLogLinesKept);
  EXPECT_EQ(kept.front().substr(24), " INFO line n=1");
  EXPECT_EQ(kept.back().substr(24), " INFO line n=200");
}

TEST_F(Log, LinesOfManyThreadsAreNotMixed) {
  start(Level::kInfo, Format::kText);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([] {
        for (int n = 0; n < 200; ++n) info("same", {{"text", std::string(100, 'x')}});
      });
    }
  }
  ASSERT_EQ(lines().size(), 800U);
  for (const std::string& line : lines()) EXPECT_EQ(line.substr(24), " INFO same text=" + std::string(100, 'x'));
}

TEST_F(Log, SaysThatItsFileCannotBeOpened) {
  ASSERT_TRUE(write_file(folder_ + "/file", "x").ok());
  EXPECT_EQ(setup({.file = folder_ + "/file/log"}).error().code(), Code::kUnavailable);
}

TEST(LogLevel, IsReadFromItsName) {
  EXPECT_EQ(parse_level("debug").take(), Level::kDebug);
  EXPECT_EQ(parse_level("error").take(), Level::kError);
  EXPECT_EQ(parse_level("INFO").error().code(), Code::kInvalidArgument);
}

TEST(Check, EndsTheProcessWithTheConditionAndTheLastLines) {
  const int answer = 41;
  CHECK(answer == 41);
  EXPECT_DEATH(
      {
        info("the line before");
        CHECK(answer == 42);
      },
      "the line before(.|\n)*CHECK failed: answer == 42 at .*log_test.cc");
}

}  // namespace
}  // namespace rig::log
