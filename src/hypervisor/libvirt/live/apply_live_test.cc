// libvirt/live/apply_live_test.cc — changing machines, running and off.
#include <algorithm>

#include "hypervisor/libvirt/live/host.h"
#include "hypervisor/libvirt/storage_xml.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::Cost;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Plan;
using provider::Power;

constexpr std::int64_t kMib = 1 << 20;

class ApplyLive : public LiveTest {
 protected:
  Plan plan(const MachineRef& ref, const MachineSpec& spec) {
    auto made = provider().plan(ref, spec, within(10s));
    EXPECT_TRUE(made.ok()) << made.error().to_string();
    return made.ok() ? *made : Plan{};
  }
  Status apply(const MachineRef& ref, const MachineSpec& spec, const Plan& made) {
    return finish(provider().apply(ref, spec, made, within(10s)));
  }
  Status change(const MachineRef& ref, const MachineSpec& spec) { return apply(ref, spec, plan(ref, spec)); }
  static provider::DiskSpec disk(const std::string& name, std::int64_t bytes) {
    return {.name = name, .size_bytes = bytes, .provisioning = "", .storage = ""};
  }
  std::string configuration(const MachineRef& ref) {
    return *text(virDomainGetXMLDesc(domain(ref).get(), VIR_DOMAIN_XML_INACTIVE), "");
  }
};

TEST_F(ApplyLive, DisksGrowComeAndGoWhileTheMachineRuns) {
  auto spec = small("disks");
  spec.root_disk_bytes = 512 * kMib;
  spec.disks = {disk("a", 16 * kMib), disk("b", 16 * kMib)};
  const auto ref = running(spec);
  booted(ref);
  spec.root_disk_bytes = 600 * kMib;
  spec.disks = {disk("b", 32 * kMib), disk("c", 8 * kMib)};
  const Plan made = plan(ref, spec);
  ASSERT_EQ(made.changes.size(), 4U);
  for (const auto& change : made.changes) EXPECT_EQ(change.cost, Cost::kOnline) << change.path;
  EXPECT_EQ(describe(ref).version, made.version);
  const auto applied = apply(ref, spec, made);
  ASSERT_TRUE(applied.ok()) << applied.error().to_string();

  const auto machine = describe(ref);
  EXPECT_EQ(machine.power, Power::kOn);
  const auto sizes = [](const MachineSpec& s) {
    std::map<std::string, std::int64_t> all = {{"root", s.root_disk_bytes}};
    for (const auto& d : s.disks) all[d.name] = d.size_bytes;
    return all;
  };
  const std::map<std::string, std::int64_t> expected = {{"root", 600 * kMib}, {"b", 32 * kMib}, {"c", 8 * kMib}};
  EXPECT_EQ(sizes(machine.configured), expected);
  EXPECT_EQ(sizes(machine.running), expected);
  EXPECT_TRUE(plan(ref, spec).changes.empty());
}

TEST_F(ApplyLive, ADiskThatIsTakenOutIsDeletedAndNoOther) {
  auto spec = small("out");
  spec.disks = {disk("a", 16 * kMib), disk("b", 16 * kMib)};
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  auto names = volume_names();
  spec.disks.erase(spec.disks.begin());
  ASSERT_TRUE(change(ref, spec).ok());
  std::erase(names, disk_volume(ref.machine_id, "a"));
  EXPECT_EQ(volume_names(), names);

  spec.disks = {disk("a", kMib), disk("b", 16 * kMib)};
  ASSERT_TRUE(change(ref, spec).ok()) << "a new one of that name is another disk";
  EXPECT_TRUE(plan(ref, spec).changes.empty());
}

TEST_F(ApplyLive, InterfacesComeGoAndChangeByName) {
  auto spec = small("nics");
  const auto ref = running(spec);
  booted(ref);
  auto second = spec.nics[0];
  second.name = "eth1";
  second.mac.back() = second.mac.back() == '0' ? '1' : '0';
  spec.nics.push_back(second);
  const auto added = change(ref, spec);
  ASSERT_TRUE(added.ok()) << added.error().to_string();
  EXPECT_EQ(describe(ref).running.nics.size(), 2U);

  spec.nics.erase(spec.nics.begin());
  const auto removed = change(ref, spec);
  ASSERT_TRUE(removed.ok()) << removed.error().to_string();
  for (const auto& side : {describe(ref).running, describe(ref).configured}) {
    ASSERT_EQ(side.nics.size(), 1U);
    EXPECT_EQ(side.nics[0].name, "eth1");
    EXPECT_EQ(side.nics[0].mac, second.mac);
  }

  spec.nics[0].mac.back() = '9';
  const Plan made = plan(ref, spec);
  ASSERT_EQ(made.changes.size(), 1U);
  EXPECT_EQ(made.changes[0].cost, Cost::kPowerCycle);
  const auto changed = apply(ref, spec, made);
  ASSERT_TRUE(changed.ok()) << changed.error().to_string();
  EXPECT_EQ(describe(ref).configured.nics[0].mac, spec.nics[0].mac);
  EXPECT_EQ(describe(ref).running.nics[0].mac, second.mac);
}

TEST_F(ApplyLive, CpusAndMemoryWaitForAPowerCycleAndNoRestartIsOurs) {
  auto spec = small("staged");
  const auto ref = running(spec);
  for (const auto& [cpus, memory] : {std::pair{2, 256}, std::pair{1, 192}}) {
    const auto before = describe(ref).running;
    spec.cpus = cpus;
    spec.memory_mib = memory;
    const Plan made = plan(ref, spec);
    ASSERT_EQ(made.changes.size(), 2U);
    for (const auto& change : made.changes) EXPECT_EQ(change.cost, Cost::kPowerCycle) << change.path;
    const auto applied = apply(ref, spec, made);
    ASSERT_TRUE(applied.ok()) << applied.error().to_string();
    EXPECT_EQ(describe(ref).running, before);
    EXPECT_EQ(describe(ref).configured.cpus, cpus);
    EXPECT_EQ(describe(ref).configured.memory_mib, memory);
    EXPECT_TRUE(plan(ref, spec).changes.empty()) << "what is staged is not planned again";
    ASSERT_TRUE(finish(provider().power_off(ref, std::nullopt, within(10s))).ok());
    ASSERT_TRUE(finish(provider().power_on(ref, within(10s))).ok());
    EXPECT_EQ(describe(ref).running.cpus, cpus);
    EXPECT_EQ(describe(ref).running.memory_mib, memory);
  }
}

TEST_F(ApplyLive, AStalePlanIsRefusedAndTheForeignEditKept) {
  auto spec = small("stale");
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  auto wish = spec;
  wish.cpus = 2;
  const Plan made = plan(ref, wish);
  ASSERT_EQ(virDomainSetMetadata(domain(ref).get(), VIR_DOMAIN_METADATA_DESCRIPTION, "by hand", nullptr, nullptr,
                                 VIR_DOMAIN_AFFECT_CONFIG),
            0);
  const auto stale = apply(ref, wish, made);
  ASSERT_FALSE(stale.ok());
  EXPECT_EQ(stale.error().code(), Code::kAborted);
  EXPECT_EQ(describe(ref).configured.cpus, 1);
  ASSERT_TRUE(change(ref, wish).ok());
  EXPECT_EQ(describe(ref).configured.cpus, 2);
  EXPECT_NE(configuration(ref).find("by hand"), std::string::npos);
}

TEST_F(ApplyLive, WhatCannotBeIsRefusedBeforeAnythingIsChanged) {
  auto spec = small("shrink");
  spec.disks = {disk("a", 16 * kMib)};
  const auto ref = reserve(spec);
  ASSERT_TRUE(finish(provider().create(ref, spec, within(10s))).ok());
  const std::string before = configuration(ref);
  auto wish = spec;
  wish.cpus = 2;
  wish.disks[0].size_bytes = 8 * kMib;
  const auto shrink = change(ref, wish);
  ASSERT_FALSE(shrink.ok());
  EXPECT_EQ(shrink.error().code(), Code::kOutOfRange);
  wish = spec;
  wish.cpus = 2;
  wish.firmware = provider::Firmware::kUefi;
  const auto recreate = change(ref, wish);
  ASSERT_FALSE(recreate.ok());
  EXPECT_EQ(recreate.error().code(), Code::kFailedPrecondition);
  EXPECT_EQ(configuration(ref), before);
}

TEST_F(ApplyLive, APlanHasNoEffect) {
  auto spec = small("plan");
  const auto ref = running(spec);
  const std::string before = configuration(ref);
  const auto volumes = volume_names();
  auto wish = spec;
  wish.cpus = 4;
  wish.disks = {disk("a", kMib)};
  EXPECT_EQ(plan(ref, wish).changes.size(), 2U);
  EXPECT_EQ(configuration(ref), before);
  EXPECT_EQ(volume_names(), volumes);
}

}  // namespace
}  // namespace rig::libvirt::live
