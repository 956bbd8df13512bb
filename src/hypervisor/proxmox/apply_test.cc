// proxmox/apply_test.cc — plans carried out on a node in miniature, cut off and disturbed.
#include "hypervisor/proxmox/apply.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/mini_node_test.h"
#include "hypervisor/proxmox/stamp.h"

namespace rig::proxmox {
namespace {

using provider::MachineRef;
using provider::MachineSpec;
using provider::Plan;
using Names = std::vector<std::string>;

constexpr std::int64_t kGib = 1LL << 30;

MachineRef our_ref() { return {{"cluster-1", "shop", "web", "uid-1"}, kMachineId, "100", false}; }
CreateSettings settings() { return {.default_storage = "st", .import_storage = "local"}; }

MachineSpec base() {
  MachineSpec spec;
  spec.display_name = "web-6a3f0d2e";
  spec.cpus = 2;
  spec.memory_mib = 1024;
  spec.image.location = "local:import/a.qcow2";
  spec.root_disk_bytes = 4 * kGib;
  spec.disks.resize(1);
  spec.disks[0].name = "data";
  spec.disks[0].size_bytes = 2 * kGib;
  spec.nics.resize(1);
  spec.nics[0].name = "eth0";
  spec.nics[0].mac = "bc:24:11:00:00:01";
  spec.nics[0].bridge = "vmbr0";
  spec.nics[0].vlan = 7;
  return spec;
}

// Everything that can be changed, at once.
MachineSpec changed() {
  MachineSpec spec = base();
  spec.cpus = 4;
  spec.memory_mib = 2048;
  spec.nested_virtualization = true;
  spec.root_disk_bytes = 8 * kGib;
  spec.disks[0].name = "logs";
  spec.disks.push_back(base().disks[0]);
  spec.disks[1].size_bytes = 3 * kGib;
  spec.nics[0].bridge = "vmbr1";
  spec.nics[0].vlan.reset();
  spec.nics.push_back(base().nics[0]);
  spec.nics[1].name = "eth1";
  spec.nics[1].mac = "bc:24:11:00:00:02";
  spec.tags = {"shop"};
  return spec;
}

MiniNode with_machine() {
  MiniNode node;
  for (int i = 0; i < 40; ++i) {
    const Source source{.root = "local:import/a.qcow2", .linked = {}};
    const auto step = next_create_step(node.look(), our_ref(), base(), source, settings());
    if (!step.ok() || step->kind == Step::Kind::kDone) break;
    node.act(*step);
  }
  return node;
}

Plan plan_for(const MiniNode& node, const MachineSpec& wish) { return make_plan(node.look(), our_ref(), wish).take(); }

// Carries the plan out from its beginning, or from where somebody else left it.
Names run(MiniNode& node, const MachineSpec& wish, const Plan& plan, bool begun = false, int steps_max = 40) {
  Names names;
  for (int i = 0; i < steps_max; ++i) {
    const auto step = next_apply_step(node.look(), our_ref(), wish, plan, begun, settings());
    EXPECT_TRUE(step.ok()) << step.error().to_string();
    if (!step.ok() || step->kind == Step::Kind::kDone) return names;
    EXPECT_TRUE(node.act(*step)) << step->name;
    begun = true;
    names.push_back(step->name);
  }
  return names;
}

std::string option(const MiniNode& node, const std::string& name) { return std::string(node.config->text(name)); }

TEST(Apply, NothingToDoIsNoCall) {
  MiniNode node = with_machine();
  const Plan plan = plan_for(node, base());
  EXPECT_TRUE(plan.changes.empty());
  EXPECT_EQ(run(node, base(), plan), Names{});
}

TEST(Apply, ConfigurationIsOneRequestThenSizesThenDisks) {
  MiniNode node = with_machine();
  EXPECT_EQ(run(node, changed(), plan_for(node, changed())), (Names{"configure", "grow", "grow", "disk logs"}));
  EXPECT_TRUE(plan_for(node, changed()).changes.empty()) << "nothing is left to do";
  EXPECT_EQ(option(node, "cpu"), "host");
  EXPECT_EQ(option(node, "net0"), "virtio=BC:24:11:00:00:01,bridge=vmbr1");
  EXPECT_EQ(option(node, "net1"), "virtio=BC:24:11:00:00:02,bridge=vmbr0,tag=7");
  EXPECT_EQ(option(node, "tags"), "virtrigaud;shop");
  EXPECT_TRUE(option(node, "scsi2").starts_with("st:vm-100-disk-"));
}

TEST(Apply, WhatGoesIsGoneWithItsName) {
  MiniNode node = with_machine();
  MachineSpec less = base();
  less.disks.clear();
  less.nics.clear();
  EXPECT_EQ(run(node, less, plan_for(node, less)), (Names{"configure", "remove disk data"}));
  EXPECT_FALSE(node.config->options.contains("scsi1"));
  EXPECT_FALSE(node.config->options.contains("net0"));
  EXPECT_EQ(run(node, base(), plan_for(node, base())), (Names{"configure", "disk data"})) << "and it can come again";
  EXPECT_TRUE(plan_for(node, base()).changes.empty());
}

TEST(Apply, GoesOnWhereItWasCutOff) {
  MiniNode undisturbed = with_machine();
  const Plan whole = plan_for(undisturbed, changed());
  const int steps = static_cast<int>(run(undisturbed, changed(), whole).size());
  for (int cut = 0; cut <= steps; ++cut) {
    SCOPED_TRACE(cut);
    MiniNode node = with_machine();
    run(node, changed(), plan_for(node, changed()), false, cut);
    run(node, changed(), plan_for(node, changed()));  // somebody else plans anew
    EXPECT_EQ(node.config->options, undisturbed.config->options);
    EXPECT_EQ(node.volumes, undisturbed.volumes);
  }
}

TEST(Apply, OfAPlanThatIsOldChangesNothing) {
  MiniNode node = with_machine();
  const Plan plan = plan_for(node, changed());
  node.config->options["onboot"] = "1";
  node.touch();
  const auto step = next_apply_step(node.look(), our_ref(), changed(), plan, false, settings());
  ASSERT_FALSE(step.ok());
  EXPECT_TRUE(step.error().is(Code::kAborted));
}

TEST(Apply, DoesThatPlanAndNothingElse) {
  MiniNode node = with_machine();
  MachineSpec more_memory = base();
  more_memory.memory_mib = 4096;
  const Plan plan = plan_for(node, more_memory);
  EXPECT_EQ(run(node, changed(), plan), Names{"configure"}) << "the wish has grown since";
  EXPECT_EQ(option(node, "memory"), "2048");
  EXPECT_EQ(option(node, "cores"), "2");
  EXPECT_TRUE(option(node, "net0").ends_with("bridge=vmbr0,tag=7"));
}

TEST(Apply, KeepsWhatPeopleAddedToAnInterface) {
  MiniNode node = with_machine();
  node.config->options["net0"] += ",queues=4,rate=2.5";
  node.touch();
  MachineSpec wish = base();
  wish.nics[0].vlan = 8;
  run(node, wish, plan_for(node, wish));
  EXPECT_EQ(option(node, "net0"), "virtio=BC:24:11:00:00:01,bridge=vmbr0,tag=8,queues=4,rate=2.5");
}

TEST(Apply, RefusesBeforeAnyCall) {
  MiniNode node = with_machine();
  MachineSpec smaller = base();
  smaller.root_disk_bytes = 3 * kGib;
  const Plan plan = plan_for(node, smaller);
  EXPECT_TRUE(next_apply_step(node.look(), our_ref(), smaller, plan, false, settings()).error().is(Code::kOutOfRange));
  MachineSpec uefi = base();
  uefi.firmware = provider::Firmware::kUefi;
  EXPECT_TRUE(next_apply_step(node.look(), our_ref(), uefi, plan_for(node, uefi), false, settings())
                  .error()
                  .is(Code::kFailedPrecondition));
  MachineRef other = our_ref();
  other.owner.uid = "uid-2";
  EXPECT_TRUE(make_plan(node.look(), other, base()).error().is(Code::kFailedPrecondition));
  EXPECT_TRUE(make_plan(MiniNode().look(), our_ref(), base()).error().is(Code::kNotFound));
}

TEST(Apply, WaitsForATaskAtWork) {
  MiniNode node = with_machine();
  const Plan plan = plan_for(node, changed());
  ListedTask task;
  task.upid = parse_upid("UPID:pve1:1:1:1:vzdump:100:op@pve!k8s:").take();
  task.running = true;
  node.tasks = {task};
  EXPECT_EQ(next_apply_step(node.look(), our_ref(), changed(), plan, false, settings())->kind, Step::Kind::kWait);
}

TEST(Plan, ReadsTheOptionHotplug) {
  MiniNode node = with_machine();
  node.running = true;
  MachineSpec wish = base();
  wish.nics[0].vlan = 8;
  EXPECT_EQ(plan_for(node, wish).changes[0].cost, provider::Cost::kOnline);
  for (const auto& [text, cost] :
       {std::pair("network,disk,usb", provider::Cost::kOnline), std::pair("1", provider::Cost::kOnline),
        std::pair("0", provider::Cost::kPowerCycle), std::pair("disk,usb", provider::Cost::kPowerCycle)}) {
    node.config->options["hotplug"] = text;
    EXPECT_EQ(plan_for(node, wish).changes[0].cost, cost) << text;
  }
}

}  // namespace
}  // namespace rig::proxmox
