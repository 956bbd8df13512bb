#include "proxmox/bed.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "base/digest.h"
#include "base/eventually_test.h"
#include "base/file.h"
#include "base/log.h"
#include "base/run_test.h"
#include "base/text.h"
#include "base/uuid.h"
#include "hypervisor/proxmox/session.h"
#include "hypervisor/proxmox/stamp.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;
using fakes::pve::Cluster;
using fakes::pve::Guest;
using fakes::pve::Vm;
using provider::Power;
using provider::conformance::Subject;

constexpr Duration kStatistics = 50ms;
constexpr char kUrl[] = "http://images.example/small.qcow2";
constexpr char kUser[] = "root@pam", kPassword[] = "bed-password";
constexpr char kStubborn[] = "stubborn";  // tag of machines that obey nobody and have no agent
// A qcow2 of 32 MiB, as its header says it (big-endian, from byte 24 on), and no more.
const std::string kImage = "QFI\xfb" + std::string(3, '\0') + "\3" + std::string(16, '\0') + std::string(4, '\0') +
                           "\2" + std::string(3, '\0') + std::string(32, '.');

std::optional<int> number(const std::string& text) {
  const auto parsed = parse_int(text);
  return parsed.ok() ? std::optional(static_cast<int>(*parsed)) : std::nullopt;
}

Vm* find(Cluster& cluster, const std::string& name) {
  for (auto& [id, vm] : cluster.vms)
    if (std::to_string(id) == name || vm.value("name") == name) return &vm;
  return nullptr;
}

void remove_volumes(Cluster& cluster, std::optional<int> owner) {
  for (auto& [name, storage] : cluster.storages) {
    for (const fakes::pve::Node& node : cluster.nodes) {
      std::vector<std::string> ids;
      for (const fakes::pve::Volume* volume : storage.all(node.name))
        if (!owner || volume->owner == *owner) ids.push_back(volume->id);
      for (const std::string& id : ids) storage.remove(node.name, id);
    }
  }
}

// Without our stamp.
void put_foreign(Cluster& cluster, int vmid, const std::string& name, const std::string& uuid) {
  Vm vm;
  vm.id = vmid;
  vm.node = cluster.nodes.front().name;
  vm.config = {{"name", name}, {"memory", "512"}, {"smbios1", "uuid=" + uuid}};
  cluster.vms[vmid] = vm;
}

Guest answering_guest() {
  Guest guest;
  guest.agent = Guest::Agent::kAnswers;
  guest.interfaces = json::Array{json::Object{
      {"name", "eth0"},
      {"hardware-address", "bc:24:11:00:00:01"},
      {"ip-addresses",
       json::Array{json::Object{{"ip-address", "192.0.2.10"}, {"ip-address-type", "ipv4"}, {"prefix", 24}}}}}};
  return guest;
}

void furnish(Cluster& cluster) {
  cluster.timing.statistics = kStatistics;
  cluster.origins[kUrl] = fakes::pve::origin_of(kImage);
  cluster.guest = answering_guest();
  cluster.guests[kStubborn].obeys_shutdown = false;
  fakes::pve::Storage tiny;
  tiny.name = "tiny";
  tiny.kind = fakes::pve::Storage::Kind::kNfs;
  tiny.path = "/mnt/pve/tiny";
  tiny.content = {"images"};
  tiny.total_bytes = 16;
  cluster.storages["tiny"] = tiny;
}

}  // namespace

Bed::Bed(const BedOptions& options) : fake_(fakes::pve::Fake::start(clock_).take()) {
  fake_->with([](Cluster& cluster) { furnish(cluster); });
  const std::string token(fakes::pve::Fake::kToken);
  Credentials& who = options_.otherwise;
  if (options.has_password) {
    who.username = kUser;
    who.password = kPassword;
    fake_->set_password(kPassword);
  } else {
    who.token_id = token.substr(0, token.find('='));
    who.token_secret = token.substr(token.find('=') + 1);
  }
  who.ca_bundle = fake_->authority_pem();
  options_.endpoint = fake_->url(0) + "," + fake_->url(1);
  options_.interval = options.interval;
  options_.patience = options.patience;
  options_.look_max = options.look_max;
  CHECK(restart_provider().ok());
}

void Bed::on_restart(std::function<void()> before, std::function<void(provider::Provider&)> after) {
  before_ = std::move(before);
  (after_ = std::move(after))(*provider_);
}

Subject Bed::subject(std::string name) {
  Subject subject;
  subject.name = std::move(name);
  subject.provider = [this]() -> provider::Provider& { return *provider_; };
  subject.host = this;
  subject.boot_time = 10s;
  subject.wait = pause_between_looks;
  subject.names_collide = false;
  // Each 100 ms two calls for all, two for the one whose turn it is, and one of its agent.
  subject.idle_calls_per_second = 50;
  provider::NicSpec nic;
  nic.name = "eth0";
  subject.small.root_disk_bytes = 64 << 20;
  subject.small.nics = {nic};
  subject.small.seed.meta_data = "instance-id: conformance\n";
  subject.image = {"small", "small", "", kUrl, "qcow2", sha256_hex(kImage), "sha256", ""};
  subject.stubborn = subject.small;
  subject.stubborn->tags = {kStubborn};
  subject.too_large = subject.small;
  subject.too_large->placement.storage = "tiny";
  return subject;
}

Result<std::vector<std::string>> Bed::machine_names() {
  return fake_->with([](Cluster& cluster) {
    std::vector<std::string> names;
    for (const auto& [id, vm] : cluster.vms) names.push_back(std::to_string(id));
    return names;
  });
}

Result<std::vector<std::string>> Bed::volumes() {
  return fake_->with([](Cluster& cluster) {
    std::set<std::string> all;
    for (const auto& [name, storage] : cluster.storages)
      for (const fakes::pve::Node& node : cluster.nodes)
        for (const fakes::pve::Volume* volume : storage.all(node.name))
          all.insert((storage.is_shared() ? "" : node.name + " ") + volume->id);
    return std::vector<std::string>(all.begin(), all.end());
  });
}

Status Bed::add_foreign_machine(const std::string& name, const std::string& uuid) {
  fake_->with([&](Cluster& cluster) {
    put_foreign(cluster, number(name).value_or(cluster.free_vmid()), number(name) ? "foreign" : name, uuid);
  });
  return {};
}

Result<std::string> Bed::fingerprint(const std::string& name) {
  return fake_->with([&](Cluster& cluster) -> Result<std::string> {
    const Vm* vm = find(cluster, name);
    if (vm == nullptr) return Error(Code::kNotFound, "no machine " + name);
    return vm->file();
  });
}

Status Bed::set_power(const std::string& id, Power power) {
  fake_->with([&](Cluster& cluster) {
    Vm& vm = *find(cluster, id);
    if (power == Power::kPaused) {
      vm.is_paused = true;
    } else if (power == Power::kOn) {
      cluster.power_on(vm);
    } else {
      cluster.power_off(vm);
      if (power == Power::kSuspended) vm.config["lock"] = "suspended";
    }
  });
  return {};
}

Status Bed::erase(const std::string& id) {
  fake_->with([&](Cluster& cluster) {
    const auto vmid = number(id);
    cluster.vms.erase(*vmid);
    remove_volumes(cluster, vmid);
  });
  return {};
}

Status Bed::edit(const std::string& id) {
  fake_->with([&](Cluster& cluster) { find(cluster, id)->config["description"] += "\nby hand"; });
  return {};
}

Status Bed::restart_provider() {
  if (before_) before_();
  provider_.reset();
  fake_->with_faults([](fakes::pve::Faults& faults) { faults.revive(); });
  provider_ = TRY(open(options_, clock_));
  if (after_) after_(*provider_);
  return {};
}

Result<std::int64_t> Bed::calls() { return fake_->calls("*", "*"); }

Result<std::string> Bed::seed_bytes(const std::string& id, std::string_view document) {
  const std::string bytes = fake_->with([&](Cluster& cluster) {
    const Vm& vm = *find(cluster, id);
    const std::string text = vm.value("scsi30");
    const fakes::pve::Volume* volume = cluster.volume(vm.node, text.substr(0, text.find(',')));
    return volume == nullptr ? std::string() : volume->bytes;
  });
  const std::string image = folder_ / "seed.iso";
  TRY(write_file(image, bytes));
  return run({"isoinfo", "-R", "-i", image, "-x", "/" + std::string(document)}).output;
}

Result<std::string> Bed::log() { return join(log::last_lines(), "\n"); }

Result<bool> Bed::plan_fault(std::optional<provider::conformance::Fault> fault, int effect) {
  return fake_->with_faults([&](fakes::pve::Faults& faults) {
    const bool happened = faults.struck() > 0;
    faults.clear();
    if (fault) {
      fakes::pve::Fault planned{.kind = fakes::pve::Fault::Kind::kLoseReply, .nth = effect + 1, .effects_only = true};
      planned.ends_all = *fault == provider::conformance::Fault::kKilled;
      faults.add(std::move(planned));
    }
    return happened;
  });
}

Result<bool> Bed::doubt(int kind) {
  using fakes::pve::Fault;
  const Fault kDoubts[] = {
      {.kind = Fault::Kind::kRefuse, .stays = true, .status = 401, .reason = "permission denied - invalid PVE ticket"},
      {.kind = Fault::Kind::kRefuse, .stays = true, .status = 403, .reason = "Permission check failed"},
      {.kind = Fault::Kind::kRefuse, .stays = true, .status = 595, .reason = "No route to host"},
      {.kind = Fault::Kind::kProxyPage, .stays = true},
      {.kind = Fault::Kind::kDrop, .stays = true},
  };
  fake_->with_faults([](fakes::pve::Faults& faults) { faults.clear(); });
  const bool is_there = static_cast<std::size_t>(kind) < std::size(kDoubts);
  if (is_there) fake_->fail(kDoubts[kind]);
  return is_there;
}

Result<std::string> Bed::move(const std::string& id) {
  return fake_->with([&](Cluster& cluster) {
    const Vm& vm = *find(cluster, id);
    const std::string to = vm.node == "pve1" ? "pve2" : "pve1";
    for (auto& [name, storage] : cluster.storages) {  // its disks go with it
      if (storage.is_shared()) continue;
      std::vector<fakes::pve::Volume> own;
      for (const fakes::pve::Volume* volume : storage.all(vm.node))
        if (volume->owner == vm.id) own.push_back(*volume);
      for (const fakes::pve::Volume& volume : own) {
        storage.remove(vm.node, volume.id);
        storage.add(to, volume);
      }
    }
    cluster.move(vm.id, to);
    return to;
  });
}

// With what a person tells cloud-init by Proxmox VE's own means.
Result<std::string> Bed::make_template(const std::string& id, const std::string& name, const std::string& secret) {
  const std::string node = fake_->with([&](Cluster& cluster) {
    Vm& vm = *find(cluster, id);
    fakes::pve::Texts& config = vm.config;
    config["name"] = name;
    if (!secret.empty()) {
      config["ciuser"] = config["cipassword"] = secret;
      config["sshkeys"] = "ssh-ed25519%20AAAA%20" + secret;
      config["tags"] += ";" + secret;
    }
    return vm.node;
  });
  const Login login = TRY(login_for(options_.endpoint, options_.otherwise, /*insecure=*/false));
  const auto session = TRY(Session::open(login, clock_));
  ApiCall convert;
  convert.method = "POST";
  convert.path = path_of({"nodes", node, "qemu", id, "template"});
  TRY(session->send(convert, {std::chrono::steady_clock::now() + 60s, {}, "bed"}));
  return id;
}

// Just before its configuration is written: what is sent there has the digest of the machine that is gone.
Result<std::string> Bed::be_quicker_than_removal(const std::string& id) {
  fakes::pve::Fault race{.kind = fakes::pve::Fault::Kind::kMeanwhile, .method = "PUT"};
  race.path = "/nodes/*/qemu/" + id + "/config";
  race.meanwhile = [vmid = *number(id)](Cluster& cluster) {
    cluster.vms.erase(vmid);
    remove_volumes(cluster, vmid);
    put_foreign(cluster, vmid, "theirs", cluster.new_uuid());
  };
  fake_->fail(std::move(race));
  return id;
}

Result<std::string> Bed::hold(const std::string& id) {
  fake_->with([&](Cluster& cluster) { find(cluster, id)->config["lock"] = "backup"; });
  return std::string("backup");
}

Status Bed::let_go(const std::string& id) {
  fake_->with([&](Cluster& cluster) { find(cluster, id)->config.erase("lock"); });
  return {};
}

Result<std::vector<provider::MachineRef>> Bed::add_machines(const provider::MachineRef& model, std::size_t count) {
  is_crowded_ = true;
  return fake_->with([&](Cluster& cluster) -> Result<std::vector<provider::MachineRef>> {
    std::vector<provider::MachineRef> refs;
    const Vm vm = *find(cluster, model.id);
    Stamp stamp = *TRY(find_stamp(vm.value("description")));
    int vmid = cluster.vms.rbegin()->first;
    cluster.timing.statistics = 1s;  // a look at so many takes a while
    while (refs.size() < count) {
      Vm like = vm;
      like.id = ++vmid;
      stamp.id = std::to_string(vmid);
      stamp.machine_id = stamp.owner.uid = random_uuid();
      like.config["smbios1"] = "uuid=" + stamp.machine_id;
      like.config["description"] = TRY(with_stamp("", stamp));
      cluster.vms.emplace_hint(cluster.vms.end(), vmid, std::move(like));
      refs.push_back({stamp.owner, stamp.machine_id, stamp.id, false});
    }
    return refs;
  });
}

Result<std::int64_t> Bed::downloads() { return fake_->calls("POST", "/nodes/*/download-url"); }

Status Bed::end_sessions() {
  if (options_.otherwise.password.empty()) return Error(Code::kUnimplemented, "nobody logs in who has an API token");
  fake_->end_tickets();
  return {};
}

Result<std::int64_t> Bed::logins() { return fake_->calls("POST", "/access/ticket"); }

Status Bed::clean() {
  fake_->with_faults([](fakes::pve::Faults& faults) {
    faults.clear();
    faults.forget_calls();
  });
  fake_->with([](Cluster& cluster) {
    cluster.vms.clear();
    cluster.timing.statistics = kStatistics;
    remove_volumes(cluster, std::nullopt);
  });
  // Or it would read each of them once more.
  return std::exchange(is_crowded_, false) ? restart_provider() : Status();
}

}  // namespace rig::proxmox
