// controllers/fields.cc — the table of rows without a controller, and what an object sets of them.
#include "controllers/fields.h"

#include <algorithm>

#include "schema/walk.h"

namespace rig::controllers {
namespace {

// Sorted. Each goes when a controller acts on it.
constexpr std::string_view kWithoutController[] = {
    "VMClass.spec.diskDefaults.iops",
    "VMClass.spec.diskDefaults.storageClass",
    "VMClass.spec.diskDefaults.type",
    "VMClass.spec.guestToolsPolicy",
    "VMClass.spec.performanceProfile.cpuHotAddEnabled",
    "VMClass.spec.performanceProfile.hyperThreadingPolicy",
    "VMClass.spec.performanceProfile.latencySensitivity",
    "VMClass.spec.performanceProfile.memoryHotAddEnabled",
    "VMClass.spec.performanceProfile.virtualizationBasedSecurity",
    "VMClass.spec.securityProfile.encryptionPolicy",
    "VMClass.spec.securityProfile.tpmVersion",
    "VMClass.spec.securityProfile.vtdEnabled",
    "VMImage.spec.prepare.force",
    "VMImage.spec.prepare.onMissing",
    "VMImage.spec.prepare.optimization",
    "VMImage.spec.prepare.retries",
    "VMImage.spec.prepare.storage.compression",
    "VMImage.spec.prepare.storage.libvirt.allocationPolicy",
    "VMImage.spec.prepare.storage.libvirt.preallocation",
    "VMImage.spec.prepare.storage.preferredFormat",
    "VMImage.spec.prepare.timeout",
    "VMImage.spec.source.dataVolume",
    "VMImage.spec.source.http.authentication",
    "VMImage.spec.source.http.headers",
    "VMImage.spec.source.http.timeout",
    "VMImage.spec.source.registry",
    "VMNetworkAttachment.spec.ipAllocation",
    "VMNetworkAttachment.spec.network.type",
    "VMNetworkAttachment.spec.qos",
    "VMNetworkAttachment.spec.security",
    "VirtualMachine.spec.disks[].expandPolicy",
    "VirtualMachine.spec.disks[].scsi",
    "VirtualMachine.spec.importedDisk",
    "VirtualMachine.spec.lifecycle.postStart",
    "VirtualMachine.spec.lifecycle.preStop",
    "VirtualMachine.spec.placementRef",
    "VirtualMachine.spec.resources.gpu",
    "VirtualMachine.spec.snapshot",
    "VirtualMachine.spec.userData.ignition",
};

// A listed path stands for everything below it.
bool covers(std::string_view listed, std::string_view row) {
  return row.starts_with(listed) && (row.size() == listed.size() || row[listed.size()] == '.' ||
                                     row[listed.size()] == '[' || row[listed.size()] == '{');
}
bool is_listed(std::string_view row, const provider::Capabilities& capabilities) {
  const auto covering = [row](std::string_view listed) { return covers(listed, row); };
  return std::ranges::any_of(kWithoutController, covering) ||
         std::ranges::any_of(capabilities.unsupported_fields, covering);
}

// A default that the API server filled in was not asked for by anybody.
bool is_default(const schema::Field& field, const json::Value& value) {
  if (field.default_json.empty()) return false;
  const auto parsed = json::parse(field.default_json);
  return parsed.ok() && *parsed == value;
}

template <class T>
void collect(const T& object, std::string_view prefix, const provider::Capabilities& capabilities,
             std::vector<std::string>& out) {
  const std::string kind(T::kResource.kind);
  const json::Value whole = schema::encode(object);
  const json::Value* spec = whole.find("spec");
  if (spec == nullptr) return;
  const schema::Field* row = schema::type_of<T>().find("spec");
  schema::for_each_leaf(row->type(), *spec,
                        [&](const std::string& path, const schema::Field& field, const json::Value& value) {
                          if (is_default(field, value)) return;
                          if (is_listed(kind + ".spec." + schema::row_path(path), capabilities))
                            out.push_back(std::string(prefix) + "spec." + path);
                        });
}

}  // namespace

std::span<const std::string_view> fields_without_controller() { return kWithoutController; }

std::vector<std::string> unsupported_fields(const v1::VirtualMachine& vm, const Dependencies& dependencies,
                                            const provider::Capabilities& capabilities) {
  std::vector<std::string> out;
  collect(vm, "", capabilities, out);
  if (dependencies.vm_class)
    collect(*dependencies.vm_class, "VMClass " + dependencies.vm_class->meta.name + ": ", capabilities, out);
  if (dependencies.image)
    collect(*dependencies.image, "VMImage " + dependencies.image->meta.name + ": ", capabilities, out);
  for (const auto& network : dependencies.networks)
    if (network) collect(*network, "VMNetworkAttachment " + network->meta.name + ": ", capabilities, out);
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
  return out;
}

std::vector<std::string> unmet_security_fields(std::span<const std::string> unsupported) {
  std::vector<std::string> out;
  for (const std::string& field : unsupported)
    if (field.find(": spec.securityProfile.") != std::string::npos) out.push_back(field);
  return out;
}

}  // namespace rig::controllers
