// tests/bench/proxmox_lab.cc — the fake cluster of tests/fakes/pve.
#include "base/digest.h"
#include "base/text.h"
#include "base/uuid.h"
#include "bench/lab.h"
#include "fakes/pve/server.h"
#include "hypervisor/proxmox/stamp.h"

namespace rig::e2e {
namespace {

using fakes::pve::Cluster;
using provider::MachineRef;
using provider::MachineSpec;

class ProxmoxLab final : public Lab {
 public:
  ProxmoxLab() : fake_(fakes::pve::Fake::start(clock_).take()) {
    fake_->with([](Cluster& cluster) { cluster.origins[kUrl] = fakes::pve::origin_of(file()); });
  }
  std::string type() const override { return "proxmox"; }
  std::map<std::string, std::string> environment() const override {
    return {{"PROVIDER_ENDPOINT", fake_->url(0) + "," + fake_->url(1)}};
  }
  std::map<std::string, std::string> credentials() const override {
    const std::string token(fakes::pve::Fake::kToken);
    return {{"token_id", token.substr(0, token.find('='))},
            {"token_secret", token.substr(token.find('=') + 1)},
            {"ca_bundle", fake_->authority_pem()}};
  }
  MachineSpec small() const override {
    MachineSpec spec;
    spec.display_name = spec.hostname = "model";
    spec.root_disk_bytes = 64 << 20;
    spec.nics = {{"eth0", "", "", "", "", {}, {}, {}}};
    spec.placement.storage = "shared";
    return spec;
  }
  provider::ImageRequest image() const override {
    return {"small", "small", "", kUrl, "qcow2", sha256_hex(file()), "sha256", ""};
  }
  std::vector<MachineRef> fill(const MachineRef& model, std::size_t count) override {
    return fake_->with([&](Cluster& cluster) {
      std::vector<MachineRef> refs;
      const fakes::pve::Vm vm = cluster.vms.at(std::stoi(model.id));
      const std::string nic = vm.value("net0");  // virtio=BC:24:...,bridge=vmbr0
      cluster.guest.agent = fakes::pve::Guest::Agent::kAnswers;
      cluster.guest.interfaces = json::Array{json::Object{
          {"name", "eth0"},
          {"hardware-address", to_lower(nic.substr(nic.find('=') + 1, 17))},
          {"ip-addresses",
           json::Array{json::Object{{"ip-address", "192.0.2.10"}, {"ip-address-type", "ipv4"}, {"prefix", 24}}}}}};
      const proxmox::Stamp stamp = **proxmox::find_stamp(vm.value("description"));
      for (std::size_t i = 0; i < count; ++i) {
        fakes::pve::Vm like = vm;
        like.id = cluster.free_vmid();
        like.guest = cluster.guest;
        proxmox::Stamp own = stamp;
        own.id = std::to_string(like.id);
        own.machine_id = own.owner.uid = random_uuid();
        own.owner.name = "m" + own.id;
        like.config["name"] = own.owner.name;
        like.config["smbios1"] = "uuid=" + own.machine_id;
        like.config["description"] = proxmox::with_stamp(vm.value("description"), own).take();
        cluster.power_on(cluster.vms[like.id] = like);
        refs.push_back({own.owner, own.machine_id, own.id, false});
      }
      return refs;
    });
  }
  std::int64_t calls() override { return fake_->calls("*", "*"); }
  std::int64_t bytes() override { return fake_->bytes_sent(); }
  void set_power(const std::string& id, bool on) override {
    fake_->with([&](Cluster& cluster) {
      fakes::pve::Vm& vm = cluster.vms.at(std::stoi(id));
      on ? cluster.power_on(vm) : cluster.power_off(vm);
    });
  }

 private:
  static constexpr char kUrl[] = "http://images.example/small.qcow2";
  static std::string file() {  // a qcow2 of 32 MiB, as its header says it, and no more
    return "QFI\xfb" + std::string(3, '\0') + "\3" + std::string(16, '\0') + std::string(4, '\0') + "\2" +
           std::string(3, '\0') + std::string(32, '.');
  }
  const SystemClock clock_{};
  std::unique_ptr<fakes::pve::Fake> fake_;
};

}  // namespace

std::unique_ptr<Lab> proxmox_lab() { return std::make_unique<ProxmoxLab>(); }

}  // namespace rig::e2e
