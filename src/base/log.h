// base/log.h — one log for the process: a constant message, everything variable as fields.
//
//   log::info("machine created", {{"vm", key.to_string()}, {"id", id}});
//
// Thread-safe. Goes to stderr until setup(). Never log a secret; bodies of requests are not logged at all.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rig::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarn, kError };
enum class Format : std::uint8_t { kText, kJson };

struct Options {
  Level level = Level::kInfo;
  Format format = Format::kText;
  std::string file;  // empty: stderr
};
Status setup(const Options& options);
Result<Level> parse_level(std::string_view text);  // "debug", "info", "warn", "error"

struct Field {
  std::string_view name;
  std::string value;
  Field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  Field(std::string_view n, std::string_view v) : name(n), value(v) {}
  Field(std::string_view n, const char* v) : name(n), value(v) {}
  Field(std::string_view n, std::int64_t v) : name(n), value(std::to_string(v)) {}
  Field(std::string_view n, int v) : name(n), value(std::to_string(v)) {}
  Field(std::string_view n, std::size_t v) : name(n), value(std::to_string(v)) {}
  Field(std::string_view n, const Error& e) : name(n), value(e.to_string()) {}
};
using Fields = std::initializer_list<Field>;

void debug(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void error(std::string_view message, Fields fields = {});  // what the user asked for did not happen

std::vector<std::string> last_lines();  // at most 200, oldest first; for CHECK and crash reports

}  // namespace rig::log
