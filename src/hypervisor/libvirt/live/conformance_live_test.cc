// libvirt/live/conformance_live_test.cc — every promise of a provider, kept by this one on a real host.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/run_test.h"
#include "base/text.h"
#include "base/uuid.h"
#include "http/server.h"
#include "hypervisor/libvirt/image_store.h"
#include "hypervisor/libvirt/live/host.h"
#include "hypervisor/libvirt/live/proxy.h"
#include "provider/conformance/gtest.h"
#include "provider/conformance/served_test.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::MachineSpec;
using provider::Power;
using provider::Provider;
using provider::conformance::Fault;
using provider::conformance::Served;
using provider::conformance::Subject;

std::string socket_of(const std::string& uri) { return uri.substr(uri.find("socket=") + 7); }

// The provider speaks to the host through a proxy, this class directly.
class LibvirtHost final : public provider::conformance::Host {
 public:
  LibvirtHost() : proxy_(socket_of(environment().uri)) {
    options_.endpoint = "qemu+unix:///system?socket=" + proxy_.path();
    options_.virt_type = "qemu";
    (void)restart_provider();
  }
  Provider& provider() { return *provider_; }
  // Told before the provider goes, and when the next one is there.
  void on_restart(std::function<void()> before, std::function<void(Provider&)> after) {
    before_ = std::move(before);
    (after_ = std::move(after))(*provider_);
  }

  Result<std::vector<std::string>> machine_names() override {
    std::vector<std::string> names;
    for (const Domain& domain : TRY(owned_list<Domain>(
             [&](virDomainPtr** out) { return virConnectListAllDomains(outside_.get(), out, 0); }, "list"))) {
      names.emplace_back(virDomainGetName(domain.get()));
    }
    return names;
  }
  // The mark beside a fetched image is no disk and no image.
  Result<std::vector<std::string>> volumes() override {
    const Pool pool = default_pool();
    std::vector<std::string> names;
    for (const Volume& volume : TRY(owned_list<Volume>(
             [&](virStorageVolPtr** out) { return virStoragePoolListAllVolumes(pool.get(), out, 0); }, "list"))) {
      const std::string name = virStorageVolGetName(volume.get());
      if (!name.ends_with(".ready")) names.push_back(name);
    }
    return names;
  }
  Status add_foreign_machine(const std::string& name, const std::string& uuid) override {
    const std::string xml = "<domain type='qemu'><name>" + name + "</name><uuid>" + uuid +
                            "</uuid><memory>1024</memory><os><type>hvm</type></os></domain>";
    TRY(owned<Domain>(virDomainDefineXML(outside_.get(), xml.c_str()), "define"));
    return {};
  }
  Result<std::string> fingerprint(const std::string& name) override {
    return text(virDomainGetXMLDesc(named(name).get(), VIR_DOMAIN_XML_INACTIVE), "describe");
  }
  Status set_power(const std::string& id, Power power) override {
    const Domain domain = named(id);
    switch (power) {
      case Power::kOn: return done(virDomainCreate(domain.get()), "start");
      case Power::kOff: return done(virDomainDestroy(domain.get()), "destroy");
      case Power::kPaused: return done(virDomainSuspend(domain.get()), "suspend");
      case Power::kSuspended: break;
    }
    return Error(Code::kUnimplemented, "the test guest cannot sleep (no suspend to memory under emulation)");
  }
  Status erase(const std::string& id) override {
    const Domain domain = named(id);
    char uuid[VIR_UUID_STRING_BUFLEN];
    virDomainGetUUIDString(domain.get(), uuid);
    virDomainDestroy(domain.get());
    TRY(done(virDomainUndefineFlags(domain.get(), VIR_DOMAIN_UNDEFINE_NVRAM), "undefine"));
    return remove_volumes(uuid);
  }
  Status edit(const std::string& id) override {
    return done(virDomainSetMetadata(named(id).get(), VIR_DOMAIN_METADATA_DESCRIPTION, "by hand", nullptr, nullptr,
                                     VIR_DOMAIN_AFFECT_CONFIG),
                "edit");
  }
  Status restart_provider() override {
    if (before_) before_();
    provider_.reset();
    proxy_.revive();
    provider_ = std::move(*open(options_, clock_));
    const auto is_connected = [this] {
      const auto health = provider_->check(within(1s));
      return health.ok() && health->ok;
    };
    if (!eventually(30s, is_connected)) return Error(Code::kUnavailable, "the provider does not connect");
    if (after_) after_(*provider_);
    return {};
  }
  Result<std::int64_t> calls() override { return calls_made.load(); }
  Result<std::string> seed_bytes(const std::string& id, std::string_view document) override {
    char uuid[VIR_UUID_STRING_BUFLEN];
    virDomainGetUUIDString(named(id).get(), uuid);
    const std::string image = environment().pool_folder + "/" + seed_volume(uuid);
    return run({"isoinfo", "-R", "-i", image, "-x", "/" + std::string(document)}).output;
  }
  Result<std::string> log() override { return join(log::last_lines(), "\n"); }
  Result<bool> plan_fault(std::optional<Fault> fault, int effect) override {
    const bool happened = proxy_.happened();
    const auto after = [&] { return *fault == Fault::kKilled ? Proxy::After::kDead : Proxy::After::kReplyLost; };
    proxy_.plan(fault ? std::optional(after()) : std::nullopt, effect);
    return happened;
  }
  Result<bool> doubt(int kind) override {
    kind == 0 ? proxy_.die() : proxy_.revive();
    return kind == 0;
  }
  // Its QEMU stands still while somebody asks it something. libvirt keeps everybody else waiting for 30 seconds, and
  // says then by which call the machine is held.
  Result<std::string> hold(const std::string& id) override {
    held_ = trim(run({environment().exec, "cat", "/run/libvirt/qemu/" + id + ".pid"}).output);
    if (run({environment().exec, "kill", "-STOP", held_}).status != 0)
      return Error(Code::kUnavailable, "QEMU of " + id + " cannot be stopped");
    holder_ = std::jthread([domain = std::make_shared<Domain>(named(id))] {
      virDomainBlockInfo info{};
      virDomainGetBlockInfo(domain->get(), "vda", &info, 0);
    });
    virDomainControlInfo control{};
    const Domain domain = named(id);
    const auto is_held = [&] {
      return virDomainGetControlInfo(domain.get(), &control, 0) == 0 && control.state != VIR_DOMAIN_CONTROL_OK;
    };
    if (!eventually(10s, is_held)) return Error(Code::kUnavailable, id + " is not held");
    return std::string("remoteDispatchDomainGetBlockInfo");
  }
  Status let_go(const std::string&) override {
    if (!held_.empty()) run({environment().exec, "kill", "-CONT", std::exchange(held_, "")});
    holder_ = {};
    return {};
  }
  Status clean() override {
    proxy_.revive();
    TRY(let_go(""));
    for (const std::string& name : TRY(machine_names())) {
      if (name.starts_with("conf-")) TRY(erase(name));
    }
    return remove_volumes("");
  }

 private:
  Domain named(const std::string& name) { return Domain{virDomainLookupByName(outside_.get(), name.c_str())}; }
  Pool default_pool() { return Pool{virStoragePoolLookupByName(outside_.get(), "default")}; }
  Status remove_volumes(const std::string& prefix) {
    const Pool pool = default_pool();
    for (const std::string& name : TRY(volumes())) {
      if (name.starts_with(prefix)) TRY(remove_volume(pool.get(), name));
    }
    return {};
  }

  const SystemClock clock_{};
  Outside outside_;
  Proxy proxy_;
  Options options_;
  std::unique_ptr<Provider> provider_;
  std::function<void()> before_;
  std::function<void(Provider&)> after_;
  std::string held_;  // PID of a QEMU that stands still
  std::jthread holder_;
};

// A pool without room, as a tmpfs that only the host sees.
class SmallPool {
 public:
  SmallPool() : name_("rig-conf-" + random_suffix(6)), folder_("/tmp/" + name_) {
    std::filesystem::create_directories(folder_);
    EXPECT_EQ(run({environment().exec, "mount", "-t", "tmpfs", "-o", "size=2m", "none", folder_}).status, 0);
    outside_ = Session(virConnectOpen(environment().uri.c_str()), virConnectClose);
    pool_ = Pool{virStoragePoolCreateXML(outside_.get(), folder_pool_xml(name_, folder_).c_str(), 0)};
  }
  ~SmallPool() {
    virStoragePoolDestroy(pool_.get());
    run({environment().exec, "umount", folder_});
    std::filesystem::remove(folder_);
  }
  const std::string& name() const { return name_; }

 private:
  std::string name_, folder_;
  Session outside_;
  Pool pool_;
};

// A host and everything around it: the image's server, the small pool, a wire in front of the provider if asked for.
struct Bed {
  explicit Bed(const char* name) {
    guest = *read_file(environment().guest_image, 1U << 30);
    server = std::move(*http::Server::start({}, [this](const http::ServerRequest&, http::Responder& out) {
      out.send({200, {}, guest});
    }));
    subject.name = name;
    subject.host = &host;
    subject.provider = [this]() -> Provider& { return host.provider(); };
    subject.boot_time = kBootMax;
    subject.idle_calls_per_second = 1;
    subject.wait = pause_between_looks;
    provider::NicSpec nic;
    nic.name = "eth0";
    nic.network = "default";
    subject.small.memory_mib = 192;
    subject.small.root_disk_bytes = 512 << 20;  // more than twice the image's
    subject.small.nics = {nic};
    subject.small.seed.meta_data = "instance-id: conformance\n";
    subject.image = {
        "small", "small",           "",       "http://127.0.0.1:" + std::to_string(server->port()) + "/guest.qcow2",
        "qcow2", sha256_hex(guest), "sha256", ""};
    subject.stubborn = subject.small;  // nothing to boot, so nobody hears
    subject.stubborn->root_disk_bytes = 1 << 20;
    subject.too_large = subject.small;
    subject.too_large->disks = {{"data", 64LL << 20, "thick", pool.name()}};
  }

  LibvirtHost host;
  SmallPool pool;
  std::string guest;
  std::unique_ptr<http::Server> server;
  Subject subject;
};

Subject& in_process() {
  static Bed bed("libvirt in process");
  return bed.subject;
}

// Machines are not waited for here: what a guest does is no matter of the transport.
Subject& over_grpc() {
  static Bed bed("libvirt over gRPC");
  bed.subject.boot_time = {};
  static Served served(bed.host, bed.subject);
  return served.subject;
}

// What does not apply, and why.
const std::set<std::string_view> kNotApplicable = {
    "create_from_our_own_machine",  // images are files, and no machine is one
    "create_source_ambiguous",
    "describe_suspended",            // the test guest cannot sleep
    "moved_by_host",                 // there is one host
    "remove_raced_by_id_reuse",      // a removal goes by the UUID, which nobody else gets
    "session_expiry_single_flight",  // nobody logs in
    "watch_10000",                   // so many would have to be made one by one
};
std::set<std::string_view> and_not_over_grpc() {
  std::set<std::string_view> all = kNotApplicable;
  all.insert("power_off_graceful_obeys");
  return all;
}

const bool kRegistered =
    provider::conformance::register_cases("ConformanceOfLibvirtInProcess", &in_process, kNotApplicable) &&
    provider::conformance::register_cases("ConformanceOfLibvirtOverGrpc", &over_grpc, and_not_over_grpc());

TEST(ConformanceOfLibvirt, IsRegistered) { EXPECT_TRUE(kRegistered); }

}  // namespace
}  // namespace rig::libvirt::live
