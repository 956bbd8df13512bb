// controllers/identity.cc — names, ids and addresses as functions of the object.
#include "controllers/identity.h"

#include <algorithm>

#include "base/digest.h"
#include "controllers/limits.h"

namespace rig::controllers {

std::string machine_id_of(const api::ObjectMeta& meta) {
  std::string id = meta.annotation(kMachineIdAnnotation);
  return id.empty() ? meta.uid : id;
}

bool is_to_be_released(const api::ObjectMeta& meta) {
  return !meta.uid.empty() && meta.annotation(kReleaseAnnotation) == meta.uid;
}

bool is_moved(const api::ObjectMeta& meta) {
  const std::string released = meta.annotation(kReleaseAnnotation);
  return !released.empty() && released != meta.uid && machine_id_of(meta) != meta.uid;
}

std::string display_name(std::string_view name, std::string_view machine_id) {
  std::string out(name.substr(0, kDisplayNameMax));
  std::replace(out.begin(), out.end(), '.', '-');
  return out + "-" + std::string(machine_id.substr(0, 8));
}

std::string derived_mac(std::string_view prefix, std::string_view machine_id, std::string_view nic) {
  constexpr std::size_t kLength = std::string_view("52:54:00:00:00:00").size();
  const std::string digest = sha256_hex(std::string(machine_id) + "/" + std::string(nic));
  std::string mac(prefix);
  for (std::size_t i = 0; mac.size() < kLength; i += 2) mac += ":" + digest.substr(i, 2);
  return mac;
}

provider::MachineRef ref_of(const api::v1beta1::VirtualMachine& vm, std::string_view cluster_id) {
  return {.owner = {.cluster_id = std::string(cluster_id),
                    .name_space = vm.meta.namespace_,
                    .name = vm.meta.name,
                    .uid = vm.meta.uid},
          .machine_id = machine_id_of(vm.meta),
          .id = vm.status.id,
          .legacy = false};
}

}  // namespace rig::controllers
