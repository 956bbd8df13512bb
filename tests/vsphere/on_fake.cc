// vsphere/on_fake.cc — see on_fake.h.
#include "vsphere/on_fake.h"

#include <utility>

#include "base/digest.h"
#include "base/uuid.h"
#include "fakes/vcenter/machine.h"
#include "hypervisor/vsphere/package_test.h"
#include "hypervisor/vsphere/properties.h"
#include "hypervisor/vsphere/stamp.h"

namespace rig::vsphere {
namespace {

using fakes::vcenter::Fake;
using fakes::vcenter::leaf;
using fakes::vcenter::with;
using provider::MachineRef;

constexpr std::string_view kTarget = "/small.ova";
constexpr std::size_t kDiskBytes = 3'000'000;  // as the descriptor says

std::string package() {
  std::string disk;
  for (int i = 0; disk.size() < kDiskBytes; ++i) disk += std::to_string(i) + " ";
  disk.resize(kDiskBytes);
  return tar_file("a.ovf", kSampleDescriptor) + tar_file("d.vmdk", disk) + tar_end();
}

Center center_of(const Fake& fake, const Shop& shop) {
  const fakes::vcenter::FakeOptions account;
  Center center;
  center.login = login_for(fake.url(), {account.user, account.password, fake.authority_pem(), ""}, false).take();
  center.template_name = "template";
  center.image = shop.image();
  provider::NicSpec nic;
  nic.name = "eth0";
  nic.network = "DC0_DVPG0";
  center.small.placement.cluster = "DC0_C0";
  center.small.placement.storage = "LocalDS_0";
  center.small.root_disk_bytes = 1LL << 30;
  center.small.nics = {nic};
  center.small.seed.meta_data = "instance-id: conformance\n";
  center.boot_time = std::chrono::seconds(10);
  center.too_large = center.small;
  center.too_large->placement.storage = "tiny";
  return center;
}

}  // namespace

Shop::Shop() : package_(package()) {
  door_ = http::Server::start({}, [this](const http::ServerRequest& request, http::Responder& responder) {
            const bool is_there = request.target == kTarget;
            if (is_there && request.method == "GET") ++downloads_;
            responder.send({.status = is_there ? 200 : 404, .headers = {}, .body = is_there ? package_ : ""});
          }).take();
}

provider::ImageRequest Shop::image() const {
  provider::ImageRequest image;
  image.key = image.name = "small";
  image.url = "http://127.0.0.1:" + std::to_string(door_->port()) + std::string(kTarget);
  image.checksum = sha256_hex(package_);
  image.checksum_type = "sha256";
  return image;
}

BedOnFake::BedOnFake(Fake& fake, Shop& shop, Duration patience)
    : Bed(center_of(fake, shop), patience), fake_(fake), shop_(shop) {}

Result<std::vector<MachineRef>> BedOnFake::add_machines(const MachineRef& model, std::size_t count) {
  return fake_.with([&](fakes::vcenter::Center& center) -> Result<std::vector<MachineRef>> {
    std::vector<MachineRef> refs;
    const auto tree = center.machine(model.id)->tree;
    const auto config = fakes::vcenter::find(tree, "config");
    Stamp stamp = TRY(parse_stamp(center.extra_config(model.id, kStampKey)));
    while (refs.size() < count) {
      const fakes::vcenter::Ref self{"VirtualMachine", center.next_id("vm-")};
      stamp.id = self.id;
      stamp.machine_id = stamp.owner.uid = random_uuid();
      auto own = fakes::vcenter::with_option(config, kStampKey, stamp_text(stamp));
      own = with(with(own, "instanceUuid", leaf("", stamp.machine_id)), "name", leaf("", self.id));
      center.add(self, with(with(tree, "config", own), "name", leaf("", self.id)));
      added_.push_back(self);
      refs.push_back({stamp.owner, stamp.machine_id, self.id, false});
    }
    return refs;
  });
}

Status BedOnFake::clean() {
  fake_.with([&](fakes::vcenter::Center& center) {
    for (const fakes::vcenter::Ref& machine : added_) center.remove(machine);
  });
  const bool was_crowded = !std::exchange(added_, {}).empty();
  TRY(Bed::clean());
  return was_crowded ? restart_provider() : Status();  // or it would be told of each of them
}

}  // namespace rig::vsphere
