// tests/bench/vsphere_lab.cc — the fake vCenter of tests/fakes/vcenter. Its template stands for an image.
#include "base/uuid.h"
#include "bench/lab.h"
#include "fakes/vcenter/server.h"
#include "hypervisor/vsphere/properties.h"
#include "hypervisor/vsphere/stamp.h"

namespace rig::e2e {
namespace {

using fakes::vcenter::Center;
using provider::MachineRef;
using provider::MachineSpec;

class VsphereLab final : public Lab {
 public:
  VsphereLab() : fake_(fakes::vcenter::Fake::start(clock_, account_).take()) {}
  std::string type() const override { return "vsphere"; }
  std::map<std::string, std::string> environment() const override {
    return {{"PROVIDER_ENDPOINT", fake_->url()}, {"PROVIDER_DEFAULT_CLUSTER", "DC0_C0"}};
  }
  std::map<std::string, std::string> credentials() const override {
    return {{"username", account_.user}, {"password", account_.password}, {"ca_bundle", fake_->authority_pem()}};
  }
  MachineSpec small() const override {
    MachineSpec spec;
    spec.display_name = spec.hostname = "model";
    spec.root_disk_bytes = 1LL << 30;
    spec.nics = {{"eth0", "", "VM Network", "", "", {}, {}, {}}};
    spec.placement.storage = "LocalDS_0";
    return spec;
  }
  provider::ImageRequest image() const override {
    provider::ImageRequest request{"template", "template", "", "", "", "", "", ""};
    request.template_name = "template";
    return request;
  }
  std::vector<MachineRef> fill(const MachineRef& model, std::size_t count) override {
    return fake_->with([&](Center& center) {
      std::vector<MachineRef> refs;
      const vsphere::Stamp stamp = vsphere::parse_stamp(center.extra_config(model.id, vsphere::kStampKey)).take();
      for (std::size_t i = 0; i < count; ++i) {
        vsphere::Stamp own = stamp;
        own.machine_id = own.owner.uid = random_uuid();
        own.owner.name = "m" + std::to_string(i);
        fakes::vcenter::MachineSeed seed;
        seed.name = own.owner.name;
        seed.instance_uuid = own.machine_id;
        seed.disk_bytes = 1 << 20;
        const fakes::vcenter::Ref made = center.add_machine(seed);
        own.id = made.id;
        fakes::vcenter::Object& machine = *center.machine(made.id);
        center.set_extra_config(machine, vsphere::kStampKey, vsphere::stamp_text(own));
        center.set_power(machine, "poweredOn");
        refs.push_back({own.owner, own.machine_id, own.id, false});
      }
      return refs;
    });
  }
  std::int64_t calls() override { return fake_->calls("*", "*"); }
  std::int64_t bytes() override {
    return fake_->with_faults([](const fakes::vcenter::Faults& faults) {
      std::int64_t sum = 0;
      for (const fakes::CallRecord& call : faults.calls()) sum += static_cast<std::int64_t>(call.bytes_out);
      return sum;
    });
  }
  void set_power(const std::string& id, bool on) override {
    fake_->with([&](Center& center) { center.set_power(*center.machine(id), on ? "poweredOn" : "poweredOff"); });
  }

 private:
  const SystemClock clock_{};
  const fakes::vcenter::FakeOptions account_{};
  std::unique_ptr<fakes::vcenter::Fake> fake_;
};

}  // namespace

std::unique_ptr<Lab> vsphere_lab() { return std::make_unique<VsphereLab>(); }

}  // namespace rig::e2e
