// proxmox/steps_test.cc — the order of making and removing, on a node in miniature, cut off and disturbed at every
// step.
#include "hypervisor/proxmox/steps.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <functional>

#include "hypervisor/proxmox/mini_node_test.h"

namespace rig::proxmox {
namespace {

using provider::MachineRef;
using provider::MachineSpec;
using Kind = Step::Kind;
using Names = std::vector<std::string>;

constexpr std::int64_t kGib = 1LL << 30;

MachineRef our_ref() { return {{"cluster-1", "shop", "web", "uid-1"}, kMachineId, "100", false}; }

MachineSpec plain() {
  MachineSpec spec;
  spec.display_name = "web-6a3f0d2e";
  spec.cpus = 2;
  spec.memory_mib = 1024;
  spec.image.location = "local:import/a.qcow2";
  return spec;
}

MachineSpec rich() {
  MachineSpec spec = plain();
  spec.firmware = provider::Firmware::kUefi;
  spec.secure_boot = spec.tpm = true;
  spec.root_disk_bytes = 10 * kGib;
  provider::DiskSpec data;
  data.name = "data";
  data.size_bytes = 20 * kGib;
  data.storage = "fast";
  spec.disks = {data};
  provider::NicSpec nic;
  nic.name = "eth0";
  nic.mac = "bc:24:11:00:00:01";
  nic.bridge = "vmbr7";
  nic.vlan = 42;
  nic.mtu = 9000;
  nic.native = json::Object{{"firewall", true}, {"rateLimit", 5}};
  spec.nics = {nic};
  spec.seed.meta_data = "instance-id: 1\n";
  spec.tags = {"shop"};
  return spec;
}

CreateSettings settings() { return {.default_storage = "st", .import_storage = "local"}; }
Source from_image() { return {.root = "local:import/a.qcow2", .linked = {}}; }
Source from_template() {
  return {.root = "", .linked = Template{"9000", "pve1", "virtio0", {"virtio0", "scsi1", "ide2"}, "scsi30"}};
}

using Next = std::function<Result<Step>(const There&)>;
Next creating(MachineSpec spec, Source source) {
  return [spec = std::move(spec), source = std::move(source)](const There& there) {
    return next_create_step(there, our_ref(), spec, source, settings());
  };
}
Result<Step> removing(const There& there) { return next_remove_step(there, our_ref()); }

// Looks and acts until it is done; the names of the steps. `before_act` may disturb.
Names run(
    MiniNode& node, const Next& next, const std::function<void(int)>& before_act = [](int) {}) {
  Names names;
  for (int i = 0; i < 40; ++i) {
    const auto step = next(node.look());
    EXPECT_TRUE(step.ok()) << step.error().to_string();
    if (!step.ok() || step->kind == Kind::kDone) return names;
    before_act(i);
    if (node.act(*step)) names.push_back(step->name);
  }
  ADD_FAILURE() << "never done";
  return names;
}

std::string option(const MiniNode& node, const std::string& name) { return std::string(node.config->text(name)); }

TEST(Create, DefinesThenDisksThenReady) {
  MiniNode node;
  EXPECT_EQ(run(node, creating(plain(), from_image())), (Names{"define", "root disk", "finish"}));
  EXPECT_EQ(option(node, "scsi0"), "st:vm-100-disk-0,discard=on,iothread=1,size=2G");
  EXPECT_EQ(option(node, "boot"), "order=scsi0");
  EXPECT_EQ(option(node, "smbios1"), std::string("uuid=") + kMachineId);
  EXPECT_EQ(option(node, "tags"), "virtrigaud");
  const auto judgement = judge(*node.config, our_ref());
  EXPECT_EQ(judgement->existence, provider::Existence::kOurs);
  EXPECT_EQ(judgement->stamp->image, "local:import/a.qcow2");
  EXPECT_EQ(judgement->stamp->image_bytes, 2 * kGib) << "nothing was asked for, so it is as large as its image";
}

TEST(Create, TheFirstCallIsAnEmptyMachineWithItsStamp) {
  const auto step = next_create_step(MiniNode().look(), our_ref(), rich(), from_image(), settings());
  ASSERT_TRUE(step.ok());
  EXPECT_EQ(step->call.method + " " + step->call.path, "POST /nodes/pve1/qemu");
  EXPECT_TRUE(step->is_task);
  std::map<std::string, std::string> form(step->call.form.begin(), step->call.form.end());
  EXPECT_EQ(form.size(), step->call.form.size()) << "a parameter twice";
  EXPECT_EQ(form.at("net0"), "virtio=BC:24:11:00:00:01,bridge=vmbr7,firewall=1,mtu=9000,rate=5,tag=42");
  EXPECT_EQ(form.at("bios") + " " + form.at("machine"), "ovmf q35");
  EXPECT_EQ(form.at("cpu"), "x86-64-v2-AES");
  EXPECT_EQ(form.at("tags"), "virtrigaud;shop");
  const auto stamp = find_stamp(form.at("description")).take();
  EXPECT_EQ(stamp->phase, Phase::kBuilding);
  EXPECT_EQ(stamp->disks,
            (std::map<std::string, std::string>{{"root", "scsi0"}, {"data", "scsi1"}, {"seed", "scsi30"}}));
  for (const auto& [name, value] : form) EXPECT_FALSE(slot_of(name).has_value()) << name << ": no disk in this call";
}

TEST(Create, ADiskOfTheTemplateInTheSeedsPlaceLeavesTheSeedAnother) {
  Source source = from_image();
  source.more = {{"scsi30", "st:base-9000-disk-4"}};
  MiniNode node;
  const Names names = run(node, creating(rich(), source));
  EXPECT_EQ(std::ranges::count(names, "seed"), 2) << "uploaded, and attached";
  EXPECT_NE(option(node, "scsi30"), option(node, "scsi2"));
  EXPECT_EQ(judge(*node.config, our_ref())->stamp->disks.at("seed"), "scsi2");
}

TEST(Create, MakesEverythingThatIsAsked) {
  MiniNode node;
  EXPECT_EQ(run(node, creating(rich(), from_image())), (Names{"define", "firmware", "tpm", "root disk", "disk data",
                                                              "grow", "seed", "seed", "finish", "clean up"}));
  const auto machine = read_machine({"100", "pve1", {*node.config, *node.config, false}, {}}, our_ref());
  ASSERT_TRUE(machine.ok()) << machine.error().to_string();
  const MachineSpec& made = machine->configured;
  EXPECT_EQ(made.cpus, 2);
  EXPECT_EQ(made.memory_mib, 1024);
  EXPECT_EQ(made.root_disk_bytes, 10 * kGib);
  EXPECT_TRUE(made.secure_boot && made.tpm);
  EXPECT_EQ(made.disks, rich().disks);
  provider::NicSpec nic = rich().nics[0];
  nic.model = "virtio";
  EXPECT_EQ(made.nics, std::vector<provider::NicSpec>{nic});
  EXPECT_EQ(made.tags, Names{"shop"});
}

TEST(Create, OfALinkedCloneKeepsNothingThatTheTemplateHad) {
  MiniNode node;
  node.template_config.options = {{"name", "tmpl"},
                                  {"virtio0", "st:base-9000-disk-0,size=1G"},
                                  {"ide2", "st:vm-9000-cloudinit,media=cdrom"},
                                  {"scsi1", "st:base-9000-disk-1,size=3G"},
                                  {"scsi30", "st:base-9000-disk-2,size=4M"},
                                  {"ciuser", "u"},
                                  {"sshkeys", "ssh-ed25519%20AAAA"},
                                  {"ipconfig0", "ip=10.0.0.5/24"},
                                  {"nameserver", "1.1.1.1"},
                                  {"net0", "virtio=BC:24:11:1E:70:9B,bridge=vmbr0"},
                                  {"net5", "virtio=BC:24:11:1E:70:9C,bridge=vmbr0"},
                                  {"tags", "web"},
                                  {"scsihw", "virtio-scsi-pci"}};
  MachineSpec spec = plain();
  spec.nics = rich().nics;
  spec.disks = rich().disks;
  EXPECT_EQ(run(node, creating(spec, from_template())), (Names{"clone", "configure", "disk data", "finish"}));
  EXPECT_TRUE(option(node, "scsi1").starts_with("st:base-9000-disk-1")) << "its own second disk is nobody's name";
  EXPECT_TRUE(option(node, "scsi2").starts_with("fast:"));
  for (const char* gone : {"ide2", "scsi30", "ciuser", "sshkeys", "ipconfig0", "nameserver", "net5"})
    EXPECT_FALSE(node.config->options.contains(gone)) << gone;
  EXPECT_EQ(option(node, "tags"), "virtrigaud");
  EXPECT_EQ(option(node, "net0"), "virtio=BC:24:11:00:00:01,bridge=vmbr7,firewall=1,mtu=9000,rate=5,tag=42");
  EXPECT_EQ(option(node, "scsihw"), "virtio-scsi-pci") << "what its disk hangs on stays";
  EXPECT_EQ(judge(*node.config, our_ref())->existence, provider::Existence::kOurs);
  EXPECT_EQ(spec_of(*node.config, judge(*node.config, our_ref())->stamp)->root_disk_bytes, kGib);
}

TEST(Create, GoesOnWhereAnAttemptWasCutOff) {
  MiniNode undisturbed;
  const std::size_t steps = run(undisturbed, creating(rich(), from_image())).size();
  for (std::size_t cut = 0; cut <= steps; ++cut) {
    SCOPED_TRACE(cut);
    MiniNode node;
    const Next next = creating(rich(), from_image());
    for (std::size_t i = 0; i < cut; ++i) {
      const auto step = next(node.look());
      if (step->kind != Kind::kDone) node.act(*step);
    }
    run(node, next);  // somebody else, who knows nothing of it
    EXPECT_EQ(node.config->options, undisturbed.config->options);
    EXPECT_EQ(node.volumes, undisturbed.volumes) << "a volume was made twice";
  }
}

TEST(Create, WhatAForeignHandChangesMeanwhileIsKept) {
  MiniNode undisturbed;
  const int steps = static_cast<int>(run(undisturbed, creating(rich(), from_image())).size());
  for (int disturbed = 1; disturbed < steps; ++disturbed) {
    SCOPED_TRACE(disturbed);
    MiniNode node;
    run(node, creating(rich(), from_image()), [&](int i) {
      if (i != disturbed || !node.config) return;
      node.config->options["onboot"] = "1";
      node.config->options["description"] = "call Ann first\n" + std::string(node.config->text("description"));
      node.touch();
    });
    EXPECT_EQ(option(node, "onboot"), "1");
    EXPECT_TRUE(option(node, "description").starts_with("call Ann first\n"));
    EXPECT_EQ(judge(*node.config, our_ref())->existence, provider::Existence::kOurs);
  }
}

TEST(Create, AWishThatGrewWhileItWasBuiltIsMet) {
  MiniNode node;
  const auto first = next_create_step(node.look(), our_ref(), plain(), from_image(), settings());
  node.act(*first);
  EXPECT_EQ(run(node, creating(rich(), from_image())).front(), "name disks");
  EXPECT_TRUE(node.config->options.contains("scsi1"));
  EXPECT_EQ(judge(*node.config, our_ref())->stamp->disks.at("data"), "scsi1");
}

ListedTask task_of(const std::string& type) {
  ListedTask task;
  task.upid = parse_upid("UPID:pve1:1:1:1:" + type + ":100:op@pve!k8s:").take();
  task.running = true;
  return task;
}

TEST(Create, WaitsForATaskAtWorkAndAsksAPersonWhenThereIsNone) {
  MiniNode node;
  node.config = Config{{{"lock", "create"}}, "digest-0"};
  node.tasks = {task_of("qmcreate")};
  const auto waiting = next_create_step(node.look(), our_ref(), plain(), from_image(), settings());
  EXPECT_EQ(waiting->kind, Kind::kWait);
  node.tasks.clear();
  const auto bare = next_create_step(node.look(), our_ref(), plain(), from_image(), settings());
  ASSERT_FALSE(bare.ok());
  EXPECT_TRUE(bare.error().is(Code::kFailedPrecondition));
  EXPECT_NE(bare.error().message().find("qm unlock 100"), std::string::npos) << bare.error().message();

  MiniNode half;
  half.act(*next_create_step(half.look(), our_ref(), plain(), from_image(), settings()));
  half.config->options["lock"] = "clone";
  const auto locked = next_create_step(half.look(), our_ref(), plain(), from_image(), settings());
  ASSERT_FALSE(locked.ok());
  EXPECT_TRUE(locked.error().is(Code::kFailedPrecondition));
  half.tasks = {task_of("qmconfig")};
  EXPECT_EQ(next_create_step(half.look(), our_ref(), plain(), from_image(), settings())->kind, Kind::kWait);

  MiniNode cloning;
  cloning.tasks = {task_of("qmclone")};
  EXPECT_EQ(next_create_step(cloning.look(), our_ref(), plain(), from_template(), settings())->kind, Kind::kWait)
      << "a clone whose answer was lost has no configuration yet";
}

TEST(Create, LeavesWhatIsAnothersAndTakesOverWhatWasReleased) {
  MiniNode node;
  run(node, creating(plain(), from_image()));
  MachineRef other = our_ref();
  other.owner.uid = "uid-2";
  const auto foreign = next_create_step(node.look(), other, plain(), from_image(), settings());
  ASSERT_FALSE(foreign.ok());
  EXPECT_TRUE(foreign.error().is(Code::kAlreadyExists));

  Stamp released = *judge(*node.config, our_ref())->stamp;
  released.owner = {};
  node.act(stamp_step(node.look(), our_ref(), released, "release").take());
  EXPECT_EQ(judge(*node.config, our_ref())->existence, provider::Existence::kReleased);
  const auto options = node.config->options;
  const auto taken = next_create_step(node.look(), other, plain(), from_image(), settings());
  ASSERT_TRUE(taken.ok()) << taken.error().to_string();
  node.act(*taken);
  EXPECT_EQ(judge(*node.config, other)->existence, provider::Existence::kOurs);
  for (const auto& [name, text] : options)
    if (name != "description") {
      EXPECT_EQ(option(node, name), text) << name;
    }
}

TEST(Create, WithMoreThanFitsIsRefusedBeforeAnyCall) {
  MachineSpec spec = plain();
  for (int i = 0; i < 30; ++i) {
    provider::DiskSpec disk;
    disk.name = "d" + std::to_string(i);
    disk.size_bytes = kGib;
    spec.disks.push_back(disk);
  }
  EXPECT_TRUE(next_create_step({}, our_ref(), spec, from_image(), settings()).error().is(Code::kResourceExhausted));
  spec.disks.pop_back();
  EXPECT_TRUE(next_create_step({}, our_ref(), spec, from_image(), settings()).ok());
  spec.nics = rich().nics;
  spec.nics[0].model = "warp";
  EXPECT_TRUE(next_create_step({}, our_ref(), spec, from_image(), settings()).error().is(Code::kInvalidArgument));
}

TEST(Remove, MarksStopsAndRemoves) {
  MiniNode node;
  run(node, creating(plain(), from_image()));
  node.running = true;
  EXPECT_EQ(run(node, removing), (Names{"mark", "power off", "remove"}));
  EXPECT_FALSE(node.config.has_value());
  EXPECT_EQ(run(node, removing), Names{});
}

TEST(Remove, OfAMachineThatIsHalfBuiltLeavesNothing) {
  const std::size_t steps = 10;
  for (std::size_t cut = 1; cut <= steps; ++cut) {
    SCOPED_TRACE(cut);
    MiniNode node;
    for (std::size_t i = 0; i < cut; ++i) {
      const auto step = next_create_step(node.look(), our_ref(), rich(), from_image(), settings());
      if (step->kind != Kind::kDone) node.act(*step);
    }
    run(node, removing);
    EXPECT_FALSE(node.config.has_value());
    EXPECT_EQ(node.seed_volume, "");
  }
}

TEST(Remove, CutsAShutdownShortAndWaitsForOtherTasks) {
  MiniNode node;
  run(node, creating(plain(), from_image()));
  node.running = true;
  node.tasks = {task_of("qmshutdown")};
  EXPECT_EQ(run(node, removing), (Names{"power off", "mark", "remove"}));

  run(node, creating(plain(), from_image()));
  node.tasks = {task_of("vzdump")};
  EXPECT_EQ(removing(node.look())->kind, Kind::kWait);
}

TEST(Remove, LeavesWhatIsNotOurs) {
  MiniNode node;
  run(node, creating(plain(), from_image()));
  const auto refused = [&](const MachineRef& ref) {
    const auto step = next_remove_step(node.look(), ref);
    return !step.ok() && step.error().is(Code::kFailedPrecondition);
  };
  MachineRef other = our_ref();
  other.owner.uid = "uid-2";
  EXPECT_TRUE(refused(other));
  Stamp released = *judge(*node.config, our_ref())->stamp;
  released.owner = {};
  node.act(stamp_step(node.look(), our_ref(), released, "release").take());
  EXPECT_TRUE(refused(our_ref()));
  node.config->options["description"] = "";
  EXPECT_TRUE(refused(our_ref()));
  EXPECT_TRUE(refused({{"c", "n", "web-6a3f0d2e", "u"}, "", "100", true})) << "of the reference: no stamp, no removal";
  node.config->options["lock"] = "create";
  EXPECT_TRUE(refused(our_ref()));
}

TEST(Remove, AfterTheNumberWasGivenAgainTouchesNothing) {
  MiniNode node;
  run(node, creating(plain(), from_image()));
  node.act(*removing(node.look()));  // marked
  const Step removal = removing(node.look()).take();
  EXPECT_EQ(removal.name, "remove");
  node.config = Config{{{"name", "theirs"}}, "digest-0"};  // gone, and the number given to somebody else
  EXPECT_TRUE(removing(node.look()).error().is(Code::kFailedPrecondition));
}

}  // namespace
}  // namespace rig::proxmox
