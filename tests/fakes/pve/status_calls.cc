// fakes/pve/status_calls.cc — how a machine is now, and the list of a node's machines.
#include "fakes/pve/call.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

json::Object numbers_of(const Cluster& cluster, const Vm& vm) {
  const Statistics now = cluster.look_at(vm);
  json::Object out{{"vmid", vm.id},
                   {"name", now.name},
                   {"status", now.status},
                   {"cpus", now.cpus},
                   {"maxmem", now.memory_bytes},
                   {"maxdisk", now.disk_bytes},
                   {"uptime", now.uptime_seconds}};
  for (const std::string_view zero : {"cpu", "disk", "mem", "memhost", "netin", "netout"}) out[zero] = 0;
  if (!vm.value("tags").empty()) out["tags"] = vm.value("tags");
  if (!vm.value("lock").empty()) out["lock"] = vm.value("lock");
  if (vm.is_template()) out["template"] = 1;
  if (vm.is_running()) out["pid"] = vm.pid;
  for (const auto& [key, value] : vm.config)
    if (is_of_family(key, "serial")) out["serial"] = 1;
  return out;
}

Result<Answer> get_current(Cluster& cluster, const Asked& asked) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  json::Object out = numbers_of(cluster, vm);
  out["qmpstatus"] = !vm.is_running() ? "stopped" : vm.is_paused ? "paused" : "running";
  json::Object ha{{"managed", cluster.is_ha_managed(vm.id) ? 1 : 0}};
  if (const auto managed = cluster.ha.find("vm:" + asked.text("vmid")); managed != cluster.ha.end())
    ha["state"] = managed->second.state;
  out["ha"] = std::move(ha);
  if (is_true(parse_properties(vm.value("agent"), "enabled"), "enabled")) out["agent"] = 1;
  if (vm.config.contains("vga")) out["clipboard"] = json::Value();
  if (!vm.is_running()) return Answer(std::move(out));
  for (const std::string_view what : {"cpu", "io", "memory"})
    for (const std::string_view how : {"full", "some"}) out["pressure" + std::string(what) + std::string(how)] = 0;
  json::Object nics;
  for (const auto& [key, value] : vm.config)
    if (is_network(key))
      nics["tap" + std::to_string(vm.id) + "i" + key.substr(3)] = json::Object{{"netin", 0}, {"netout", 0}};
  out["nics"] = std::move(nics);
  return Answer(std::move(out));
}

Result<Answer> get_machines(Cluster& cluster, const Asked& asked) {
  json::Array out;
  for (const auto& [id, vm] : cluster.vms)
    if (vm.node == asked.node()) out.emplace_back(numbers_of(cluster, vm));
  return Answer(std::move(out));
}

constexpr Row kRows[] = {
    {"GET /nodes/{node}/qemu", get_machines},
    {"GET /nodes/{node}/qemu/{vmid}/status/current", get_current},
};

}  // namespace

std::span<const Row> status_calls() { return kRows; }

}  // namespace rig::fakes::pve
