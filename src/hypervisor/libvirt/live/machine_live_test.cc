// libvirt/live/machine_live_test.cc — making and removing machines on a real host.
#include <algorithm>
#include <thread>

#include "base/file.h"
#include "base/uuid.h"
#include "hypervisor/libvirt/domain_xml.h"
#include "hypervisor/libvirt/live/host.h"
#include "hypervisor/libvirt/storage_xml.h"
#include "hypervisor/libvirt/volumes.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;

class MachineLive : public LiveTest {
 protected:
  Status create(const MachineRef& ref, const MachineSpec& spec) {
    return finish(provider().create(ref, spec, within(10s)));
  }
  Status remove(const MachineRef& ref) { return finish(provider().remove(ref, within(10s))); }
  std::string configuration(const std::string& name) {
    const Domain found{virDomainLookupByName(outside(), name.c_str())};
    return *text(virDomainGetXMLDesc(found.get(), VIR_DOMAIN_XML_INACTIVE), "describe");
  }
};

TEST_F(MachineLive, BootsTellsItsAddressAndLeavesNothing) {
  const auto before = volume_names();
  const auto spec = small("web");
  const auto ref = reserve(spec);
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
  EXPECT_EQ(volume_names(), before) << "reserving has no effect";
  const auto created = create(ref, spec);
  ASSERT_TRUE(created.ok()) << created.error().to_string();
  EXPECT_EQ(describe(ref).existence, Existence::kOurs);
  EXPECT_EQ(describe(ref).power, Power::kOff);

  ASSERT_TRUE(finish(provider().power_on(ref, within(10s))).ok());
  EXPECT_TRUE(booted(ref).starts_with("192.168.122.1")) << booted(ref);
  EXPECT_EQ(describe(ref).guest_hostname, "web");
  EXPECT_TRUE(describe(ref).booted_at.has_value());

  const auto removed = remove(ref);
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
  EXPECT_EQ(volume_names(), before);
  EXPECT_TRUE(remove(ref).ok()) << "removing what is gone succeeds";
}

TEST_F(MachineLive, HasEveryAskedField) {
  auto spec = small("fields");
  spec.cpus = 2;
  spec.root_disk_bytes = 1LL << 30;
  spec.disks = {{.name = "data", .size_bytes = 64 << 20, .provisioning = "thick", .storage = "default"},
                {.name = "logs", .size_bytes = 32 << 20, .provisioning = "", .storage = ""}};
  provider::NicSpec second = spec.nics[0];
  second.name = "eth1";
  second.network = "";
  second.mac.back() = second.mac.back() == '0' ? '1' : '0';
  second.model = "e1000e";
  spec.nics.push_back(second);
  const auto ref = reserve(spec);
  const auto created = create(ref, spec);
  ASSERT_TRUE(created.ok()) << created.error().to_string();

  const auto machine = describe(ref);
  EXPECT_EQ(machine.ref, ref);
  EXPECT_EQ(machine.running, machine.configured);
  auto expected = spec;
  expected.seed = {};
  expected.hostname = "";
  expected.placement.storage = "default";
  for (auto& disk : expected.disks) disk.provisioning = "", disk.storage = "default";
  expected.nics[0].model = "virtio";
  EXPECT_EQ(machine.configured, expected);
  EXPECT_TRUE(provider().plan(ref, spec, within(10s))->changes.empty())
      << provider().plan(ref, spec, within(10s))->changes[0].path;
}

TEST_F(MachineLive, BootsByUefiAndWithAStaticAddressOfTheSeed) {
  auto spec = small("uefi");
  spec.firmware = provider::Firmware::kUefi;
  spec.seed.network_config = "version: 2\nethernets:\n  nic:\n    match: {macaddress: '" + spec.nics[0].mac +
                             "'}\n    addresses: [192.168.122.77/24]\n";
  const auto ref = running(spec);
  EXPECT_EQ(booted(ref), "192.168.122.77");
  EXPECT_EQ(describe(ref).configured.firmware, provider::Firmware::kUefi);
  const auto removed = remove(ref);
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
}

TEST_F(MachineLive, StartsWithSecureBoot) {
  auto spec = small("secure");
  spec.firmware = provider::Firmware::kUefi;
  spec.secure_boot = true;
  const auto ref = running(spec);
  EXPECT_EQ(describe(ref).power, Power::kOn);
  EXPECT_TRUE(describe(ref).running.secure_boot);
  const auto removed = remove(ref);
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
}

TEST_F(MachineLive, WithATpmLeavesNothing) {
  auto spec = small("tpm");
  spec.tpm = true;
  const auto ref = reserve(spec);
  ASSERT_TRUE(create(ref, spec).ok());
  EXPECT_TRUE(describe(ref).configured.tpm);
  const auto removed = remove(ref);
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
}

TEST_F(MachineLive, WhoseVolumeIsAwayIsStillToldOfAndNotPlanned) {
  const auto spec = small("away");
  const auto ref = reserve(spec);
  ASSERT_TRUE(create(ref, spec).ok());
  const Pool pool{virStoragePoolLookupByName(outside(), "default")};
  ASSERT_TRUE(remove_volume(pool.get(), root_volume(ref.machine_id)).ok());
  EXPECT_EQ(describe(ref).existence, Existence::kOurs);
  EXPECT_EQ(provider().plan(ref, spec, within(10s)).error().code(), Code::kFailedPrecondition);
  ASSERT_TRUE(remove(ref).ok());
}

TEST_F(MachineLive, CreateTwiceAndAtTheSameTimeMakesOne) {
  const auto spec = small("twice");
  const auto ref = reserve(spec);
  std::vector<std::jthread> callers;
  std::vector<Status> outcomes(4);
  for (Status& outcome : outcomes) {
    callers.emplace_back([&] { outcome = finish(provider().create(ref, spec, within(10s))); });
  }
  callers.clear();
  for (const Status& outcome : outcomes) EXPECT_TRUE(outcome.ok()) << outcome.error().to_string();
  EXPECT_EQ(std::ranges::count_if(volume_names(), [&](const auto& name) { return name.starts_with(ref.machine_id); }),
            2);
  const std::string version = describe(ref).version;
  ASSERT_TRUE(create(ref, spec).ok());
  EXPECT_EQ(describe(ref).version, version);
}

TEST_F(MachineLive, DoesNotTouchAForeignNamesake) {
  const auto spec = small("foreign");
  const auto ref = reserve(spec);
  const std::string uuid = random_uuid();
  const std::string xml = "<domain type='qemu'><name>" + spec.display_name + "</name><uuid>" + uuid +
                          "</uuid><memory>1024</memory><os><type>hvm</type></os></domain>";
  const Domain foreign{virDomainDefineXML(outside(), xml.c_str())};
  ASSERT_NE(foreign, nullptr);
  const std::string before = configuration(spec.display_name);
  const auto volumes = volume_names();

  const auto created = create(ref, spec);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code(), Code::kAlreadyExists);
  EXPECT_NE(created.error().message().find(spec.display_name), std::string::npos);
  EXPECT_EQ(describe(ref).existence, Existence::kForeign);
  for (const auto& refused :
       {finish(provider().power_on(ref, within(10s))), finish(provider().power_off(ref, {}, within(10s))),
        finish(provider().reboot(ref, clock_.wall(), within(10s))), remove(ref)}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code(), Code::kFailedPrecondition);
  }
  EXPECT_EQ(configuration(spec.display_name), before);
  EXPECT_EQ(volume_names(), volumes);
  virDomainUndefine(foreign.get());
}

TEST_F(MachineLive, DoesNotTouchADomainOfItsUuidWithAnotherStampOrNone) {
  for (const std::string& stamp :
       {std::string(), std::string("<metadata><rig:machine xmlns:rig='") + kStampUri +
                           "' id='ID' cluster='cluster-2' " + "namespace='n' name='m' uid='u'/></metadata>"}) {
    const auto spec = small("uuid");
    const auto ref = reserve(spec);
    std::string metadata = stamp;
    if (const auto at = metadata.find("ID"); at != std::string::npos) metadata.replace(at, 2, ref.machine_id);
    const std::string name = "other-" + ref.machine_id.substr(0, 8);
    const std::string xml = "<domain type='qemu'><name>" + name + "</name><uuid>" + ref.machine_id + "</uuid>" +
                            metadata + "<memory>1024</memory><os><type>hvm</type></os></domain>";
    const Domain foreign{virDomainDefineXML(outside(), xml.c_str())};
    ASSERT_NE(foreign, nullptr);
    const std::string before = configuration(name);
    const auto created = create(ref, spec);
    ASSERT_FALSE(created.ok());
    EXPECT_EQ(created.error().code(), Code::kAlreadyExists) << created.error().to_string();
    const auto removed = remove(ref);
    ASSERT_FALSE(removed.ok());
    EXPECT_EQ(removed.error().code(), Code::kFailedPrecondition);
    EXPECT_EQ(describe(ref).existence, Existence::kForeign);
    EXPECT_EQ(configuration(name), before);
  }
}

TEST_F(MachineLive, RemoveTakesItsOwnDisksAndNobodyElses) {
  const auto before = volume_names();
  auto spec = small("exact");
  spec.disks = {{.name = "data", .size_bytes = 1 << 20, .provisioning = "", .storage = ""}};
  const auto ref = running(spec);
  const auto neighbour_spec = small("neighbour");
  const auto neighbour = reserve(neighbour_spec);
  ASSERT_TRUE(create(neighbour, neighbour_spec).ok());

  const Pool pool{virStoragePoolLookupByName(outside(), "default")};
  const std::string foreign = ref.machine_id + "-root.qcow2.bak";
  ASSERT_TRUE(make_volume(outside(), pool.get(), foreign, "theirs").ok());
  const std::string attached = "foreign-" + ref.machine_id + ".raw";
  const auto path = make_volume(outside(), pool.get(), attached, std::string(512, 'x'));
  ASSERT_TRUE(path.ok());
  const std::string disk = "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='" + *path +
                           "'/><target dev='vdt' bus='virtio'/></disk>";
  ASSERT_EQ(virDomainAttachDeviceFlags(domain(ref).get(), disk.c_str(), VIR_DOMAIN_AFFECT_CONFIG), 0);

  ASSERT_TRUE(remove(ref).ok());
  auto expected = before;
  for (const std::string& name :
       {foreign, attached, root_volume(neighbour.machine_id), seed_volume(neighbour.machine_id)}) {
    expected.push_back(name);
  }
  std::ranges::sort(expected);
  EXPECT_EQ(volume_names(), expected);
  EXPECT_EQ(describe(neighbour).existence, Existence::kOurs);
  EXPECT_TRUE(read_file(environment().guest_image, 1U << 30).ok());
}

TEST_F(MachineLive, RemoveTakesSnapshotsAndSavedStatesWithIt) {
  const auto ref = running(small("snapshots"));
  const auto created = owned<Domain>(domain(ref).release(), "");
  const virDomainSnapshotPtr snapshot =
      virDomainSnapshotCreateXML(created->get(), "<domainsnapshot><name>s</name></domainsnapshot>", 0);
  ASSERT_NE(snapshot, nullptr) << last_error("snapshot").to_string();
  virDomainSnapshotFree(snapshot);
  ASSERT_EQ(virDomainManagedSave(created->get(), 0), 0);
  const auto removed = remove(ref);
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
}

TEST_F(MachineLive, LeftoversOfACreateThatWasCutOffAreMadeAnewOrSwept) {
  const auto before = volume_names();
  const auto spec = small("leftover");
  const auto ref = reserve(spec);
  const Pool pool{virStoragePoolLookupByName(outside(), "default")};
  ASSERT_TRUE(make_volume(outside(), pool.get(), root_volume(ref.machine_id), "half of something").ok());
  ASSERT_TRUE(make_volume(outside(), pool.get(), disk_volume(ref.machine_id, "old"), "half of something").ok());
  EXPECT_EQ(describe(ref).existence, Existence::kPartial);  // nobody may take it for gone while a disk is left
  ASSERT_TRUE(create(ref, spec).ok());
  EXPECT_EQ(describe(ref).configured.image.location, environment().guest_image);
  ASSERT_TRUE(remove(ref).ok());
  EXPECT_EQ(volume_names(), before);

  ASSERT_TRUE(make_volume(outside(), pool.get(), root_volume(ref.machine_id), "half of something").ok());
  EXPECT_EQ(describe(ref).existence, Existence::kPartial);
  ASSERT_TRUE(remove(ref).ok());
  EXPECT_EQ(volume_names(), before);
  EXPECT_EQ(describe(ref).existence, Existence::kGone);
}

TEST_F(MachineLive, ACreateThatFailsLeavesNothing) {
  const auto before = volume_names();
  struct Case {
    const char* says;
    std::function<void(MachineSpec&)> spoil;
    Code code;
  };
  const std::vector<Case> cases = {
      {"image '/nowhere/x.qcow2'", [](MachineSpec& s) { s.image.location = "/nowhere/x.qcow2"; }, Code::kNotFound},
      {"is not a label",
       [](MachineSpec& s) { s.disks = {{.name = "A", .size_bytes = 1, .provisioning = "", .storage = ""}}; },
       Code::kInvalidArgument},
      {"network 'nowhere'", [](MachineSpec& s) { s.nics[0].network = "nowhere"; }, Code::kNotFound},
      {"there are: default", [](MachineSpec& s) { s.placement.storage = "nowhere"; }, Code::kNotFound},
      {"there are: default",
       [](MachineSpec& s) {
         s.disks = {{.name = "d", .size_bytes = 1 << 20, .provisioning = "", .storage = "nowhere"}};
       },
       Code::kNotFound},
      {"define domain", [](MachineSpec& s) { s.nics[0].model = "no such model"; }, Code::kInvalidArgument},
  };
  for (const Case& c : cases) {
    auto spec = small("fails");
    const auto ref = reserve(spec);
    c.spoil(spec);
    const auto created = create(ref, spec);
    ASSERT_FALSE(created.ok()) << c.says;
    EXPECT_EQ(created.error().code(), c.code) << created.error().to_string();
    if (std::string_view(c.says) != "is not a label") {
      EXPECT_NE(created.error().to_string().find(c.says), std::string::npos) << created.error().to_string();
    }
    EXPECT_EQ(describe(ref).existence, Existence::kGone);
    EXPECT_EQ(volume_names(), before) << c.says;
  }
}

}  // namespace
}  // namespace rig::libvirt::live
