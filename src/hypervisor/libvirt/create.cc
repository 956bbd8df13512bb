// libvirt/create.cc — from a spec to a defined domain.
#include <algorithm>

#include "cloudinit/iso9660.h"
#include "hypervisor/libvirt/domain_xml.h"
#include "hypervisor/libvirt/image_file.h"
#include "hypervisor/libvirt/inventory.h"
#include "hypervisor/libvirt/operations.h"
#include "hypervisor/libvirt/rules.h"
#include "hypervisor/libvirt/volumes.h"

namespace rig::libvirt {
namespace {

using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;

// A network that is missing or stopped would only be found out by the first start.
Status check_network(virConnectPtr host, const std::string& name) {
  auto network = owned<Network>(ask(virNetworkLookupByName, host, name.c_str()), "find network '" + name + "'");
  if (!network.ok()) return network.take_error();
  const int active = ask(virNetworkIsActive, network->get());
  TRY(done(active, "read network '" + name + "'"));
  if (active == 1) return {};
  return Error(Code::kFailedPrecondition, "network '" + name + "' is not active")
      .with_hint("Start it on the host: virsh net-start " + name);
}

std::string choose(const std::string& first, const std::string& second, const std::string& third) {
  return !first.empty() ? first : !second.empty() ? second : third;
}

class Creation {
 public:
  Creation(virConnectPtr host, const MachineRef& ref, const MachineSpec& spec, const CreateSettings& settings,
           const Call& call)
      : host_(host), ref_(ref), spec_(spec), settings_(settings), call_(call) {}

  Status run(const OnProgress& progress) {
    progress({"check", 0});
    for (const provider::NicSpec& nic : spec_.nics) {
      if (!nic.network.empty()) TRY(check_network(host_, nic.network));
    }
    const VirtType virt = TRY(virt_type_of(host_, settings_.virt_type));
    parts_.virt_type = virt.name;
    parts_.cpu_vendor_feature = virt.vendor_feature;
    progress({"volumes", 20});
    TRY(sweep_volumes(host_, ref_.machine_id));
    TRY(make_root());
    for (const provider::DiskSpec& disk : spec_.disks) TRY(make_disk(disk));
    TRY(make_seed());
    progress({"define", 80});
    return define();
  }

 private:
  // Before each volume.
  Result<Pool> pool_for(const std::string& wanted) {
    if (call_.stop.stop_requested()) return Error(Code::kCancelled, "create '" + spec_.display_name + "': stopped");
    return find_pool(host_, choose(wanted, spec_.placement.storage, settings_.default_pool));
  }

  Status make_root() {
    VolumeSpec volume{.name = root_volume(ref_.machine_id),
                      .format = "qcow2",
                      .capacity_bytes = spec_.root_disk_bytes,
                      .allocated = false,
                      .backing_path = "",
                      .backing_format = ""};
    if (!spec_.image.location.empty()) {
      const ImageFile image =
          TRY(read_image_file(host_, spec_.image.location, spec_.image.format, settings_.image_folders));
      volume.capacity_bytes = std::max(volume.capacity_bytes, image.virtual_bytes);
      volume.backing_path = image.path;
      volume.backing_format = image.format;
    }
    const Pool pool = TRY(pool_for(""));
    parts_.root_path = TRY(make_volume(pool.get(), volume));
    return {};
  }

  Status make_disk(const provider::DiskSpec& disk) {
    const Pool pool = TRY(pool_for(disk.storage));
    parts_.disk_paths[disk.name] =
        TRY(make_volume(pool.get(), VolumeSpec{.name = disk_volume(ref_.machine_id, disk.name),
                                               .format = "qcow2",
                                               .capacity_bytes = disk.size_bytes,
                                               .allocated = is_thick(disk),
                                               .backing_path = "",
                                               .backing_format = ""}));
    return {};
  }

  Status make_seed() {
    if (spec_.seed.empty()) return {};
    const std::vector<cloudinit::IsoFile> files = {{"user-data", spec_.seed.user_data},
                                                   {"meta-data", spec_.seed.meta_data},
                                                   {"network-config", spec_.seed.network_config}};
    const std::string iso = TRY(cloudinit::iso9660("cidata", files));
    const Pool pool = TRY(pool_for(""));
    parts_.seed_path = TRY(make_volume(host_, pool.get(), seed_volume(ref_.machine_id), iso));
    return {};
  }

  Status define() {
    const std::string xml = domain_xml(spec_, Stamp{ref_.owner, ref_.machine_id}, parts_);
    TRY(owned<Domain>(
        ask(virDomainDefineXMLFlags, host_, xml.c_str(), static_cast<unsigned>(VIR_DOMAIN_DEFINE_VALIDATE)),
        "define domain '" + spec_.display_name + "'"));
    return {};
  }

  virConnectPtr host_;
  const MachineRef& ref_;
  const MachineSpec& spec_;
  const CreateSettings& settings_;
  const Call& call_;
  HostParts parts_;
};

}  // namespace

Status create_machine(virConnectPtr host, const MachineRef& ref, const MachineSpec& spec,
                      const CreateSettings& settings, const OnProgress& progress, const Call& call) {
  TRY(check_spec(spec));
  const Found found = TRY(find(host, ref));
  if (found.existence == Existence::kOurs) return {};  // defining is the last step
  if (found.existence == Existence::kReleased) return set_stamp(found, Stamp{ref.owner, ref.machine_id});
  if (found.existence == Existence::kForeign) {
    return Error(Code::kAlreadyExists, "machine '" + spec.display_name + "': " + found.detail)
        .with_hint("It is left as it is. Its owner can hand it over (`vrtg release`), or rename one of the two.");
  }
  auto created = Creation(host, ref, spec, settings, call).run(progress);
  // Best effort: what stays is swept by the next attempt or by remove_machine().
  if (!created.ok()) (void)sweep_volumes(host, ref.machine_id);
  return created;
}

}  // namespace rig::libvirt
