// tests/bench/provider_bench.cc — what a provider costs its hypervisor, its users and this machine: the built program
// in front of a fake that counts. Another hypervisor's is one more Lab.
//
//   provider_bench [MACHINES]        1,000
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "base/folder_test.h"
#include "base/text.h"
#include "base/uuid.h"
#include "bench/figures.h"
#include "e2e/standalone.h"
#include "fakes/pve/server.h"
#include "fleet/child.h"
#include "hypervisor/proxmox/stamp.h"
#include "provider/wire/transport.h"

namespace rig::e2e {
namespace {

using namespace std::chrono_literals;
using fakes::pve::Cluster;
using provider::Machine;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;
using Clock = std::chrono::steady_clock;

constexpr char kCluster[] = "bench";
constexpr Duration kPatience = 2min;
constexpr int kSamples = 50;

Call call(Duration time = kPatience) { return {Clock::now() + time, {}, "bench"}; }

// A hypervisor that is not there, and what its provider is started with.
class Lab {
 public:
  virtual ~Lab() = default;
  virtual std::string type() const = 0;
  virtual std::map<std::string, std::string> environment() const = 0;
  virtual std::map<std::string, std::string> credentials() const = 0;
  virtual MachineSpec small() const = 0;
  virtual provider::ImageRequest image() const = 0;
  virtual std::vector<MachineRef> fill(const MachineRef& model, std::size_t count) = 0;  // machines like that one
  virtual std::int64_t calls() = 0;                                                      // to the hypervisor, so far
  virtual std::int64_t bytes() = 0;                                                      // of its answers
  virtual void set_power(const std::string& id, bool on) = 0;
};

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

// The built program, served on a socket, and a connection to it.
class Served {
 public:
  explicit Served(Lab& lab) {
    const std::string socket = folder_ / "s", secrets = folder_ / "credentials";
    (void)make_folder(secrets, 0700);
    for (const auto& [name, text] : lab.credentials()) (void)write_file(secrets + "/" + name, text);
    fleet::Program with{.path = program("provider-" + lab.type()),
                        .arguments = {"--socket", socket, "--credentials-dir", secrets},
                        .environment = lab.environment(),
                        .log_file = folder_ / "log"};
    with.environment["LOG_LEVEL"] = "warn";
    with.environment["PROVIDER_TYPE"] = lab.type();
    child_ = fleet::Child::start(with).take();
    provider_ = provider::wire::connect("unix:" + socket, {}).take();
  }
  ~Served() {
    provider_.reset();
    child_.reset();
  }
  provider::Provider& operator*() { return *provider_; }
  provider::Provider* operator->() { return provider_.get(); }
  pid_t pid() const { return child_->pid(); }

 private:
  const TestFolder folder_;
  std::unique_ptr<fleet::Child> child_;
  std::unique_ptr<provider::Provider> provider_;
};

// What a watch tells, and when.
class Watch {
 public:
  explicit Watch(provider::Provider& provider)
      : thread_([this, &provider](const std::stop_token& stop) {
          const Status ended = provider.watch(kCluster, "",
                                              [this](const provider::Event& event) {
                                                const std::lock_guard lock(mutex_);
                                                if (const auto* machine = std::get_if<Machine>(&event.what))
                                                  power_[machine->ref.id] = machine->power;
                                                synced_ =
                                                    synced_ || std::holds_alternative<provider::Synced>(event.what);
                                                changed_.notify_all();
                                                return true;
                                              },
                                              {Clock::now() + 1h, stop, "bench"});
          if (!ended.ok() && !stop.stop_requested())
            std::printf("the watch ended: %s\n", ended.error().to_string().c_str());
        }) {}
  std::size_t wait_for_sync() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return synced_; });
    return power_.size();
  }
  bool wait_for(const std::string& id, Power power) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return power_[id] == power; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Power> power_;  // guarded by mutex_
  bool synced_ = false;                 // guarded by mutex_
  std::jthread thread_;
};

Status finish(provider::Provider& provider, const Result<provider::TaskId>& task) {
  if (!task.ok()) return task.error();
  provider::TaskState state;
  const bool is_over = task->text.empty() || eventually(kPatience, [&] {
                         const auto now = provider.poll(*task, call());
                         if (now.ok()) state = *now;
                         return now.ok() && now->phase != provider::TaskState::Phase::kRunning;
                       });
  if (!is_over) return Error(Code::kDeadlineExceeded, "a task did not end");
  return state.error ? Status(*state.error) : Status();
}

// Calls of the hypervisor and bytes of its answers since it was made.
class Meter {
 public:
  explicit Meter(Lab& lab) : lab_(lab), calls_(lab.calls()), bytes_(lab.bytes()) {}
  void report(const std::string& what, double per) const {
    std::printf("%-58s %.1f calls, %.1f kB\n", what.c_str(), static_cast<double>(lab_.calls() - calls_) / per,
                static_cast<double>(lab_.bytes() - bytes_) / 1000 / per);
  }

 private:
  Lab& lab_;
  const std::int64_t calls_, bytes_;
};

Status bench_creation(Lab& lab, Served& served, const MachineSpec& spec, MachineRef& made) {
  std::vector<double> ms;
  const Meter meter(lab);
  for (int i = 0; i < 10; ++i) {
    const std::string id = random_uuid();
    const auto began = Clock::now();
    MachineRef ref = TRY(served->reserve({kCluster, "default", "model", id}, id, spec, call()));
    TRY(finish(*served, served->create(ref, spec, call())));
    ms.push_back(ms_since(began));
    if (ref.id.empty()) ref = TRY(served->describe(ref, call())).ref;
    made = ref;
  }
  report("create, of an image, on a hypervisor that takes no time", ms);
  meter.report("  each", 10);
  return {};
}

Status bench_questions(Lab& lab, Served& served, const std::vector<MachineRef>& refs) {
  std::vector<double> ms;
  {
    const Meter meter(lab);
    for (int i = 0; i < kSamples; ++i) {
      const auto began = Clock::now();
      TRY(served->describe(refs[static_cast<std::size_t>(i)], call()));
      ms.push_back(ms_since(began));
    }
    report("describe", ms);
    meter.report("  each", kSamples);
  }
  const std::size_t many = std::min<std::size_t>(500, refs.size());
  const Meter meter(lab);
  const auto began = Clock::now();
  TRY(served->describe_many(std::span(refs).first(many), call()));
  std::printf("%-58s %.0f ms\n", ("describe_many of " + std::to_string(many)).c_str(), ms_since(began));
  meter.report("  each", static_cast<double>(many));
  return {};
}

void bench_idle(Lab& lab) {
  const Meter meter(lab);
  pass(1min);
  meter.report("idle, a minute", 1);
}

// One after the other, so that the calls of each are counted apart from those of an idle minute.
void bench_changes(Lab& lab, Watch& watch, const std::vector<MachineRef>& refs) {
  std::vector<double> ms;
  const Meter meter(lab);
  const auto began = Clock::now();
  for (std::size_t i = 0; i < 10; ++i) {
    const auto changed = Clock::now();
    lab.set_power(refs[i].id, false);
    if (watch.wait_for(refs[i].id, Power::kOff)) ms.push_back(ms_since(changed));
  }
  report("power cut by somebody, to the event", ms);
  std::printf("%-58s %.0f s\n", "  ten of them, one after the other", ms_since(began) / 1000);
  meter.report("  each, idle calls of that time among them", 10);
}

Status bench_power(Lab& lab, Served& served, const std::vector<MachineRef>& refs) {
  std::vector<double> ms;
  const Meter meter(lab);
  for (std::size_t i = 0; i < 10; ++i) {
    const auto began = Clock::now();
    TRY(finish(*served, served->power_on(refs[i], call())));
    ms.push_back(ms_since(began));
  }
  report("power_on, to the end of its task", ms);
  meter.report("  each", 10);
  return {};
}

Status run_lab(Lab& lab, std::size_t count) {
  std::printf("---- %s, %zu machines\n", lab.type().c_str(), count);
  std::vector<MachineRef> refs;
  {
    Served served(lab);
    const provider::PreparedImage image = TRY(served->images().prepare(lab.image(), call()));
    TRY(finish(*served, image.task));
    MachineSpec spec = lab.small();
    spec.image = {image.location, image.format};
    MachineRef model;
    TRY(bench_creation(lab, served, spec, model));
    refs = lab.fill(model, count);
  }
  const Meter meter(lab);
  const auto began = Clock::now();
  Served served(lab);
  Watch watch(*served);
  const std::size_t seen = watch.wait_for_sync();
  std::printf("%-58s %.0f ms (%zu machines)\n", "start of the program to a watcher's Synced", ms_since(began), seen);
  meter.report("  all of it", 1);
  TRY(bench_questions(lab, served, refs));
  pass(30s);  // the last of what the questions began, and agents
  bench_idle(lab);
  bench_changes(lab, watch, refs);
  TRY(bench_power(lab, served, refs));
  std::printf("%-58s %lld KiB\n", ("resident, provider-" + lab.type()).c_str(),
              static_cast<long long>(rss_kib(served.pid())));
  return {};
}

}  // namespace
}  // namespace rig::e2e

int main(int argc, char** argv) {
  using namespace rig::e2e;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::size_t count = argc > 1 ? std::stoul(argv[1]) : 1000;
  ProxmoxLab proxmox;
  for (Lab* lab : {static_cast<Lab*>(&proxmox)}) {
    const rig::Status outcome = run_lab(*lab, count);
    if (!outcome.ok()) std::printf("%s\n", outcome.error().to_string().c_str());
    if (!outcome.ok()) return 1;
  }
}
