// libvirt/capabilities.cc — choosing how machines are run.
#include "hypervisor/libvirt/capabilities.h"

#include <algorithm>
#include <pugixml.hpp>
#include <set>
#include <sstream>

namespace rig::libvirt {
namespace {

std::set<std::string> domain_types(const pugi::xml_node& capabilities) {
  std::set<std::string> types;
  for (const pugi::xpath_node& found : capabilities.select_nodes("guest[os_type='hvm']/arch/domain")) {
    types.insert(found.node().attribute("type").value());
  }
  return types;
}

std::string vendor_feature(const pugi::xml_document& cpu) {
  for (const pugi::xml_node& feature : cpu.child("cpu").children("feature")) {
    const std::string name = feature.attribute("name").value();
    if ((name == "vmx" || name == "svm") && std::string_view(feature.attribute("policy").value()) != "disable")
      return name;
  }
  return "";
}

}  // namespace

Result<VirtType> choose_virt_type(std::string_view wanted, std::string_view capabilities_xml,
                                  std::string_view cpu_xml) {
  pugi::xml_document capabilities, cpu;
  capabilities.load_buffer(capabilities_xml.data(), capabilities_xml.size());
  cpu.load_buffer(cpu_xml.data(), cpu_xml.size());
  const std::set<std::string> types = domain_types(capabilities.child("capabilities"));
  const std::string feature = vendor_feature(cpu);
  if (wanted == "auto") {
    if (types.contains("kvm") && !feature.empty()) return VirtType{"kvm", feature};
    if (types.contains("qemu")) return VirtType{"qemu", ""};
    if (!types.empty()) return VirtType{*types.begin(), ""};
    return Error(Code::kFailedPrecondition, "the host offers no way to run machines").with_hint("Install QEMU on it.");
  }
  if (wanted != "kvm" && wanted != "qemu") {
    return Error(Code::kInvalidArgument, "virt type '" + std::string(wanted) + "': wanted auto, kvm or qemu");
  }
  if (!types.contains(std::string(wanted))) {
    return Error(Code::kFailedPrecondition, "the host offers no '" + std::string(wanted) + "' machines")
        .with_hint("Set LIBVIRT_VIRT_TYPE to auto.");
  }
  return VirtType{std::string(wanted), wanted == "kvm" ? feature : ""};
}

Result<VirtType> virt_type_of(virConnectPtr host, const std::string& wanted) {
  const std::string capabilities = TRY(text(ask(virConnectGetCapabilities, host), "read the host's capabilities"));
  pugi::xml_document document;
  document.load_buffer(capabilities.data(), capabilities.size());
  std::ostringstream cpu;
  document.child("capabilities").child("host").child("cpu").print(cpu);
  const std::string model = cpu.str();
  const char* models[] = {model.c_str()};
  // Expands the model's name to features. A host that cannot is taken at its own words.
  const auto expanded = text(ask(virConnectBaselineCPU, host, static_cast<const char**>(models), 1U,
                                 static_cast<unsigned>(VIR_CONNECT_BASELINE_CPU_EXPAND_FEATURES)),
                             "expand the host's CPU model");
  return choose_virt_type(wanted, capabilities, expanded.ok() ? *expanded : model);
}

}  // namespace rig::libvirt
