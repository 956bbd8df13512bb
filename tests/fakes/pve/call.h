// fakes/pve/call.h — one call on its way through the fake: what is asked, by whom, what is answered; and the tables of
// them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/json/json.h"
#include "fakes/pve/cluster.h"
#include "fakes/pve/schema.h"

namespace rig::fakes::pve {

struct Caller {
  std::string user, token;                                              // token "": came with a ticket, or is nobody
  bool is_root() const { return user == "root@pam" && token.empty(); }  // what a token never is (pve 9.2, recorded)
};

struct Asked {
  const Method* method = nullptr;
  Texts parameters;  // of path, query and body; checked against the schema
  Caller caller;
  std::string upload;  // bytes of a file in a multipart body

  const std::string& text(const std::string& name) const;  // "" when absent
  bool has(const std::string& name) const { return parameters.contains(name); }
  bool is_true(const std::string& name) const { return text(name) == "1"; }
  std::int64_t integer(const std::string& name, std::int64_t otherwise = 0) const;
  const std::string& node() const { return text("node"); }
  int vmid() const { return static_cast<int>(integer("vmid")); }
  // A task of this caller on the node that was asked.
  Task task(std::string type, std::string id) const;
};

struct Answer {
  Answer(json::Value value) : data(std::move(value)) {}  // NOLINT: implicit by design
  json::Value data;
  std::int64_t total = 0;  // of a list that was cut; 0: not told
};
using Act = Result<Answer> (*)(Cluster&, const Asked&);
struct Row {
  std::string_view key;  // as in schema.json
  Act act;
};

std::span<const Row> cluster_calls();
std::span<const Row> storage_calls();
std::span<const Row> task_calls();
std::span<const Row> config_calls();
std::span<const Row> power_calls();
std::span<const Row> status_calls();
std::span<const Row> create_calls();
std::span<const Row> clone_calls();
std::span<const Row> disk_calls();
std::span<const Row> snapshot_calls();
std::span<const Row> agent_calls();

}  // namespace rig::fakes::pve
