// fakes/pve/task_calls.cc — what became of the tasks.
#include <algorithm>

#include "base/text.h"
#include "fakes/pve/call.h"

namespace rig::fakes::pve {
namespace {

constexpr std::int64_t kLimit = 50;           // of lists and logs, unless asked otherwise
constexpr std::size_t kClusterTasksMax = 25;  // of each node (pve-common PVE/RPCEnvironment.pm)

std::int64_t seconds(WallTime time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

json::Object identity(const Task& task) {
  json::Object out{{"upid", task.upid}, {"node", task.node}, {"type", task.type},
                   {"id", task.id},     {"user", task.user}, {"starttime", seconds(task.begun)}};
  if (!task.token.empty()) out["tokenid"] = task.token;
  return out;
}

Result<Task*> task_of(Cluster& cluster, const Asked& asked) {
  const std::string& upid = asked.text("upid");
  const std::vector<std::string> parts = split(upid, ':');
  if (parts.size() != 9 || parts[0] != "UPID") return bad_parameters({{"upid", "unable to parse worker upid"}});
  Task* task = cluster.tasks.find(upid);
  if (task == nullptr || task->node != asked.node()) return bad_parameters({{"upid", "no such task"}});
  return task;
}

Result<Answer> get_status(Cluster& cluster, const Asked& asked) {
  const Task& task = *TRY(task_of(cluster, asked));
  json::Object out = identity(task);
  out["pid"] = task.pid;
  out["pstart"] = task.pstart;
  out["status"] = task.is_running ? "running" : "stopped";
  if (!task.is_running) out["exitstatus"] = task.exit;
  return Answer(std::move(out));
}

Result<Answer> get_log(Cluster& cluster, const Asked& asked) {
  const Task& task = *TRY(task_of(cluster, asked));
  std::vector<std::string> lines = task.log;
  if (lines.empty()) lines.emplace_back("no content");
  const auto total = static_cast<std::int64_t>(lines.size());
  const std::int64_t limit = asked.integer("limit", kLimit);
  const std::int64_t begin = asked.integer("start");
  const std::int64_t end = limit == 0 ? total : std::min(total, begin + limit);
  json::Array out;
  for (std::int64_t i = begin; i < end; ++i)
    out.emplace_back(json::Object{{"n", i + 1}, {"t", lines[static_cast<std::size_t>(i)]}});
  Answer answer(std::move(out));
  answer.total = total;
  return answer;
}

Result<Answer> delete_task(Cluster& cluster, const Asked& asked) {
  cluster.tasks.cancel(*TRY(task_of(cluster, asked)), cluster.now());
  return Answer(json::Value());
}

bool is_wanted(const Task& task, const Asked& asked) {
  const std::string source = asked.has("source") ? asked.text("source") : "archive";
  if ((source == "archive" && task.is_running) || (source == "active" && !task.is_running)) return false;
  if (task.node != asked.node()) return false;
  const bool is_of_machine = task.id == asked.text("vmid") || task.id.starts_with(asked.text("vmid") + "@");
  if (asked.has("vmid") && !is_of_machine) return false;
  if (asked.is_true("errors") && (task.exit == "OK" || task.is_running)) return false;
  if (asked.has("typefilter") && task.type != asked.text("typefilter")) return false;
  if (asked.has("userfilter") && task.who().find(asked.text("userfilter")) == std::string::npos) return false;
  if (asked.has("since") && seconds(task.begun) < asked.integer("since")) return false;
  return !asked.has("until") || seconds(task.begun) <= asked.integer("until");
}

json::Object row_of(const Task& task) {
  json::Object out = identity(task);
  out["pid"] = task.pid;
  out["pstart"] = task.pstart;
  if (task.is_running) {
    out["user"] = task.who();
    out.erase("tokenid");
    out["status"] = "RUNNING";
    out["saved"] = "0";
  } else {
    out["status"] = task.exit;
    out["endtime"] = seconds(task.ended);
  }
  return out;
}

Result<Answer> get_tasks(Cluster& cluster, const Asked& asked) {
  json::Array wanted;
  const std::list<Task>& all = cluster.tasks.all();
  for (auto task = all.rbegin(); task != all.rend(); ++task)
    if (is_wanted(*task, asked)) wanted.emplace_back(row_of(*task));
  const auto total = static_cast<std::int64_t>(wanted.size());
  const std::int64_t begin = std::min(asked.integer("start"), total);
  const std::int64_t limit = asked.integer("limit", kLimit);
  const std::int64_t end = limit == 0 ? total : std::min(total, begin + limit);
  Answer answer(json::Array(wanted.begin() + begin, wanted.begin() + end));
  answer.total = total;
  return answer;
}

// The newest ended one has just been moved to the archive by the one who asks: its `saved` is a number (recorded: 04).
Result<Answer> get_cluster_tasks(Cluster& cluster, const Asked&) {
  json::Array out;
  bool is_first = true;
  const std::list<Task>& all = cluster.tasks.all();
  for (auto task = all.rbegin(); task != all.rend() && out.size() < kClusterTasksMax * cluster.nodes.size(); ++task) {
    json::Object row = identity(*task);
    if (task->is_running) {
      row["saved"] = "0";
    } else {
      row["status"] = task->exit;
      row["endtime"] = seconds(task->ended);
      row["saved"] = std::exchange(is_first, false) ? json::Value(1) : json::Value("1");
    }
    out.emplace_back(std::move(row));
  }
  return Answer(std::move(out));
}

constexpr Row kRows[] = {
    {"GET /cluster/tasks", get_cluster_tasks},          {"GET /nodes/{node}/tasks", get_tasks},
    {"DELETE /nodes/{node}/tasks/{upid}", delete_task}, {"GET /nodes/{node}/tasks/{upid}/status", get_status},
    {"GET /nodes/{node}/tasks/{upid}/log", get_log},
};

}  // namespace

std::span<const Row> task_calls() { return kRows; }

}  // namespace rig::fakes::pve
