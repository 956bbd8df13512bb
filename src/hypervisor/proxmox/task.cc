// proxmox/task.cc — names, logs and exit texts.
#include "hypervisor/proxmox/task.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "hypervisor/proxmox/errors.h"

namespace rig::proxmox {
namespace {

using provider::TaskProgress;
using provider::TaskState;
using std::string_view;

std::optional<std::int64_t> parse_hex(string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

WallTime from_seconds(std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); }

bool is_success(string_view exit_text) { return exit_text == "OK" || exit_text.starts_with("WARNINGS: "); }

// The text between two others; none when one of them is missing.
std::optional<string_view> between(string_view line, string_view before, string_view after) {
  const std::size_t begin = line.find(before);
  if (begin == string_view::npos) return std::nullopt;
  const string_view rest = line.substr(begin + before.size());
  const std::size_t end = rest.find(after);
  if (end == string_view::npos) return std::nullopt;
  return rest.substr(0, end);
}

struct Unit {
  string_view name;
  double bytes;
};
constexpr std::array kUnits = {Unit{"B", 1.0}, Unit{"KiB", 0x1p10}, Unit{"MiB", 0x1p20}, Unit{"GiB", 0x1p30},
                               Unit{"TiB", 0x1p40}};

// "64.0 MiB": rounded to a tenth by who wrote it.
std::optional<std::int64_t> parse_rounded(string_view text) {
  const std::size_t blank = text.find(' ');
  if (blank == string_view::npos) return std::nullopt;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + blank, number);
  if (error != std::errc() || end != text.data() + blank || number < 0 || number > 1e9) return std::nullopt;
  for (const Unit& unit : kUnits)
    if (unit.name == text.substr(blank + 1)) return static_cast<std::int64_t>(number * unit.bytes);
  return std::nullopt;
}

std::optional<int> parse_percent(string_view text) {
  double percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  if (error != std::errc() || end != text.data() + text.size() || percent < 0 || percent > 100) return std::nullopt;
  return static_cast<int>(percent);
}

// "transferred 64.0 MiB of 1.0 GiB (6.25%)": copies and imports of disks.
bool read_transferred(string_view line, TaskProgress& progress) {
  const auto done = between(line, "transferred ", " of ");
  const auto total = between(line, " of ", " (");
  const auto percent = between(line, " (", "%)");
  if (!line.starts_with("transferred ") || !done || !total || !percent) return false;
  const auto bytes_done = parse_rounded(*done), bytes_total = parse_rounded(*total);
  if (!bytes_done || !bytes_total) return false;
  progress.bytes_done = *bytes_done;
  progress.bytes_total = *bytes_total;
  progress.percent = parse_percent(*percent);
  return true;
}

// wget: "Length: 196616 (192K) [...]", then lines like "  3072K ..........  12% 1.2M 3s".
bool read_wget(string_view line, TaskProgress& progress) {
  if (line.starts_with("Length: ")) {
    const auto bytes = parse_int(line.substr(8, line.find(' ', 8) - 8));
    if (bytes.ok()) progress.bytes_total = *bytes;
    return false;
  }
  const std::size_t sign = line.find('%');
  if (!line.starts_with(' ') || sign == string_view::npos) return false;
  const std::size_t begin = line.find_last_of(" .", sign);
  if (begin == string_view::npos) return false;
  const auto percent = parse_percent(line.substr(begin + 1, sign - begin - 1));
  if (!percent) return false;
  progress.percent = percent;
  progress.bytes_done = progress.bytes_total / 100 * *percent;
  if (*percent == 100) progress.bytes_done = progress.bytes_total;
  return true;
}

struct StepRow {
  string_view begins;
  string_view step;
};
constexpr std::array kSteps = {
    StepRow{"downloading ", "download"},
    StepRow{"calculating checksum", "checksum"},
    StepRow{"create full clone of drive", "copy"},
    StepRow{"create linked clone of drive", "clone"},
    StepRow{"copying volume", "copy"},
    StepRow{"generating cloud-init ISO", "seed"},
    StepRow{"trying to acquire lock", "wait"},
    StepRow{"starting file import", "upload"},
};

}  // namespace

Result<Upid> parse_upid(string_view text) {
  const std::vector<std::string> parts = split(text, ':');
  const auto wrong = [&](const std::string& why) {
    return Error(Code::kDataLoss, "'" + std::string(text.substr(0, 200)) + "' is no task of Proxmox VE: " + why);
  };
  if (parts.size() != 9 || parts[0] != "UPID" || !parts[8].empty())
    return wrong("wanted UPID: and seven parts behind it");
  const auto started = parse_hex(parts[4]);
  if (!parse_hex(parts[2]) || !parse_hex(parts[3]) || !started) return wrong("wanted three hexadecimal numbers");
  if (parts[1].empty() || parts[5].empty() || parts[7].empty()) return wrong("node, type or user is missing");
  return Upid{std::string(text), parts[1], parts[5], parts[6], parts[7], from_seconds(*started)};
}

bool tells_progress(const Upid& upid) {
  constexpr std::array<string_view, 8> kSilent = {"qmstart",   "qmstop",   "qmshutdown", "qmreboot",
                                                  "qmsuspend", "qmresume", "hastart",    "hastop"};
  return std::ranges::find(kSilent, upid.type) == kSilent.end();
}

std::vector<std::string> read_log(const json::Value& data) {
  std::vector<std::string> lines;
  const auto* list = data.as<json::Array>();
  if (list == nullptr) return lines;
  for (const json::Value& line : *list) lines.emplace_back(line.text({"t"}));
  if (lines.size() == 1 && lines.front() == "no content") lines.clear();
  return lines;
}

TaskProgress progress_of(std::span<const std::string> log) {
  TaskProgress progress;
  for (const std::string& line : log) {
    for (const StepRow& row : kSteps) {
      if (!line.starts_with(row.begins)) continue;
      progress = {};
      progress.step = row.step;
    }
    if (!read_transferred(line, progress)) read_wget(line, progress);
  }
  return progress;
}

std::optional<std::string> clone_target(std::span<const std::string> log) {
  if (log.empty() || !log.front().starts_with("creating a clone of VM ")) return std::nullopt;
  constexpr string_view kWith = " with ID ";
  const std::size_t at = log.front().find(kWith);
  if (at == std::string::npos) return std::nullopt;
  const std::string id = log.front().substr(at + kWith.size());
  return parse_int(id).ok() ? std::optional(id) : std::nullopt;
}

Result<TaskState> read_task(const Upid& upid, const json::Value& status, std::span<const std::string> log) {
  const string_view says = status.text({"status"});
  if (says != "running" && says != "stopped") {
    return Error(Code::kDataLoss,
                 "task " + upid.text + ": found status '" + std::string(says) + "', wanted running or stopped");
  }
  TaskState state;
  const TaskProgress progress = progress_of(log);
  state.step = progress.step;
  state.percent = progress.percent;
  state.bytes_done = progress.bytes_done;
  state.bytes_total = progress.bytes_total;
  if (const auto target = clone_target(log)) state.result_id = *target;
  if (says == "running") return state;
  const string_view exit_text = status.text({"exitstatus"});
  state.phase = is_success(exit_text) ? TaskState::Phase::kDone : TaskState::Phase::kFailed;
  if (state.phase == TaskState::Phase::kDone) {
    state.percent = 100;
  } else {
    state.error = task_error(exit_text, upid.type + (upid.id.empty() ? "" : " " + upid.id));
  }
  return state;
}

Result<std::vector<ListedTask>> read_tasks(const json::Value& data) {
  const auto* list = data.as<json::Array>();
  if (list == nullptr)
    return Error(Code::kDataLoss, "the list of tasks is " + std::string(json::type_name(data)) + ", wanted a list");
  std::vector<ListedTask> tasks;
  for (const json::Value& entry : *list) {
    auto upid = parse_upid(entry.text({"upid"}));
    if (!upid.ok()) continue;
    ListedTask task;
    task.upid = upid.take();
    task.exit_text = entry.text({"status"});
    const std::int64_t ended = entry.integer({"endtime"});
    task.running = task.exit_text == "RUNNING" || (task.exit_text.empty() && ended == 0);
    if (task.running) task.exit_text.clear();
    if (ended != 0) task.ended = from_seconds(ended);
    tasks.push_back(std::move(task));
  }
  return tasks;
}

}  // namespace rig::proxmox
