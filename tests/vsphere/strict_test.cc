// tests/vsphere/strict_test.cc — what govmomi's simulator would take in any shape or throws away, against the strict
// fake (tests/fakes/vcenter): packages with their bytes, Storage DRS, guests that are set up, hardware, limits.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/digest.h"
#include "base/uuid.h"
#include "fakes/vcenter/server.h"
#include "http/server.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/hardware.h"
#include "hypervisor/vsphere/import.h"
#include "hypervisor/vsphere/look.h"
#include "hypervisor/vsphere/package_test.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;
using fakes::vcenter::Center;
using fakes::vcenter::Fake;

void quietly(const provider::TaskProgress&) {}
Call soon() { return {.deadline = std::chrono::steady_clock::now() + 1min, .stop = {}, .request_id = {}}; }

struct Strict : testing::Test {
  Strict() {
    for (int i = 0; disk.size() < 3'000'000; ++i) disk += std::to_string(i) + " ";
    disk.resize(3'000'000);
    files["/a.ova"] = tar_file("a.ovf", kSampleDescriptor) + tar_file("d.vmdk", disk) + tar_end();
    shop = http::Server::start({}, [this](const http::ServerRequest& in, http::Responder& out) {
             out.send({.status = 200, .headers = {}, .body = files[in.target]});
           }).take();
    request.key = "key-1";
    request.name = "image";
    request.url = "http://127.0.0.1:" + std::to_string(shop->port()) + "/a.ova";
    const auto login =
        login_for(fake->url(), {"administrator@vsphere.local", "fake-vcenter-pass", fake->authority_pem(), ""},
                  /*insecure=*/false);
    session = Session::open(*login, clock).take();
    defaults.cluster = "DC0_C0";
    defaults.storage = "LocalDS_0";
  }
  Status import() { return import_image({*session, clock, defaults, true}, request, quietly, soon()); }
  bool is_there(const std::string& name) {
    return fake->with([&](Center& center) { return center.machine(name) != nullptr; });
  }
  bool has_bytes(const std::string& bytes) {
    return fake->with([&](Center& center) {
      return std::ranges::any_of(center.files, [&](const auto& file) { return file.second.data == bytes; });
    });
  }
  provider::MachineSpec small(const std::string& image) {
    provider::MachineSpec spec;
    spec.display_name = "web";
    spec.hostname = "web";
    spec.image.location = image;
    return spec;
  }
  provider::MachineRef ref() { return {{"cluster-1", "team", "web", "uid-1"}, machine_id, "", false}; }
  Result<std::string> create(const provider::MachineSpec& spec) {
    return create_machine({*session, clock, defaults, true}, ref(), spec, quietly, soon());
  }

  const SystemClock clock{};
  std::unique_ptr<Fake> fake = Fake::start(clock).take();
  std::string disk;
  std::map<std::string, std::string> files;
  std::unique_ptr<http::Server> shop;
  provider::ImageRequest request;
  std::unique_ptr<Session> session;
  provider::Placement defaults;
  const std::string machine_id = random_uuid();
};

TEST_F(Strict, ADiskThatSomebodyHasAttachedOutlivesTheMachine) {
  ASSERT_TRUE(import().ok());
  const auto id = create(small("virtrigaud-key-1"));
  ASSERT_TRUE(id.ok()) << id.error().to_string();
  const MoRef self{"VirtualMachine", *id};
  const auto disks = [&] {
    std::vector<Device> all = read_sight(*session, self, soon())->props.devices;
    std::erase_if(all, [](const Device& device) { return !is_disk(device); });
    return all;
  };
  const Device own = disks().at(0);
  ConfigSpec config;
  config.device_change = {
      {"add", "create", new_disk(*own.controller_key, 9, 1 << 30, "thin", own.backing->datastore, defaults.storage)}};
  ASSERT_TRUE(follow_task(*session, *ask(*session, Reconfigure{self, config}, soon()), quietly, soon()).ok());
  const std::string theirs = *disks().at(1).backing->file_name;

  provider::MachineRef there = ref();
  there.id = *id;
  const Status removed = remove_machine({*session, clock, defaults, true}, there, quietly, soon());
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  const auto is_left = [&](const std::string& file) {
    return fake->with([&](Center& center) { return center.files.contains(file); });
  };
  EXPECT_TRUE(is_left(theirs));
  EXPECT_FALSE(is_left(*own.backing->file_name));
}

TEST_F(Strict, AnImportedDiskHasTheBytesOfThePackage) {
  request.checksum = sha256_hex(files["/a.ova"]);
  const Status done = import();
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_TRUE(is_there("virtrigaud-key-1"));
  EXPECT_TRUE(has_bytes(disk));
  ASSERT_TRUE(import().ok()) << "found";
  EXPECT_EQ(fake->calls("ImportVApp"), 1);
  const auto made = create(small("virtrigaud-key-1"));
  ASSERT_TRUE(made.ok()) << made.error().to_string();
  EXPECT_EQ(fake->with([&](Center& center) { return center.extra_config(*made, "virtrigaud.image"); }), "");
}

TEST_F(Strict, APackageThatIsCutOffLeavesNothing) {
  files["/a.ova"].resize(1'000'000);
  EXPECT_FALSE(import().ok());
  EXPECT_FALSE(is_there("virtrigaud-key-1"));
  EXPECT_FALSE(has_bytes(disk));
}

// The disk has arrived by the time that the manifest says it is another.
TEST_F(Strict, AManifestBehindTheDisksIsHeldAgainstThem) {
  const auto package = [&](const std::string& sum) {
    return tar_file("a.ovf", kSampleDescriptor) + tar_file("d.vmdk", disk) +
           tar_file("a.mf", "SHA256(a.ovf)= " + sha256_hex(kSampleDescriptor) + "\nSHA256(d.vmdk)= " + sum + "\n") +
           tar_end();
  };
  files["/a.ova"] = package(std::string(64, '0'));
  const Status refused = import();
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kInvalidArgument)) << refused.error().to_string();
  EXPECT_NE(refused.error().message().find("file 'd.vmdk'"), std::string::npos) << refused.error().message();
  EXPECT_FALSE(is_there("virtrigaud-key-1"));
  EXPECT_FALSE(has_bytes(disk));
  files["/a.ova"] = package(sha256_hex(disk));
  const Status done = import();
  EXPECT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_TRUE(has_bytes(disk));
}

TEST_F(Strict, AMachineHasItsHardwareItsLimitsAndItsAddresses) {
  provider::MachineSpec spec = small("template");
  spec.extra_config = {{"vsphere.hardwareVersion", "21"}, {"vsphere.customization", "linux"}};
  spec.limits = {500, 2000, 4000, 256, 1024};
  spec.nics.resize(2);
  spec.nics[0].name = "eth0";
  spec.nics[0].network = "VM Network";
  spec.nics[1].name = "eth1";
  spec.nics[1].network = "DC0_DVPG0";
  spec.nics[1].addresses = {"192.0.2.7/24", "2001:db8::7/64"};
  spec.nics[1].gateways = {"192.0.2.1"};
  spec.nics[1].nameservers = {"192.0.2.53"};
  const auto made = create(spec);
  ASSERT_TRUE(made.ok()) << made.error().to_string();
  const auto sight = read_sight(*session, {"VirtualMachine", *made}, soon());
  ASSERT_TRUE(sight.ok()) << sight.error().to_string();
  EXPECT_EQ(sight->props.hardware_version, "vmx-21");
  EXPECT_EQ(limits_of(sight->props), spec.limits);
}

TEST_F(Strict, WithoutDrsAMachineStillFindsAHost) {
  fake->with([](Center& center) {
    const std::string cluster = center.called("ClusterComputeResource", "DC0_C0")->self.id;
    center.set(*center.object(cluster), "configuration.drsConfig.enabled",
               fakes::vcenter::typed("boolean", fakes::vcenter::leaf("enabled", false)));
    return true;
  });
  const auto made = create(small("template"));
  ASSERT_TRUE(made.ok()) << made.error().to_string();
}

TEST_F(Strict, StorageDrsSaysWhereAMachineGoes) {
  defaults.storage.clear();
  provider::MachineSpec spec = small("template");
  spec.placement.storage_cluster = "DC0_POD0";
  const auto made = create(spec);
  ASSERT_TRUE(made.ok()) << made.error().to_string();
  EXPECT_EQ(fake->calls("RecommendDatastores"), 1);
  const auto sight = read_sight(*session, {"VirtualMachine", *made}, soon());
  ASSERT_TRUE(sight.ok());
  EXPECT_TRUE(root_disk(sight->props.devices)->backing->file_name->starts_with("[PodDS_"));
}

}  // namespace
}  // namespace rig::vsphere
