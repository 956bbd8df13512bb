// fakes/pve/cluster_calls.cc — what the cluster is: nodes, free ids, resources, HA.
#include "base/text.h"
#include "fakes/pve/call.h"

namespace rig::fakes::pve {
namespace {

constexpr std::string_view kVersion = "9.2.11", kRelease = "9.2", kRepo = "14a22df35955d97d";

Result<Answer> get_version(Cluster&, const Asked&) {
  return Answer(json::Object{{"version", kVersion}, {"release", kRelease}, {"repoid", kRepo}});
}

json::Object numbers_of(const Node& node) {
  return {{"node", node.name},
          {"type", "node"},
          {"id", "node/" + node.name},
          {"status", node.is_online ? "online" : "offline"},
          {"level", ""},
          {"cpu", 0.05},
          {"maxcpu", node.cpus},
          {"mem", node.memory_bytes / 8},
          {"disk", 1 << 30},
          {"uptime", 86400},
          {"maxmem", node.memory_bytes},
          {"maxdisk", std::int64_t{100} << 30U}};
}

Result<Answer> get_nodes(Cluster& cluster, const Asked&) {
  json::Array out;
  for (const Node& node : cluster.nodes) {
    json::Object row = numbers_of(node);
    row["ssl_fingerprint"] = "00:11:22:33";
    out.emplace_back(std::move(row));
  }
  return Answer(std::move(out));
}

Result<Answer> get_cluster_status(Cluster& cluster, const Asked&) {
  json::Array out;
  const auto count = static_cast<std::int64_t>(cluster.nodes.size());
  if (count > 1)
    out.emplace_back(json::Object{
        {"id", "cluster"}, {"type", "cluster"}, {"name", "fake"}, {"nodes", count}, {"quorate", 1}, {"version", 1}});
  int number = count > 1 ? 1 : 0;
  for (const Node& node : cluster.nodes) {
    out.emplace_back(json::Object{{"id", "node/" + node.name},
                                  {"type", "node"},
                                  {"name", node.name},
                                  {"ip", "10.99.0." + std::to_string(number + 1)},
                                  {"level", ""},
                                  {"local", out.size() <= 1 ? 1 : 0},
                                  {"nodeid", number},
                                  {"online", node.is_online ? 1 : 0}});
    ++number;
  }
  return Answer(std::move(out));
}

Result<Answer> get_next_id(Cluster& cluster, const Asked& asked) {
  if (!asked.has("vmid")) return Answer(std::to_string(cluster.free_vmid()));
  if (!cluster.vms.contains(asked.vmid())) return Answer(asked.text("vmid"));
  return bad_parameters({{"vmid", "VM " + asked.text("vmid") + " already exists"}});
}

// Where a machine is, and its lock and tags, are known at once; the rest is as old as pvestatd's last look.
json::Object resource_of(const Cluster& cluster, const Vm& vm) {
  json::Object out{{"id", "qemu/" + std::to_string(vm.id)},
                   {"type", "qemu"},
                   {"vmid", vm.id},
                   {"node", vm.node},
                   {"status", "unknown"}};
  if (!vm.value("tags").empty()) out["tags"] = vm.value("tags");
  if (!vm.value("lock").empty()) out["lock"] = vm.value("lock");
  if (const auto ha = cluster.ha.find("vm:" + std::to_string(vm.id)); ha != cluster.ha.end())
    out["hastate"] = ha->second.state;
  const auto seen = cluster.statistics.find(vm.id);
  if (seen == cluster.statistics.end()) return out;
  const Statistics& numbers = seen->second;
  out["name"] = numbers.name;
  out["status"] = numbers.status;
  out["template"] = numbers.is_template ? 1 : 0;
  out["maxcpu"] = numbers.cpus;
  out["maxmem"] = numbers.memory_bytes;
  out["maxdisk"] = numbers.disk_bytes;
  out["uptime"] = numbers.uptime_seconds;
  for (const std::string_view zero : {"cpu", "disk", "diskread", "diskwrite", "mem", "memhost", "netin", "netout"})
    out[zero] = 0;
  return out;
}

json::Object resource_of(const Storage& storage, const std::string& node) {
  return {{"id", "storage/" + node + "/" + storage.name},
          {"type", "storage"},
          {"storage", storage.name},
          {"node", node},
          {"plugintype", storage.type()},
          {"shared", storage.is_shared() ? 1 : 0},
          {"status", "available"},
          {"content", join(std::vector<std::string>(storage.content.begin(), storage.content.end()), ",")},
          {"disk", storage.used_bytes(node)},
          {"maxdisk", storage.total_bytes}};
}

Result<Answer> get_resources(Cluster& cluster, const Asked& asked) {
  json::Array out;
  const auto wants = [&](std::string_view type) { return !asked.has("type") || asked.text("type") == type; };
  if (wants("vm"))
    for (const auto& [id, vm] : cluster.vms) out.emplace_back(resource_of(cluster, vm));
  for (const Node& node : cluster.nodes) {
    if (wants("node")) {
      json::Object row = numbers_of(node);
      row["cgroup-mode"] = 2;
      out.emplace_back(std::move(row));
    }
    if (wants("storage"))
      for (const auto& [name, storage] : cluster.storages) out.emplace_back(resource_of(storage, node.name));
    if (wants("sdn"))
      out.emplace_back(json::Object{{"id", "network/" + node.name + "/zone/localnetwork"},
                                    {"type", "network"},
                                    {"network-type", "zone"},
                                    {"network", "localnetwork"},
                                    {"node", node.name},
                                    {"status", "ok"}});
  }
  return Answer(std::move(out));
}

Result<Answer> get_node_status(Cluster& cluster, const Asked& asked) {
  const Node& node = *cluster.node(asked.node());
  const auto memory = node.memory_bytes;
  return Answer(json::Object{
      {"uptime", 86400},
      {"idle", 0},
      {"wait", 0},
      {"cpu", 0.05},
      {"pveversion", "pve-manager/9.2.11/14a22df35955d97d"},
      {"kversion", "Linux 6.17.0-pve"},
      {"ksm", json::Object{{"shared", 0}}},
      {"loadavg", json::Array{"0.10", "0.10", "0.10"}},
      {"boot-info", json::Object{{"mode", "efi"}}},
      {"memory",
       json::Object{{"total", memory}, {"used", memory / 8}, {"free", memory / 2}, {"available", memory / 8 * 7}}},
      {"swap", json::Object{{"total", 0}, {"used", 0}, {"free", 0}}},
      {"rootfs", json::Object{{"total", std::int64_t{100} << 30U},
                              {"used", 1 << 30},
                              {"free", std::int64_t{99} << 30U},
                              {"avail", std::int64_t{99} << 30U}}},
      {"current-kernel",
       json::Object{{"sysname", "Linux"}, {"machine", "x86_64"}, {"release", "6.17.0-pve"}, {"version", "#1 SMP"}}},
      {"cpuinfo", json::Object{{"cpus", node.cpus},
                               {"cores", node.cpus},
                               {"sockets", 1},
                               {"mhz", "2600.000"},
                               {"model", "Fake CPU"},
                               {"vendor", "Fake"},
                               {"family", "25"},
                               {"hvm", ""},
                               {"flags", "fpu"},
                               {"user_hz", 100}}}});
}

Result<Answer> get_network(Cluster&, const Asked& asked) {
  json::Array out;
  if (!asked.has("type") || asked.text("type") == "bridge" || asked.text("type") == "any_bridge")
    out.emplace_back(json::Object{{"iface", "vmbr0"},
                                  {"type", "bridge"},
                                  {"active", 1},
                                  {"autostart", 1},
                                  {"address", "10.99.0.1"},
                                  {"netmask", "24"},
                                  {"cidr", "10.99.0.1/24"},
                                  {"method", "static"},
                                  {"method6", "manual"},
                                  {"bridge_ports", ""},
                                  {"bridge_stp", "off"},
                                  {"bridge_fd", "0"},
                                  {"priority", 3},
                                  {"families", json::Array{"inet"}}});
  return Answer(std::move(out));
}

// --- HA

std::string sid_of(const Asked& asked) {
  const std::string& sid = asked.text("sid");
  return sid.find(':') == std::string::npos ? "vm:" + sid : sid;
}

Result<Answer> get_ha_resources(Cluster& cluster, const Asked&) {
  json::Array out;
  for (const auto& [sid, resource] : cluster.ha)
    out.emplace_back(json::Object{{"sid", sid},
                                  {"type", "vm"},
                                  {"state", resource.state},
                                  {"max_restart", resource.max_restart},
                                  {"max_relocate", resource.max_relocate}});
  return Answer(std::move(out));
}

Result<Answer> get_ha_resource(Cluster& cluster, const Asked& asked) {
  const auto found = cluster.ha.find(sid_of(asked));
  if (found == cluster.ha.end()) return die("no such resource '" + sid_of(asked) + "'");
  return Answer(json::Object{{"sid", found->first}, {"type", "vm"}, {"state", found->second.state}});
}

Result<Answer> post_ha_resource(Cluster& cluster, const Asked& asked) {
  const std::string sid = sid_of(asked);
  const Result<std::int64_t> vmid = parse_int(sid.substr(sid.find(':') + 1));
  if (!vmid.ok() || !cluster.vms.contains(static_cast<int>(*vmid)))
    return die("resource '" + sid + "' does not exist in cluster");
  if (cluster.ha.contains(sid)) return die("create resource failed: resource ID '" + sid + "' already defined");
  HaResource made;
  if (asked.has("state")) made.state = asked.text("state");
  cluster.ha[sid] = made;
  return Answer(json::Value());
}

Result<Answer> delete_ha_resource(Cluster& cluster, const Asked& asked) {
  if (cluster.ha.erase(sid_of(asked)) == 0)
    return die("cannot delete service '" + sid_of(asked) + "', not HA managed!");
  return Answer(json::Value());
}

Result<Answer> get_ha_status(Cluster& cluster, const Asked&) {
  const std::string node = cluster.nodes.front().name;
  json::Array out;
  out.emplace_back(
      json::Object{{"id", "quorum"}, {"type", "quorum"}, {"node", node}, {"status", "OK"}, {"quorate", 1}});
  out.emplace_back(json::Object{{"id", "fencing"},
                                {"type", "fencing"},
                                {"node", node},
                                {"armed-state", "standby"},
                                {"status", "standby (CRM watchdog standby)"}});
  for (const auto& [sid, resource] : cluster.ha) {
    const Result<std::int64_t> vmid = parse_int(sid.substr(3));
    const auto vm = vmid.ok() ? cluster.vms.find(static_cast<int>(*vmid)) : cluster.vms.end();
    const std::string where = vm == cluster.vms.end() ? node : vm->second.node;
    const std::string state = cluster.ha_acts ? resource.state : "queued";
    out.emplace_back(json::Object{{"id", "service:" + sid},
                                  {"type", "service"},
                                  {"sid", sid},
                                  {"node", where},
                                  {"state", state},
                                  {"request_state", resource.state},
                                  {"status", sid + " (" + where + ", " + state + ")"},
                                  {"failback", 1},
                                  {"max_restart", resource.max_restart},
                                  {"max_relocate", resource.max_relocate}});
  }
  return Answer(std::move(out));
}

Result<Answer> get_ha_rules(Cluster&, const Asked&) { return Answer(json::Array{}); }
Result<Answer> get_ha_groups(Cluster&, const Asked&) {
  return die("cannot index groups: ha groups have been migrated to rules");
}
Result<Answer> post_ha_group(Cluster&, const Asked&) {
  return die("cannot create group: ha groups have been migrated to rules");
}

constexpr Row kRows[] = {
    {"GET /version", get_version},
    {"GET /nodes", get_nodes},
    {"GET /nodes/{node}/status", get_node_status},
    {"GET /nodes/{node}/network", get_network},
    {"GET /cluster/status", get_cluster_status},
    {"GET /cluster/nextid", get_next_id},
    {"GET /cluster/resources", get_resources},
    {"GET /cluster/ha/resources", get_ha_resources},
    {"POST /cluster/ha/resources", post_ha_resource},
    {"GET /cluster/ha/resources/{sid}", get_ha_resource},
    {"DELETE /cluster/ha/resources/{sid}", delete_ha_resource},
    {"GET /cluster/ha/status/current", get_ha_status},
    {"GET /cluster/ha/rules", get_ha_rules},
    {"GET /cluster/ha/groups", get_ha_groups},
    {"POST /cluster/ha/groups", post_ha_group},
};

}  // namespace

std::span<const Row> cluster_calls() { return kRows; }

}  // namespace rig::fakes::pve
