// vsphere/on_fake.h — the bed on our strict fake of a vCenter.
#pragma once

#include "fakes/vcenter/server.h"
#include "vsphere/bed.h"

namespace rig::vsphere {

inline Center center_of(const fakes::vcenter::Fake& fake) {
  const fakes::vcenter::FakeOptions account;
  Center center;
  center.login = login_for(fake.url(), {account.user, account.password, fake.authority_pem(), ""}, false).take();
  center.template_name = "template";
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

struct OnFake {
  const SystemClock clock{};
  const std::unique_ptr<fakes::vcenter::Fake> fake = fakes::vcenter::Fake::start(clock).take();
  Bed bed{center_of(*fake)};
};

}  // namespace rig::vsphere
