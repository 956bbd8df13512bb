// libvirt/live/host.cc — the environment, the fixture, and main().
#include "hypervisor/libvirt/live/host.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "base/uuid.h"
#include "hypervisor/libvirt/event_loop.h"
#include "hypervisor/libvirt/inventory.h"
#include "hypervisor/libvirt/volumes.h"

namespace rig::libvirt::live {

using provider::MachineRef;
using provider::MachineSpec;
using provider::TaskState;

const Environment& environment() {
  static const Environment found = [] {
    const auto value = [](const char* name) {
      return std::string(std::getenv(name) == nullptr ? "" : std::getenv(name));
    };
    return Environment{value("RIG_TEST_LIBVIRT_URI"), value("RIG_TEST_GUEST_IMAGE"), value("RIG_TEST_LIBVIRT_POOL_DIR"),
                       value("RIG_TEST_HOST_EXEC")};
  }();
  return found;
}

Call within(Duration time) { return {std::chrono::steady_clock::now() + time, {}, "live-test"}; }

virConnectPtr Outside::get() {
  const auto answers = [this] {
    unsigned long version = 0;
    if (session_ != nullptr && virConnectGetLibVersion(session_.get(), &version) == 0) return true;
    session_ = Session(virConnectOpen(environment().uri.c_str()), virConnectClose);
    return session_ != nullptr;
  };
  EXPECT_TRUE(eventually(std::chrono::seconds(30), answers)) << "libvirtd is not started again";
  return session_.get();
}

LiveTest::LiveTest() {
  start_event_loop();
  options_.endpoint = environment().uri;
  options_.virt_type = "qemu";
  options_.image_folders = {environment().guest_image.substr(0, environment().guest_image.rfind('/'))};
  volumes_before_ = volume_names();
  restart_provider();
}

LiveTest::~LiveTest() {
  provider_.reset();
  for (const std::string& id : machine_ids_) {
    if (const Domain left{virDomainLookupByUUIDString(outside(), id.c_str())}) {
      virDomainDestroy(left.get());
      virDomainUndefineFlags(left.get(), VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_MANAGED_SAVE);
    }
  }
  const Pool pool{virStoragePoolLookupByName(outside(), "default")};
  for (const std::string& name : volume_names()) {
    if (std::ranges::find(volumes_before_, name) == volumes_before_.end()) (void)remove_volume(pool.get(), name);
  }
}

void LiveTest::restart_provider() {
  provider_.reset();
  provider_ = std::move(*open(options_, clock_));
}

MachineSpec LiveTest::small(const std::string& name) {
  MachineSpec spec;
  spec.display_name = name + "-" + random_suffix(5);
  spec.hostname = name;
  spec.memory_mib = 192;
  spec.image = {environment().guest_image, "qcow2"};
  provider::NicSpec nic;
  nic.name = "eth0";
  nic.network = "default";
  const std::string tail = random_uuid();
  nic.mac = "52:54:00:" + tail.substr(0, 2) + ":" + tail.substr(2, 2) + ":" + tail.substr(4, 2);
  spec.nics = {nic};
  spec.seed.user_data = "#cloud-config\nhostname: " + name + "\n";
  spec.seed.meta_data = "instance-id: " + name + "\n";
  return spec;
}

MachineRef LiveTest::reserve(const MachineSpec& spec) {
  const provider::Owner owner{"cluster-1", "default", spec.hostname, random_uuid()};
  const MachineRef ref = *provider().reserve(owner, random_uuid(), spec, within(std::chrono::seconds(10)));
  machine_ids_.push_back(ref.machine_id);
  return ref;
}

Status LiveTest::finish(const Result<provider::TaskId>& task, Duration time) {
  if (!task.ok()) return task.error();
  TaskState state;
  const bool over = eventually(time, [&] {
    state = *provider().poll(*task, within(std::chrono::seconds(5)));
    return state.phase != TaskState::Phase::kRunning;
  });
  if (!over) return Error(Code::kDeadlineExceeded, "task still runs: " + state.step);
  if (state.phase == TaskState::Phase::kFailed) return *state.error;
  if (state.phase == TaskState::Phase::kForgotten) return Error(Code::kNotFound, "task is forgotten");
  return {};
}

provider::Machine LiveTest::describe(const MachineRef& ref) {
  auto machine = provider().describe(ref, within(std::chrono::seconds(10)));
  EXPECT_TRUE(machine.ok()) << machine.error().to_string();
  return machine.ok() ? *machine : provider::Machine{};
}

MachineRef LiveTest::running(const MachineSpec& spec) {
  const MachineRef ref = reserve(spec);
  const auto created = finish(provider().create(ref, spec, within(std::chrono::seconds(10))));
  EXPECT_TRUE(created.ok()) << created.error().to_string();
  const auto started = finish(provider().power_on(ref, within(std::chrono::seconds(10))));
  EXPECT_TRUE(started.ok()) << started.error().to_string();
  return ref;
}

std::string LiveTest::booted(const MachineRef& ref) {
  provider::Machine machine;
  EXPECT_TRUE(eventually(kBootMax,
                         [&] {
                           machine = describe(ref);
                           return machine.addresses_read_at && !machine.addresses.empty();
                         }))
      << "no address of " << ref.id;
  return machine.addresses.empty() ? "" : machine.addresses.front();
}

Domain LiveTest::domain(const MachineRef& ref) {
  return Domain(virDomainLookupByUUIDString(outside(), ref.machine_id.c_str()));
}

std::vector<std::string> LiveTest::volume_names(const std::string& pool_name) {
  const Pool pool{virStoragePoolLookupByName(outside(), pool_name.c_str())};
  virStoragePoolRefresh(pool.get(), 0);
  const auto volumes = owned_list<Volume>(
      [&](virStorageVolPtr** out) { return virStoragePoolListAllVolumes(pool.get(), out, 0U); }, "list");
  std::set<std::string> names;
  for (const Volume& volume : *volumes) names.insert(virStorageVolGetName(volume.get()));
  return {names.begin(), names.end()};
}

Status LiveTest::virsh_destroy(const MachineRef& ref) { return done(virDomainDestroy(domain(ref).get()), "destroy"); }

}  // namespace rig::libvirt::live

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const auto& environment = rig::libvirt::live::environment();
  if (environment.uri.empty() || environment.guest_image.empty() || environment.pool_folder.empty() ||
      environment.exec.empty()) {
    std::fprintf(stderr,
                 "these tests need a host (tools/lab/host up): set RIG_TEST_LIBVIRT_URI, RIG_TEST_GUEST_IMAGE, "
                 "RIG_TEST_LIBVIRT_POOL_DIR, RIG_TEST_HOST_EXEC\n");
    return 2;
  }
  return RUN_ALL_TESTS();
}
