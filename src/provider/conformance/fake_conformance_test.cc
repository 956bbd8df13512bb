// provider/conformance/fake_conformance_test.cc — the fake keeps every promise, in process and over gRPC.

#include <condition_variable>

#include "base/digest.h"
#include "base/eventually_test.h"
#include "base/folder_test.h"
#include "base/log.h"
#include "base/text.h"
#include "base/uuid.h"
#include "provider/conformance/gtest.h"
#include "provider/fake/fake_provider.h"
#include "provider/wire/transport.h"
#include "provider/wire/tsan_test.h"

namespace rig::provider::conformance {
namespace {

using std::chrono::milliseconds;

const std::string kImage = "a small image, 4096 bytes or so" + std::string(4096, '.');

fake::Options options() {
  fake::Options all;
  all.create = all.remove = all.power = all.apply = all.image = milliseconds(10);
  all.boot = milliseconds(10);
  all.sources = {{"/images/small.raw", kImage}};
  return all;
}

class FakeHost final : public Host {
 public:
  fake::FakeProvider& provider() { return fake_; }

  Result<std::vector<std::string>> machine_names() override {
    std::vector<std::string> names;
    for (const Machine& machine : fake_.machines()) names.push_back(machine.ref.id);
    return names;
  }
  Result<std::vector<std::string>> volumes() override { return fake_.volumes(); }
  Status add_foreign_machine(const std::string& name, const std::string& uuid) override {
    Machine machine;
    machine.ref.id = name;
    machine.ref.machine_id = uuid;
    fake_.add_foreign(machine);
    return {};
  }
  Result<std::string> fingerprint(const std::string& name) override {
    for (const Machine& machine : fake_.machines()) {
      if (machine.ref.id != name) continue;
      const MachineSpec& is = machine.configured;
      return machine.ref.machine_id + machine.ref.owner.uid + machine.version + std::to_string(is.cpus) +
             std::to_string(is.memory_mib) + std::to_string(is.root_disk_bytes) + std::to_string(is.disks.size());
    }
    return Error(Code::kNotFound, "no machine " + name);
  }
  Status set_power(const std::string& id, Power power) override {
    fake_.set_power(id, power);
    return {};
  }
  Status erase(const std::string& id) override {
    fake_.erase(id);
    return {};
  }
  Status edit(const std::string& id) override {
    fake_.edit(id, [](MachineSpec& spec) { spec.tags.push_back("edited"); });
    return {};
  }
  Status restart_provider() override {
    fake_.forget_tasks();
    return {};
  }
  Result<std::int64_t> calls() override { return fake_.mutations(); }
  Result<std::string> seed_bytes(const std::string& id, std::string_view document) override {
    const Seed seed = fake_.seed(id);
    if (document == "user-data") return seed.user_data;
    return document == "meta-data" ? seed.meta_data : seed.network_config;
  }
  Result<std::string> log() override { return join(log::last_lines(), "\n"); }
  Result<bool> plan_fault(std::optional<Fault> fault, int effect) override {
    const bool happened = has_happened_;
    has_happened_ = false;
    if (!fault) {
      fake_.on_effect({});
      return happened;
    }
    fake_.on_effect([this, fault, effect](std::string_view, std::string_view) mutable {
      if (has_happened_ || effect-- > 0) return fake::After::kGoOn;
      has_happened_ = true;
      return *fault == Fault::kKilled ? fake::After::kKilled : fake::After::kReplyLost;
    });
    return happened;
  }
  Result<bool> doubt(int kind) override {
    fake_.set_available(kind > 0);
    return kind == 0;
  }
  Result<std::vector<MachineRef>> add_machines(const MachineRef& model, std::size_t count) override {
    std::vector<MachineRef> refs;
    for (Machine machine : fake_.machines()) {
      if (machine.ref != model) continue;
      for (std::size_t i = 0; i < count; ++i) {
        machine.ref.id = model.id + "-" + std::to_string(i);
        machine.ref.machine_id = machine.ref.owner.uid = random_uuid();
        fake_.add_foreign(machine);
        refs.push_back(machine.ref);
      }
    }
    return refs;
  }
  Status clean() override {
    fake_.set_available(true);
    fake_.on_effect({});
    fake_.forget_tasks();
    for (const Machine& machine : fake_.machines()) fake_.erase(machine.ref.id);
    return {};
  }

 private:
  SystemClock clock_;
  std::atomic<bool> has_happened_ = false;
  fake::FakeProvider fake_{clock_, options()};
};

Subject subject_of(const char* name, Host& host, std::function<Provider&()> provider) {
  Subject subject{name, std::move(provider), &host, {}, {}, std::chrono::seconds(10), pause_between_looks, {}, {}};
  subject.small.root_disk_bytes = 8LL << 20;
  subject.small.nics = {{"eth0", "", "default", "", "", {}, {}, {}}};
  subject.image = {"small", "small", "/images/small.raw", "", "raw", sha256_hex(kImage), "sha256", ""};
  subject.idle_calls_per_second = 0;
  subject.stubborn = subject.small;
  subject.stubborn->extra_config = {{std::string(fake::kShutdown), "ignored"}};
  subject.too_large = subject.small;
  subject.too_large->disks = {{"data", 2 * options().storage_bytes, "", ""}};
  return subject;
}

Subject& in_process() {
  static FakeHost host;
  static Subject subject = subject_of("mock in process", host, []() -> Provider& { return host.provider(); });
  return subject;
}

struct Served {
  Served() {
    wire::ServerOptions served;
    served.address = "unix:" + folder / "s";
    server = wire::serve(host.provider(), served).take();
    client = wire::connect(served.address, {}).take();
  }
  FakeHost host;
  const TestFolder folder;
  std::unique_ptr<wire::Server> server;
  std::unique_ptr<Provider> client;
};

Subject& over_grpc() {
  static Served served;
  static Subject subject = subject_of("mock over gRPC", served.host, []() -> Provider& { return *served.client; });
  return subject;
}

const std::set<std::string_view> kNotApplicable = {
    "create_from_our_own_machine",  // images are files, and no machine is one
    "create_source_ambiguous",
    "lock_contention_backs_off",  // nobody holds machines
    "moved_by_host",              // there is one host
    "remove_raced_by_id_reuse",   // a removal looks and acts at once
    "session_expiry_single_flight",
};

const bool kRegistered = register_cases("ConformanceOfFakeInProcess", &in_process, kNotApplicable) &&
                         register_cases("ConformanceOfFakeOverGrpc", &over_grpc, kNotApplicable);

TEST(Conformance, RegistersEveryCaseOnce) {
  EXPECT_TRUE(kRegistered);
  std::set<std::string_view> names;
  for (const Case& which : cases()) EXPECT_TRUE(names.insert(which.name).second) << which.name;
  EXPECT_GE(names.size(), 60U);
}

}  // namespace
}  // namespace rig::provider::conformance
