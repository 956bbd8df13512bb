// base/log.cc — formats lines, keeps the last ones, hands them to spdlog's sinks.
#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>

#include "base/json/json.h"
#include "base/limits.h"
#include "base/mutex.h"

namespace rig::log {
namespace {

constexpr std::string_view kLevelNames[] = {"debug", "info", "warn", "error"};
constexpr std::string_view kLevelWords[] = {"DEBUG", "INFO", "WARN", "ERROR"};

using Sink = std::unique_ptr<spdlog::sinks::sink>;

Sink make_sink(const std::string& file_or_stderr) {
  Sink sink;
  if (file_or_stderr.empty()) {
    sink = std::make_unique<spdlog::sinks::stderr_sink_st>();
  } else {
    sink = std::make_unique<spdlog::sinks::basic_file_sink_st>(file_or_stderr);
  }
  sink->set_pattern("%v");
  return sink;
}

struct State {
  std::atomic<Level> level{Level::kInfo};
  std::atomic<Format> format{Format::kText};
  Mutex mutex;
  Sink sink GUARDED_BY(mutex) = make_sink("");
  std::deque<std::string> lines GUARDED_BY(mutex);
};
// Never destroyed: threads may log while the process ends.
State& state() {
  static State* const s = new State;
  return *s;
}

std::string now_text() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(second);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  char text[40];
  const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text + length, sizeof text - length, ".%03dZ", static_cast<int>((now - second).count()));
  return text;
}

// Quoted as a JSON string unless it is one plain word, so that a line stays one line.
std::string quoted(const std::string& value) {
  bool is_plain = !value.empty();
  for (const char c : value) is_plain = is_plain && c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7F;
  return is_plain ? value : json::to_text(value);
}

std::string text_line(Level level, std::string_view message, Fields fields) {
  std::string line = now_text() + " ";
  line += kLevelWords[static_cast<std::size_t>(level)];
  line += " ";
  line += message;
  for (const Field& field : fields) {
    line += " ";
    line += field.name;
    line += "=" + quoted(field.value);
  }
  return line;
}

std::string json_line(Level level, std::string_view message, Fields fields) {
  std::string line = R"({"time":")" + now_text() + R"(","level":")";
  line += kLevelNames[static_cast<std::size_t>(level)];
  line += R"(","msg":)" + json::to_text(message);
  for (const Field& field : fields) line += "," + json::to_text(field.name) + ":" + json::to_text(field.value);
  return line + "}";
}

void write(Level level, std::string_view message, Fields fields) {
  State& s = state();
  if (level < s.level) return;
  std::string line = s.format == Format::kJson ? json_line(level, message, fields) : text_line(level, message, fields);
  const Lock lock(s.mutex);
  try {
    s.sink->log(spdlog::details::log_msg("", spdlog::level::info, line));
    s.sink->flush();
  } catch (const spdlog::spdlog_ex&) {
    // The disk is full or stderr is closed: nobody is left to be told, and the line is kept below.
  }
  s.lines.push_back(std::move(line));
  if (s.lines.size() > kLogLinesKept) s.lines.pop_front();
}

}  // namespace

Status setup(const Options& options) {
  Sink sink;
  try {
    sink = make_sink(options.file);
  } catch (const spdlog::spdlog_ex& e) {
    return Error(Code::kUnavailable, "log file " + options.file + ": " + e.what());
  }
  State& s = state();
  s.level = options.level;
  s.format = options.format;
  const Lock lock(s.mutex);
  s.sink = std::move(sink);
  return {};
}

Result<Level> parse_level(std::string_view text) {
  for (std::size_t i = 0; i < std::size(kLevelNames); ++i) {
    if (text == kLevelNames[i]) return static_cast<Level>(i);
  }
  return Error(Code::kInvalidArgument, "unknown log level \"" + std::string(text) + "\"")
      .with_hint("Use debug, info, warn or error.");
}

void debug(std::string_view message, Fields fields) { write(Level::kDebug, message, fields); }
void info(std::string_view message, Fields fields) { write(Level::kInfo, message, fields); }
void warn(std::string_view message, Fields fields) { write(Level::kWarn, message, fields); }
void error(std::string_view message, Fields fields) { write(Level::kError, message, fields); }

std::vector<std::string> last_lines() {
  State& s = state();
  const Lock lock(s.mutex);
  return {s.lines.begin(), s.lines.end()};
}

}  // namespace rig::log
