// fakes/pve/agent_calls.cc — what the guest agent answers, and how long it keeps its caller waiting when it does not.
#include "fakes/pve/call.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

constexpr Duration kNotThere = std::chrono::seconds(3);   // recorded: 02, agent-not-running
constexpr Duration kNoAnswer = std::chrono::seconds(10);  // PVE::QMPClient's timeout of most agent commands

Result<const Guest*> guest_of(Cluster& cluster, const Asked& asked, const std::string& command) {
  const Vm& vm = *TRY(cluster.machine(asked.node(), asked.vmid()));
  if (!is_true(parse_properties(vm.value("agent"), "enabled"), "enabled")) return die("No QEMU guest agent configured");
  if (!vm.is_running()) return die("VM " + asked.text("vmid") + " is not running");
  if (vm.guest.agent == Guest::Agent::kSilent) return refuse(500, "QEMU guest agent is not running", {}, kNotThere);
  if (vm.guest.agent == Guest::Agent::kHangs)
    return refuse(500, "VM " + asked.text("vmid") + " qga command '" + command + "' failed - got timeout", {},
                  kNoAnswer);
  return &vm.guest;
}

Result<Answer> ping(Cluster& cluster, const Asked& asked) {
  TRY(guest_of(cluster, asked, "guest-ping"));
  return Answer(json::Object{{"result", json::Object{}}});
}
Result<Answer> get_interfaces(Cluster& cluster, const Asked& asked) {
  const Guest* guest = TRY(guest_of(cluster, asked, "guest-network-get-interfaces"));
  return Answer(json::Object{{"result", guest->interfaces}});
}
Result<Answer> get_os_info(Cluster& cluster, const Asked& asked) {
  const Guest* guest = TRY(guest_of(cluster, asked, "guest-get-osinfo"));
  return Answer(json::Object{{"result", guest->os_info}});
}
Result<Answer> get_host_name(Cluster& cluster, const Asked& asked) {
  const Guest* guest = TRY(guest_of(cluster, asked, "guest-get-host-name"));
  return Answer(json::Object{{"result", json::Object{{"host-name", guest->host_name}}}});
}

constexpr Row kRows[] = {
    {"POST /nodes/{node}/qemu/{vmid}/agent/ping", ping},
    {"GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces", get_interfaces},
    {"GET /nodes/{node}/qemu/{vmid}/agent/get-osinfo", get_os_info},
    {"GET /nodes/{node}/qemu/{vmid}/agent/get-host-name", get_host_name},
};

}  // namespace

std::span<const Row> agent_calls() { return kRows; }

}  // namespace rig::fakes::pve
