// vsphere/operations_test.cc — looking, acting and looking again, against answers that are written down.
#include "hypervisor/vsphere/operations.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hypervisor/vsphere/answers_test.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/recorded_test.h"
#include "hypervisor/vsphere/sample_test.h"
#include "hypervisor/vsphere/scripted_session_test.h"

namespace rig::vsphere {
namespace {

const MoRef kSelf{"VirtualMachine", "vm-96"};

// The sample machine, as it stands.
std::string machine(const std::string& power, const std::string& version = "v1") {
  std::string stamp = stamp_text(sample_stamp());
  for (std::size_t at = 0; (at = stamp.find('"', at)) != std::string::npos;) stamp.replace(at, 1, "&quot;");
  return found(object("VirtualMachine", "vm-96",
                      property("name", "web") + property("config.instanceUuid", kMachineId) +
                          property("config.changeVersion", version) + property("config.hardware.numCPU", "2") +
                          property("config.hardware.memoryMB", "2048") + property("runtime.powerState", power) +
                          "<propSet><name>config.extraConfig[\"virtrigaud.owner\"]</name><val "
                          "xsi:type=\"OptionValue\"><key>virtrigaud.owner</key><value xsi:type=\"xsd:string\">" +
                          stamp + "</value></val></propSet>"));
}

void quietly(const provider::TaskProgress&) {}

struct Operations : testing::Test {
  ScriptedSession session;
  const SystemClock clock{};
  Host host{session, clock, {}, true};
  std::size_t count(std::string_view method) const {
    return static_cast<std::size_t>(std::ranges::count(session.asked, method));
  }
};

TEST_F(Operations, RemovingEndsWhenItIsProvenGone) {
  session.answer("RetrievePropertiesEx", machine("poweredOff"));
  session.answer("Destroy_Task", kTaskBegun);
  session.answer("RetrievePropertiesEx", task("success"));
  session.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", kSelf);
  session.answer("FindAllByUuid", "");
  const Status removed = remove_machine(host, sample_ref(), quietly, no_hurry());
  EXPECT_TRUE(removed.ok()) << removed.error().to_string();
  EXPECT_EQ(count("Destroy_Task"), 1U);
}

TEST_F(Operations, WhatSomebodyElseDidMeanwhileIsLookedAt) {
  session.answer("RetrievePropertiesEx", machine("poweredOff"));
  session.refuse("Destroy_Task", "ManagedObjectNotFound", kSelf);
  session.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", kSelf);
  session.answer("FindAllByUuid", "");
  EXPECT_TRUE(remove_machine(host, sample_ref(), quietly, no_hurry()).ok());
}

TEST_F(Operations, TheSameRefusalTwiceIsNoRace) {
  session.answer("RetrievePropertiesEx", machine("poweredOff"));
  session.refuse("PowerOnVM_Task", "InvalidPowerState");
  const Status refused = power_on(host, sample_ref(), quietly, no_hurry());
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().to_string().starts_with("power on: PowerOnVM_Task: InvalidPowerState"))
      << refused.error().to_string();
  EXPECT_EQ(count("PowerOnVM_Task"), 2U);
}

TEST_F(Operations, AnEndlessRaceEnds) {
  session.answer("RetrievePropertiesEx", machine("poweredOn"));
  for (int i = 0; i < kRoundsMax; ++i) {
    session.answer("RetrievePropertiesEx", task("success"));
    session.answer("RetrievePropertiesEx", machine("poweredOn"));
  }
  session.answer("PowerOffVM_Task", kTaskBegun);
  const Status ended = remove_machine(host, sample_ref(), quietly, no_hurry());
  ASSERT_FALSE(ended.ok());
  EXPECT_TRUE(ended.error().is(Code::kUnavailable));
  EXPECT_EQ(count("PowerOffVM_Task"), static_cast<std::size_t>(kRoundsMax));
}

// A template with a disk, in a datastore cluster with two datastores of which the second is smaller.
std::string pod_inventory(bool drs) {
  const auto datastore = [](const std::string& id, const std::string& bytes) {
    return entity("Datastore", id, id, "StoragePod", "group-p1",
                  property("summary.freeSpace", bytes) + property("summary.accessible", "true"));
  };
  return inventory(entity("StoragePod", "group-p1", "pod", "Datacenter", "datacenter-2",
                          property("podStorageDrsEntry.storageDrsConfig.podConfig.enabled", drs ? "true" : "false")) +
                   datastore("datastore-8", "2000") + datastore("datastore-9", "1000"));
}
std::string template_machine() {
  return found(
      object("VirtualMachine", "vm-7",
             property("name", "ubuntu") + property("config.instanceUuid", kCopyUuid) +
                 property("config.hardware.numCPU", "1") + property("config.hardware.memoryMB", "512") +
                 property("runtime.powerState", "poweredOff") +
                 "<propSet><name>parent</name><val type=\"Folder\">group-v3</val></propSet>"
                 "<propSet><name>config.hardware.device</name><val xsi:type=\"ArrayOfVirtualDevice\">"
                 "<VirtualDevice xsi:type=\"ParaVirtualSCSIController\"><key>1000</key><busNumber>0</busNumber>"
                 "</VirtualDevice><VirtualDevice xsi:type=\"VirtualDisk\"><key>2000</key>"
                 "<controllerKey>1000</controllerKey><unitNumber>0</unitNumber>"
                 "<capacityInBytes>1073741824</capacityInBytes></VirtualDevice></val></propSet>"));
}

TEST_F(Operations, StorageDrsIsAskedWhereItIsSwitchedOn) {
  const std::string recommended =
      "<returnval><recommendations><key>1</key><action xsi:type=\"StoragePlacementAction\"><type>x</type><destination "
      "type=\"Datastore\">datastore-9</destination></action></recommendations></returnval>";
  struct Case {
    const char* what;
    bool on;
    const char *answer, *refusal, *datastore;
  };
  const Case cases[] = {{"switched off", false, nullptr, nullptr, "datastore-8"},
                        {"recommends the smaller one", true, recommended.c_str(), nullptr, "datastore-9"},
                        {"has no word", true, "<returnval/>", nullptr, "datastore-8"},
                        {"does not know such", true, nullptr, "NotSupported", "datastore-8"},
                        {"does not like it", true, nullptr, "InvalidArgument", "datastore-8"},
                        {"nobody may ask", true, nullptr, "NoPermission", ""}};
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    ScriptedSession vcenter;
    vcenter.answer("FindAllByUuid", "");
    vcenter.answer("FindChild", "");
    vcenter.answer("CreateContainerView", "<returnval type=\"ContainerView\">view-1</returnval>");
    vcenter.answer("DestroyView", "");
    vcenter.answer("RetrievePropertiesEx", pod_inventory(c.on));
    vcenter.answer("RetrievePropertiesEx", template_machine());
    if (c.answer != nullptr) vcenter.answer("RecommendDatastores", c.answer);
    if (c.refusal != nullptr) vcenter.refuse("RecommendDatastores", c.refusal);
    vcenter.refuse("CloneVM_Task", "NoDiskSpace");  // far enough
    provider::MachineSpec spec;
    spec.display_name = "web";
    spec.image.location = "vm-7";
    spec.placement.storage_cluster = "pod";
    provider::MachineRef ref = sample_ref();
    ref.id.clear();
    const auto made = create_machine({vcenter, clock, {}, true}, ref, spec, quietly, no_hurry());
    ASSERT_FALSE(made.ok());
    const bool cloned = vcenter.asked.back() == "CloneVM_Task";
    EXPECT_EQ(cloned, *c.datastore != '\0') << made.error().to_string();
    if (!cloned) continue;
    EXPECT_NE(vcenter.requests.back().find("<location><datastore type=\"Datastore\">" + std::string(c.datastore)),
              std::string::npos)
        << vcenter.requests.back();
    if (!c.on) continue;
    const auto at = std::ranges::find(vcenter.asked, "RecommendDatastores") - vcenter.asked.begin();
    const std::string& asked = vcenter.requests[static_cast<std::size_t>(at)];
    EXPECT_NE(asked.find("<storageSpec><type>clone</type><vm type=\"VirtualMachine\">vm-7</vm><podSelectionSpec>"
                         "<storagePod type=\"StoragePod\">group-p1</storagePod></podSelectionSpec><cloneSpec><location>"
                         "<pool type=\"ResourcePool\">resgroup-30</pool></location>"),
              std::string::npos)
        << asked;
  }
}

TEST_F(Operations, APlanThatAnotherOvertookChangesNothing) {
  provider::MachineSpec wish;
  wish.display_name = "web";
  wish.cpus = 4;
  wish.memory_mib = 2048;
  wish.image.location = "ubuntu";
  session.answer("RetrievePropertiesEx", machine("poweredOff", "v1"));
  const auto plan = plan_changes(host, sample_ref(), wish, no_hurry());
  ASSERT_TRUE(plan.ok()) << plan.error().to_string();
  session.refuse("ReconfigVM_Task", "ConcurrentAccess");
  session.answer("RetrievePropertiesEx", machine("poweredOff", "v2"));
  const Status applied = apply_plan(host, sample_ref(), wish, *plan, quietly, no_hurry());
  ASSERT_FALSE(applied.ok());
  EXPECT_TRUE(applied.error().is(Code::kAborted));
  EXPECT_EQ(count("ReconfigVM_Task"), 1U);
}

TEST_F(Operations, ARebootIsWrittenDownBeforeItIsAskedFor) {
  session.answer("RetrievePropertiesEx", machine("poweredOn"));
  session.answer("ReconfigVM_Task", kTaskBegun);
  session.answer("RetrievePropertiesEx", task("success"));
  session.refuse("RebootGuest", "ToolsUnavailable");
  session.answer("ResetVM_Task", kTaskBegun);
  EXPECT_TRUE(reboot(host, sample_ref(), clock.wall(), quietly, no_hurry()).ok());
  EXPECT_EQ(session.asked, (std::vector<std::string>{"RetrievePropertiesEx", "ReconfigVM_Task", "RetrievePropertiesEx",
                                                     "RebootGuest", "ResetVM_Task", "RetrievePropertiesEx"}));
  EXPECT_NE(session.requests[1].find("rebootedAt"), std::string::npos);
}

TEST_F(Operations, NoOrderGoesToWhatIsAnothers) {
  provider::MachineRef other = sample_ref();
  other.owner.uid = "uid-2";
  session.answer("RetrievePropertiesEx", machine("poweredOn"));
  for (const Status& refused :
       {remove_machine(host, other, quietly, no_hurry()), power_on(host, other, quietly, no_hurry()),
        power_off(host, other, quietly, no_hurry()), reboot(host, other, clock.wall(), quietly, no_hurry())}) {
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(Code::kFailedPrecondition)) << refused.error().to_string();
  }
  EXPECT_TRUE(release_machine(host, other, no_hurry()).ok()) << "nothing of it is theirs";
  EXPECT_EQ(count("RetrievePropertiesEx"), session.asked.size());
}

TEST_F(Operations, ATaskIsFollowedToItsEnd) {
  const MoRef self{"Task", "task-1"};
  session.answer("RetrievePropertiesEx", task("running", "<progress>40</progress>"));
  session.answer_whole("RetrievePropertiesEx", recorded("Task-info-clone-duplicate"));
  std::vector<int> percents;
  const Status ended = follow_task(
      session, self, [&](const provider::TaskProgress& now) { percents.push_back(now.percent.value_or(-1)); },
      no_hurry(), std::chrono::milliseconds(1));
  EXPECT_EQ(percents, std::vector<int>{40});
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(ended.error().message(), "task VirtualMachine.cloneVm: DuplicateName ('web-01', object vm-99)");
  ScriptedSession forgetful;
  forgetful.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", self);
  EXPECT_EQ(poll_task(forgetful, self, no_hurry())->phase, provider::TaskState::Phase::kForgotten);
  EXPECT_TRUE(follow_task(forgetful, self, quietly, no_hurry()).error().is(Code::kUnavailable));
  forgetful.refuse("CancelTask", "ManagedObjectNotFound", self);
  EXPECT_TRUE(cancel_task(forgetful, self, no_hurry()).ok());
}

TEST_F(Operations, FollowingEndsWithTheCall) {
  session.answer("RetrievePropertiesEx", task("running"));
  std::stop_source stop;
  Call call = no_hurry();
  call.stop = stop.get_token();
  const Status stopped = follow_task(
      session, {"Task", "task-1"}, [&](const provider::TaskProgress&) { stop.request_stop(); }, call);
  EXPECT_TRUE(stopped.error().is(Code::kCancelled));
  call = no_hurry();
  call.deadline = std::chrono::steady_clock::now();
  EXPECT_TRUE(follow_task(session, {"Task", "task-1"}, quietly, call).error().is(Code::kDeadlineExceeded));
}

}  // namespace
}  // namespace rig::vsphere
