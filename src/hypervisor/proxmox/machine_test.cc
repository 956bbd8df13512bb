// proxmox/machine_test.cc — machines from recorded answers, and whose they are in every state that a crash may leave.
#include "hypervisor/proxmox/machine.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "hypervisor/proxmox/recorded_test.h"

namespace rig::proxmox {
namespace {

using provider::Existence;
using provider::MachineRef;
using provider::Power;

constexpr char kId[] = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de";
constexpr char kOther[] = "051bcd28-8192-489e-8eb6-0bb76fcce29c";

MachineRef our_ref() { return {{"cluster-1", "shop", "web", "uid-1"}, kId, "100", false}; }
MachineRef legacy_ref() { return {{"cluster-1", "shop", "web", "uid-1"}, "", "100", true}; }

Stamp our_stamp(Phase phase) {
  Stamp stamp;
  stamp.owner = our_ref().owner;
  stamp.machine_id = kId;
  stamp.id = "100";
  stamp.phase = phase;
  return stamp;
}

Config config_of(const Stamp* stamp, const std::string& uuid, const std::string& lock = "") {
  Config config;
  config.digest = "d";
  config.options["name"] = "web";
  if (!uuid.empty()) config.options["smbios1"] = "uuid=" + uuid;
  if (!lock.empty()) config.options["lock"] = lock;
  if (stamp != nullptr) config.options["description"] = with_stamp("notes", *stamp).take();
  return config;
}

TEST(Existence, IsJudgedByStampNumberAndUuid) {
  const Stamp ready = our_stamp(Phase::kReady), building = our_stamp(Phase::kBuilding),
              deleting = our_stamp(Phase::kDeleting);
  Stamp others = ready, elsewhere = ready, released = ready, building_elsewhere = building;
  others.owner.uid = "uid-2";
  others.owner.name = "db";
  elsewhere.id = building_elsewhere.id = "99";
  released.owner = {};
  MachineRef renamed = our_ref(), another = our_ref(), legacy_db = legacy_ref();
  renamed.owner.name = "moved";
  another.machine_id = kOther;
  legacy_db.owner.name = "db";
  struct Case {
    const char* name;
    Config config;
    MachineRef ref;
    Existence existence;
    const char* detail;  // part of it
  };
  const Case cases[] = {
      {"ours", config_of(&ready, kId), our_ref(), Existence::kOurs, ""},
      {"ours, the object was moved", config_of(&ready, kId), renamed, Existence::kOurs, ""},
      {"ours, being backed up", config_of(&ready, kId, "backup"), our_ref(), Existence::kOurs, ""},
      {"made, without disks", config_of(&building, kId), our_ref(), Existence::kPartial, "is being built"},
      {"a clone before its UUID is set", config_of(&building, kOther), our_ref(), Existence::kPartial,
       "is being built"},
      {"a clone under way", config_of(&building, kOther, "clone"), our_ref(), Existence::kPartial, "is locked (clone)"},
      {"cut off while removed", config_of(&deleting, kId), our_ref(), Existence::kPartial, "is being removed"},
      {"a bare reservation", config_of(nullptr, "", "create"), our_ref(), Existence::kPartial, "qm unlock 100"},
      {"a bare reservation of a clone", config_of(nullptr, "", "clone"), our_ref(), Existence::kPartial,
       "qm unlock 100"},
      {"somebody clones ours to this id", config_of(&elsewhere, kOther, "clone"), our_ref(), Existence::kPartial,
       "VM 100"},
      {"a copy of ours", config_of(&elsewhere, kOther), our_ref(), Existence::kForeign, "carries no stamp of ours"},
      {"ours restored under another id", config_of(&elsewhere, kId), our_ref(), Existence::kForeign,
       "no stamp of ours"},
      {"a copy of what was being built", config_of(&building_elsewhere, kOther), our_ref(), Existence::kForeign,
       "no stamp"},
      {"the UUID was changed", config_of(&ready, kOther), our_ref(), Existence::kForeign, "carries no stamp of ours"},
      {"without a UUID", config_of(&ready, ""), our_ref(), Existence::kForeign, "carries no stamp of ours"},
      {"another's", config_of(&others, kId), our_ref(), Existence::kForeign, "belongs to shop/db of cluster cluster-1"},
      {"nobody's", config_of(nullptr, kOther), our_ref(), Existence::kForeign, "VM 100 ('web') carries no stamp"},
      {"released", config_of(&released, kId), our_ref(), Existence::kReleased, "was released"},
      {"released, of another id", config_of(&released, kId), another, Existence::kForeign, "was released"},
      {"of the reference", config_of(nullptr, kOther), legacy_ref(), Existence::kOurs, ""},
      {"of the reference, its number given again", config_of(nullptr, kOther), legacy_db, Existence::kForeign,
       "is named 'web', wanted 'db'"},
      {"of the reference, but stamped by another", config_of(&others, kId), legacy_ref(), Existence::kForeign,
       "shop/db"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const auto judgement = judge(c.config, c.ref);
    ASSERT_TRUE(judgement.ok()) << judgement.error().to_string();
    EXPECT_EQ(judgement->existence, c.existence) << judgement->detail;
    EXPECT_NE(judgement->detail.find(c.detail), std::string::npos) << judgement->detail;
    EXPECT_EQ(judgement->detail.empty(), c.existence == Existence::kOurs);
  }
}

TEST(Existence, IsDoubtWhenTheStampCannotBeRead) {
  Config config = config_of(nullptr, kId);
  config.options["description"] = "virtrigaud-machine: {";
  const auto judgement = judge(config, our_ref());
  ASSERT_FALSE(judgement.ok());
  EXPECT_TRUE(judgement.error().to_string().starts_with("VM 100: description: ")) << judgement.error().to_string();
}

TEST(Status, IsReadFromEveryRecordedAnswer) {
  const StepClock clock;
  struct Case {
    const char* from;
    Power power;
    bool running;
    const char* lock;
  };
  const Case cases[] = {{"02/11", Power::kOn, true, ""},
                        {"02/71", Power::kPaused, true, ""},
                        {"02/144", Power::kOff, false, ""},
                        {"04a/27", Power::kOn, true, "snapshot"},
                        {"07/21", Power::kSuspended, false, "suspended"}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.from);
    const json::Value data = recorded_data("status.json", "from", c.from);
    const auto status = read_status(data, clock.wall());
    ASSERT_TRUE(status.ok()) << status.error().to_string();
    EXPECT_EQ(status->power, c.power);
    EXPECT_EQ(status->running, c.running);
    EXPECT_EQ(status->lock, c.lock);
    EXPECT_EQ(status->booted_at.has_value(), c.running);
    if (c.running) {
      EXPECT_EQ(clock.wall() - *status->booted_at, std::chrono::seconds(data.integer({"uptime"})));
    }
  }
  EXPECT_EQ(read_status(*json::parse(R"({"status":"running","qmpstatus":"suspended"})"), clock.wall())->power,
            Power::kSuspended);
  EXPECT_EQ(read_status(*json::parse(R"({"status":"running","qmpstatus":"io-error"})"), clock.wall())->power,
            Power::kPaused);
  EXPECT_TRUE(read_status(*json::parse("{}"), clock.wall()).error().is(Code::kDataLoss));
}

TEST(Spec, OfARecordedMachineWithoutOurNames) {
  const auto config = parse_config(recorded_data("configs.json", "from", "04/148")).take();
  const auto spec = spec_of(config, std::nullopt);
  ASSERT_TRUE(spec.ok()) << spec.error().to_string();
  EXPECT_EQ(spec->display_name, "fc-01");
  EXPECT_EQ(spec->cpus, 1);
  EXPECT_EQ(spec->memory_mib, 128);
  EXPECT_EQ(spec->firmware, provider::Firmware::kBios);
  EXPECT_EQ(spec->root_disk_bytes, 1LL << 30);
  EXPECT_EQ(spec->placement.storage, "local");
  EXPECT_TRUE(spec->disks.empty()) << "scsi1 and scsi2 have no names of ours";
  ASSERT_EQ(spec->nics.size(), 2U);
  EXPECT_EQ(spec->nics[0].mac, "bc:24:11:43:e3:65");
  EXPECT_EQ(spec->nics[0].bridge, "vmbr0");
  EXPECT_EQ(spec->nics[0].model, "virtio");
  EXPECT_EQ(spec->tags, (std::vector<std::string>{"web"}));
}

TEST(Spec, OfAMachineWithOurNames) {
  Config config;
  config.options = {{"name", "web"},
                    {"cores", "4"},
                    {"sockets", "2"},
                    {"vcpus", "3"},
                    {"memory", "current=2048"},
                    {"bios", "ovmf"},
                    {"cpu", "host,flags=+aes"},
                    {"efidisk0", "st:vm-100-disk-0,efitype=4m,pre-enrolled-keys=1,size=4M"},
                    {"tpmstate0", "st:vm-100-disk-1,size=4M,version=v2.0"},
                    {"scsi0", "st:vm-100-disk-2,size=10G"},
                    {"scsi1", "fast:vm-100-disk-0,size=20G"},
                    {"scsi2", "st:vm-100-disk-3,size=1M"},
                    {"scsi3", "st:vm-100-disk-4,size=7G"},
                    {"unused0", "st:vm-100-disk-9"},
                    {"net0", "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=7,mtu=9000"},
                    {"tags", "a;virtrigaud"}};
  Stamp stamp = our_stamp(Phase::kReady);
  stamp.image = "local:import/a.qcow2";
  stamp.disks = {{"root", "scsi0"}, {"data", "scsi1"}, {"seed", "scsi2"}, {"gone", "scsi9"}};
  stamp.nics = {{"eth0", "net0"}};
  const auto spec = spec_of(config, stamp);
  ASSERT_TRUE(spec.ok()) << spec.error().to_string();
  EXPECT_EQ(spec->cpus, 3);
  EXPECT_EQ(spec->memory_mib, 2048);
  EXPECT_EQ(spec->firmware, provider::Firmware::kUefi);
  EXPECT_TRUE(spec->secure_boot && spec->tpm && spec->nested_virtualization);
  EXPECT_EQ(spec->image.location, "local:import/a.qcow2");
  EXPECT_EQ(spec->root_disk_bytes, 10LL << 30);
  provider::DiskSpec data;
  data.name = "data";
  data.size_bytes = 20LL << 30;
  data.storage = "fast";
  EXPECT_EQ(spec->disks, std::vector<provider::DiskSpec>{data});
  ASSERT_EQ(spec->nics.size(), 1U);
  EXPECT_EQ(spec->nics[0].name, "eth0");
  EXPECT_EQ(spec->nics[0].vlan, 7);
  EXPECT_EQ(spec->nics[0].mtu, 9000);
  EXPECT_EQ(spec->tags, std::vector<std::string>{"a"});
}

TEST(Spec, BootsFromWhatTheOrderSays) {
  Config config;
  config.options = {{"boot", "order=ide2;scsi1;net0"},
                    {"ide2", "st:iso/a.iso,media=cdrom"},
                    {"scsi0", "st:a,size=1G"},
                    {"scsi1", "st:b,size=2G"}};
  EXPECT_EQ(spec_of(config, std::nullopt)->root_disk_bytes, 2LL << 30);
  config.options["boot"] = " ";
  EXPECT_EQ(spec_of(config, std::nullopt)->root_disk_bytes, 1LL << 30);
  EXPECT_EQ(spec_of(Config{}, std::nullopt)->root_disk_bytes, 0);
  EXPECT_EQ(spec_of(Config{}, std::nullopt)->memory_mib, 512) << "Proxmox VE's own default";
}

TEST(Machine, HasWhatRunsAndWhatWillRun) {
  const StepClock clock;
  Sight sight;
  sight.vmid = "100";
  sight.node = "pve1";
  sight.configs = parse_pending(*recorded("pending.json").front().find("data")).take();
  sight.status = read_status(recorded_data("status.json", "from", "02/11"), clock.wall()).take();
  MachineRef ref = legacy_ref();
  ref.owner.name = "web-01";
  auto machine = read_machine(sight, ref);
  ASSERT_TRUE(machine.ok()) << machine.error().to_string();
  EXPECT_EQ(machine->existence, Existence::kOurs);
  EXPECT_EQ(machine->power, Power::kOn);
  EXPECT_EQ(machine->running.memory_mib, 256);
  EXPECT_EQ(machine->configured.memory_mib, 512);
  EXPECT_EQ(machine->running.cpus, 1);
  EXPECT_EQ(machine->configured.cpus, 2);
  EXPECT_EQ(machine->host, "pve1");
  EXPECT_EQ(machine->configured.placement.host, "pve1");
  EXPECT_EQ(machine->version, "fc5ef194b42f42edbbccf963d17fa932a400674d");
  EXPECT_EQ(machine->facts.at("qemuStatus"), "running");

  sight.status = read_status(recorded_data("status.json", "from", "02/144"), clock.wall()).take();
  EXPECT_EQ(read_machine(sight, ref)->running.memory_mib, 512) << "what is off has nothing that runs";
}

TEST(Machine, ThatIsForeignIsToldAsItIs) {
  Stamp others = our_stamp(Phase::kReady);
  others.owner = {"cluster-2", "a", "b", "uid-9"};
  others.machine_id = kOther;
  Sight sight;
  sight.vmid = "100";
  sight.configs.configured = config_of(&others, kOther);
  const auto machine = read_machine(sight, our_ref());
  ASSERT_TRUE(machine.ok());
  EXPECT_EQ(machine->existence, Existence::kForeign);
  EXPECT_EQ(machine->ref, (MachineRef{others.owner, kOther, "100", false}));
  sight.configs.configured = config_of(nullptr, kOther);
  EXPECT_EQ(read_machine(sight, our_ref())->ref, (MachineRef{{}, "", "100", false}));
}

}  // namespace
}  // namespace rig::proxmox
