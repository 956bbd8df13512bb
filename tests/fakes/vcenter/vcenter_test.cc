// fakes/vcenter/vcenter_test.cc — the fake's own rules, those above all that no recording shows.
#include "base/uuid.h"
#include "fakes/vcenter/client_test.h"
#include "fakes/vcenter/machine.h"

namespace rig::fakes::vcenter {
namespace {

using namespace std::chrono_literals;

struct VcenterTest : testing::Test {
  Desk desk;
  VcenterTest() { desk.log_in(); }
};

constexpr char kDisk[] =
    "<deviceChange><operation>add</operation><fileOperation>create</fileOperation><device xsi:type=\"VirtualDisk\">"
    "<key>-1</key><backing "
    "xsi:type=\"VirtualDiskFlatVer2BackingInfo\"><fileName></fileName><diskMode>persistent</diskMode>"
    "</backing><controllerKey>1000</controllerKey><unitNumber>UNIT</unitNumber><capacityInKB>1024</capacityInKB></"
    "device>"
    "</deviceChange>";
std::string disk_at(int unit) {
  std::string text = kDisk;
  return text.replace(text.find("UNIT"), 4, std::to_string(unit));
}

// ---- the schema ----

TEST_F(VcenterTest, RefusesElementsOutOfOrder) {
  const std::string spec = "<spec><memoryMB>64</memoryMB><numCPUs>2</numCPUs></spec>";
  EXPECT_EQ(desk.on("ReconfigVM_Task", "DC0_C0_RP0_VM0", spec).fault, "InvalidRequest");
  EXPECT_EQ(desk.reconfigure("DC0_C0_RP0_VM0", "<numCPUs>2</numCPUs><memoryMB>64</memoryMB>"), "");
}

TEST_F(VcenterTest, RefusesWhatTheSchemaHasNot) {
  for (const char* spec : {"<numCpu>2</numCpu>", "<numCPUs>two</numCPUs>", "<numCPUs>4294967296</numCPUs>",
                           "<deviceChange><operation>put</operation><device><key>1</key></device></deviceChange>",
                           "<deviceChange><operation>add</operation></deviceChange>",
                           "<deviceChange><device xsi:type=\"VirtualToaster\"><key>1</key></device></deviceChange>",
                           "<extraConfig><key>a</key><value>b</value></extraConfig>"})
    EXPECT_EQ(desk.on("ReconfigVM_Task", "DC0_C0_RP0_VM0", "<spec>" + std::string(spec) + "</spec>").fault,
              "InvalidRequest")
        << spec;
}

TEST_F(VcenterTest, AnswersAreAsTheSchemaHasThem) {
  MachineSeed seed;
  seed.name = "on";
  seed.is_on = true;
  desk.center.add_machine(seed);
  for (const char* type :
       {"VirtualMachine", "Folder", "Datacenter", "StoragePod", "Datastore", "ClusterComputeResource", "ResourcePool",
        "Network", "DistributedVirtualPortgroup", "OpaqueNetwork", "VmwareDistributedVirtualSwitch"}) {
    for (const Object* object : desk.center.objects(type)) {
      for (const Element& element : *desk.center.types.elements(object->self.type)) {
        const auto value = desk.center.property(*object, element.name);
        ASSERT_TRUE(value.ok());
        if (*value == nullptr) continue;
        for (const Tree& each : element.is_list ? (*value)->children : Trees{*value}) {
          const Status right = desk.center.types.check(each, element.kind, object->self.id + "." + element.name);
          EXPECT_TRUE(right.ok()) << right.error().to_string();
        }
      }
    }
  }
}

// ---- sessions ----

TEST_F(VcenterTest, ASessionThatIdlesEnds) {
  const std::string call = "<CurrentTime><_this type=\"ServiceInstance\">ServiceInstance</_this></CurrentTime>";
  desk.clock.advance(29min);
  EXPECT_EQ(desk.ask(call).status, 200);
  desk.clock.advance(31min);
  EXPECT_EQ(desk.ask(call).fault, "NotAuthenticated");
  const Reply read = desk.read("Folder", "group-d1", {"name"});
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.value("objects.missingSet.fault.fault")->type, "NotAuthenticated");
  EXPECT_EQ(desk.center.logins, 1);
}

TEST_F(VcenterTest, WithASessionItsCollectorsAndViewsGo) {
  const Reply view = desk.ask(
      "<CreateContainerView><_this type=\"ViewManager\">ViewManager</_this><container "
      "type=\"Folder\">group-d1</container>"
      "<recursive>true</recursive></CreateContainerView>");
  desk.center.end_sessions();
  EXPECT_EQ(desk.center.object(view.text()), nullptr);
  EXPECT_TRUE(desk.center.collectors.empty());
}

TEST_F(VcenterTest, NobodyHasADeniedPrivilege) {
  desk.center.denied.insert("VirtualMachine.Inventory.Delete");
  const Reply reply = desk.on("Destroy_Task", "DC0_C0_RP0_VM0");
  EXPECT_EQ(reply.fault, "NoPermission");
  EXPECT_EQ(text_of(reply.body, "detail.NoPermissionFault.privilegeId"), "VirtualMachine.Inventory.Delete");
}

TEST_F(VcenterTest, WhatIsHiddenIsMissingAndNotGone) {
  const std::string id = desk.id_of("template");
  desk.center.hidden.insert(id);
  const Reply read = desk.read("VirtualMachine", id, {"name"});
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(read.value("objects.missingSet.fault.fault")->type, "NoPermission");
}

// ---- properties ----

TEST_F(VcenterTest, UnknownPathsAreRefused) {
  const std::string id = desk.id_of("template");
  for (const char* path : {"no.such.property", "config.nothing", "name.more", "config.hardware.device.key"})
    EXPECT_EQ(desk.read("VirtualMachine", id, {path}).fault, "InvalidProperty") << path;
}

TEST_F(VcenterTest, OneEntryOfAListCanBeRead) {
  Object& machine = *desk.center.machine("template");
  desk.center.set_extra_config(machine, "some.key", "value");
  const Reply read = desk.read("VirtualMachine", machine.self.id, {"config.extraConfig[\"some.key\"]"});
  EXPECT_EQ(text_of(read.value("objects.propSet.val"), "value"), "value");
  EXPECT_EQ(read.value("objects.propSet.val")->type, "OptionValue");
  EXPECT_EQ(desk.read("VirtualMachine", machine.self.id, {"config.extraConfig[\"no\"]"}).value("objects.propSet"),
            nullptr);
}

// ---- watching ----

struct WatchTest : VcenterTest {
  Ref collector;
  std::string version;
  WatchTest() {
    collector = {"PropertyCollector",
                 desk.ask("<CreatePropertyCollector><_this type=\"PropertyCollector\">propertyCollector</_this>"
                          "</CreatePropertyCollector>")
                     .text()};
    const std::string view =
        desk.ask(
                "<CreateContainerView><_this type=\"ViewManager\">ViewManager</_this><container "
                "type=\"Folder\">group-d1"
                "</container><type>VirtualMachine</type><recursive>true</recursive></CreateContainerView>")
            .text();
    EXPECT_EQ(desk.ask("<CreateFilter>" + self() +
                       "<spec><propSet><type>VirtualMachine</type><pathSet>name</pathSet><pathSet>runtime.powerState"
                       "</pathSet></propSet><objectSet><obj type=\"ContainerView\">" +
                       view +
                       "</obj><skip>true</skip><selectSet xsi:type=\"TraversalSpec\"><type>ContainerView</type>"
                       "<path>view</path><skip>false</skip></selectSet></objectSet></spec><partialUpdates>false"
                       "</partialUpdates></CreateFilter>")
                  .status,
              200);
  }
  std::string self() const { return "<_this type=\"PropertyCollector\">" + collector.id + "</_this>"; }
  Reply wait(const std::string& options = "<maxWaitSeconds>0</maxWaitSeconds>") {
    Reply reply = desk.ask("<WaitForUpdatesEx>" + self() + "<version>" + version + "</version><options>" + options +
                           "</options></WaitForUpdatesEx>");
    if (reply.status == 200 && reply.value() != nullptr) version = reply.text("version");
    return reply;
  }
};

TEST_F(WatchTest, TellsEverythingThenWhatChanges) {
  const Reply first = wait();
  EXPECT_EQ(all(first.value("filterSet"), "objectSet").size(), desk.center.objects("VirtualMachine").size());
  EXPECT_EQ(wait().value(), nullptr);
  desk.center.set_power(*desk.center.machine("DC0_C0_RP0_VM0"), "poweredOn");
  const Reply second = wait();
  EXPECT_EQ(second.text("filterSet.objectSet.kind"), "modify");
  EXPECT_EQ(second.text("filterSet.objectSet.changeSet.name"), "runtime.powerState");
  desk.center.erase_machine(desk.center.machine("DC0_C0_RP0_VM0")->self);
  EXPECT_EQ(wait().text("filterSet.objectSet.kind"), "leave");
}

TEST_F(WatchTest, TellsInPartsAndSaysSo) {
  for (int i = 0; i < 5; ++i) desk.center.add_machine({.name = "m" + std::to_string(i)});
  std::size_t told = 0;
  for (bool more = true; more;) {
    const Reply reply = wait("<maxWaitSeconds>0</maxWaitSeconds><maxObjectUpdates>3</maxObjectUpdates>");
    ASSERT_NE(reply.value(), nullptr);
    EXPECT_LE(all(reply.value("filterSet"), "objectSet").size(), 3U);
    told += all(reply.value("filterSet"), "objectSet").size();
    more = is_true(reply.value(), "truncated");
  }
  EXPECT_EQ(told, desk.center.objects("VirtualMachine").size());
}

TEST_F(WatchTest, AnOldVersionIsRefusedAndNothingBeginsAnew) {
  wait();
  version = "99";
  EXPECT_EQ(wait().fault, "InvalidCollectorVersion");
  version = "";
  EXPECT_EQ(wait().text("filterSet.objectSet.kind"), "enter");
}

TEST_F(WatchTest, WaitsForAsLongAsItIsTold) {
  wait();
  Asked asked;
  const std::string call = "<WaitForUpdatesEx>" + self() + "<version>" + version +
                           "</version><options><maxWaitSeconds>30</maxWaitSeconds></options></WaitForUpdatesEx>";
  EXPECT_TRUE(desk.ask_again(call, asked).waits);
  asked.waited_s = 29;
  EXPECT_TRUE(desk.ask_again(call, asked).waits);
  asked.waited_s = 30;
  EXPECT_FALSE(desk.ask_again(call, asked).waits);
}

// ---- clones ----

TEST_F(VcenterTest, ACloneHasAllOfItsSourceButWhoItIs) {
  desk.center.set_extra_config(*desk.center.machine("template"), "virtrigaud.owner", "somebody");
  EXPECT_EQ(desk.end_of(desk.clone("template", "web")), "");
  const Tree &from = desk.center.machine("template")->tree, &made = desk.center.machine("web")->tree;
  EXPECT_EQ(desk.center.extra_config(desk.id_of("web"), "virtrigaud.owner"), "somebody");
  for (const char* path : {"config.uuid", "config.instanceUuid", "config.changeVersion"})
    EXPECT_NE(text_of(from, path), text_of(made, path)) << path;
  EXPECT_FALSE(is_true(made, "config.template"));
  EXPECT_EQ(text_of(device_with_key(devices_of(made), 2000), "backing.fileName"), "[LocalDS_0] web/web.vmdk");
  EXPECT_NE(text_of(device_with_key(devices_of(from), 4000), "macAddress"),
            text_of(device_with_key(devices_of(made), 4000), "macAddress"));
  EXPECT_TRUE(desk.center.files.contains("[LocalDS_0] web/web.vmdk"));
}

TEST_F(VcenterTest, AnInstanceUuidThatIsTakenIsReplaced) {
  const std::string uuid = random_uuid();
  const std::string config = "<config><instanceUuid>" + uuid + "</instanceUuid></config>";
  EXPECT_EQ(desk.end_of(desk.clone("template", "one", config)), "");
  EXPECT_EQ(desk.end_of(desk.clone("template", "two", config)), "");
  EXPECT_EQ(text_of(desk.center.machine("one")->tree, "config.instanceUuid"), uuid);
  EXPECT_NE(text_of(desk.center.machine("two")->tree, "config.instanceUuid"), uuid);
}

TEST_F(VcenterTest, NamesAreTakenByFolderAndFromTheFirstMomentOn) {
  desk.center.timing.clone = 10s;
  const Reply first = desk.clone("template", "web");
  EXPECT_EQ(desk.end_of(first), "?");
  EXPECT_EQ(find(desk.center.machine("web")->tree, "config"), nullptr);
  EXPECT_EQ(desk.end_of(desk.clone("template", "web")), "DuplicateName");
  desk.clock.advance(4s);
  EXPECT_EQ(text_of(desk.info(first), "progress"), "40");
  desk.clock.advance(6s);
  EXPECT_EQ(desk.end_of(first), "");
}

TEST_F(VcenterTest, ACancelledCloneLeavesNothing) {
  desk.center.timing.clone = 10s;
  const std::size_t files = desk.center.files.size();
  const Reply task = desk.clone("template", "web");
  EXPECT_EQ(desk.ask("<CancelTask><_this type=\"Task\">" + task.text() + "</_this></CancelTask>").status, 200);
  EXPECT_EQ(desk.end_of(task), "RequestCanceled");
  desk.clock.advance(20s);
  EXPECT_EQ(desk.end_of(task), "RequestCanceled");
  EXPECT_EQ(desk.center.machine("web"), nullptr);
  EXPECT_EQ(desk.center.files.size(), files);
}

TEST_F(VcenterTest, ACloneThatDoesNotFitLeavesNothing) {
  const std::size_t files = desk.center.files.size();
  const std::string tiny =
      "<datastore type=\"Datastore\">datastore-76</datastore><pool type=\"ResourcePool\">resgroup-30</pool>";
  EXPECT_EQ(desk.end_of(desk.clone("template", "web", "", tiny)), "NoDiskSpace");
  EXPECT_EQ(desk.center.machine("web"), nullptr);
  EXPECT_EQ(desk.center.files.size(), files);
}

TEST_F(VcenterTest, ATemplateIsClonedIntoAPoolOfTheSameDatacenter) {
  EXPECT_EQ(desk.end_of(desk.clone("template", "web", "", "")), "InvalidArgument");
  EXPECT_EQ(desk.end_of(desk.clone("template", "web", "", "<pool type=\"ResourcePool\">resgroup-67</pool>")),
            "InvalidArgument");
}

TEST_F(VcenterTest, WithoutDrsACloneNamesItsHost) {
  const Ref cluster = desk.center.called("ClusterComputeResource", "DC0_C0")->self;
  desk.center.set(*desk.center.object(cluster.id), "configuration.drsConfig.enabled",
                  typed("boolean", leaf("enabled", false)));
  const std::string pool = "<pool type=\"ResourcePool\">resgroup-30</pool>";
  EXPECT_EQ(desk.end_of(desk.clone("template", "nowhere", "", pool)), "InvalidArgument");
  EXPECT_EQ(desk.end_of(desk.clone("template", "there", "", pool + "<host type=\"HostSystem\">host-50</host>")), "");
}

TEST_F(VcenterTest, ALinkedCloneNeedsASnapshot) {
  const std::string linked =
      "<diskMoveType>createNewChildDiskBacking</diskMoveType><pool type=\"ResourcePool\">resgroup-30</pool>";
  EXPECT_EQ(desk.end_of(desk.clone("template", "web", "", linked)), "InvalidArgument");
}

TEST_F(VcenterTest, CustomizationNamesEveryCard) {
  const std::string spec =
      "<customization><identity xsi:type=\"CustomizationLinuxPrep\"><hostName "
      "xsi:type=\"CustomizationFixedName\"><name>w"
      "</name></hostName><domain>d</domain></identity><globalIPSettings/></customization>";
  EXPECT_EQ(desk.end_of(desk.clone("template", "web", spec)), "NicSettingMismatch");
  EXPECT_EQ(desk.center.machine("web"), nullptr);
}

// ---- reconfiguring ----

TEST_F(VcenterTest, AStaleVersionIsRefused) {
  const std::string version = text_of(desk.center.machine("template")->tree, "config.changeVersion");
  const std::string spec = "<changeVersion>" + version + "</changeVersion><annotation>a</annotation>";
  EXPECT_EQ(desk.reconfigure("template", spec), "");
  EXPECT_EQ(desk.reconfigure("template", spec), "ConcurrentAccess");
}

TEST_F(VcenterTest, WhatARunningMachineTakes) {
  MachineSeed seed;
  seed.name = "on";
  seed.cpus = 2;
  seed.memory_mib = 1024;
  seed.is_on = true;
  desk.center.add_machine(seed);
  EXPECT_EQ(desk.reconfigure("on", "<numCPUs>1</numCPUs>"), "CpuHotPlugNotSupported");
  EXPECT_EQ(desk.reconfigure("on", "<numCPUs>4</numCPUs>"), "CpuHotPlugNotSupported");
  EXPECT_EQ(desk.reconfigure("on", "<memoryMB>512</memoryMB>"), "MemoryHotPlugNotSupported");
  EXPECT_EQ(desk.reconfigure("on", "<cpuHotAddEnabled>true</cpuHotAddEnabled>"), "InvalidPowerState");
  EXPECT_EQ(desk.reconfigure("on", "<firmware>efi</firmware>"), "InvalidPowerState");
  EXPECT_EQ(desk.reconfigure("on", disk_at(1)), "");
  desk.center.set_power(*desk.center.machine("on"), "poweredOff");
  EXPECT_EQ(desk.reconfigure(
                "on", "<memoryHotAddEnabled>true</memoryHotAddEnabled><cpuHotAddEnabled>true</cpuHotAddEnabled>"),
            "");
  desk.center.set_power(*desk.center.machine("on"), "poweredOn");
  EXPECT_EQ(desk.reconfigure("on", "<numCPUs>4</numCPUs><memoryMB>2048</memoryMB>"), "");
  EXPECT_EQ(desk.reconfigure("on", "<numCPUs>2</numCPUs>"), "CpuHotPlugNotSupported");
}

TEST_F(VcenterTest, DisksGoWhereThereIsRoomForThem) {
  EXPECT_EQ(desk.reconfigure("template", disk_at(7)), "InvalidDeviceSpec");
  EXPECT_EQ(desk.reconfigure("template", disk_at(0)), "InvalidDeviceSpec");
  EXPECT_EQ(desk.reconfigure("template", disk_at(16)), "InvalidDeviceSpec");
  EXPECT_EQ(desk.reconfigure("template", disk_at(1)), "");
  EXPECT_TRUE(desk.center.files.contains("[LocalDS_0] template/template_1.vmdk"));
}

TEST_F(VcenterTest, DisksGrowAndDoNotShrink) {
  const auto edit = [](std::int64_t key, std::int64_t kib) {
    return "<deviceChange><operation>edit</operation><device xsi:type=\"VirtualDisk\"><key>" + std::to_string(key) +
           "</key><capacityInKB>" + std::to_string(kib) + "</capacityInKB></device></deviceChange>";
  };
  EXPECT_EQ(desk.reconfigure("template", edit(2000, 1024)), "InvalidDeviceSpec");
  EXPECT_EQ(desk.reconfigure("template", edit(2999, 4 << 20)), "InvalidDeviceSpec");
  EXPECT_EQ(desk.reconfigure("template", edit(2000, 4 << 20)), "");
  EXPECT_EQ(desk.center.files.at("[LocalDS_0] template/template.vmdk").bytes, std::int64_t{4} << 30);
}

TEST_F(VcenterTest, ARemovedDiskKeepsItsFileUnlessItIsToBeDestroyed) {
  const std::string remove =
      "<device xsi:type=\"VirtualDisk\"><key>2001</key><capacityInKB>1024</capacityInKB></device></deviceChange>";
  EXPECT_EQ(desk.reconfigure("template", disk_at(1)), "");
  EXPECT_EQ(desk.reconfigure("template", "<deviceChange><operation>remove</operation>" + remove), "");
  EXPECT_TRUE(desk.center.files.contains("[LocalDS_0] template/template_1.vmdk"));
  EXPECT_EQ(desk.reconfigure("template", disk_at(1)), "");
  EXPECT_EQ(
      desk.reconfigure("template",
                       "<deviceChange><operation>remove</operation><fileOperation>destroy</fileOperation>" + remove),
      "");
  EXPECT_FALSE(desk.center.files.contains("[LocalDS_0] template/template_2.vmdk"));
}

TEST_F(VcenterTest, ExtraConfigIsMergedAndAnEmptyValueTakesAKeyAway) {
  const auto option = [](const std::string& key, const std::string& value) {
    return "<extraConfig><key>" + key + "</key><value xsi:type=\"xsd:string\">" + value + "</value></extraConfig>";
  };
  const std::string id = desk.id_of("template");
  EXPECT_EQ(desk.reconfigure("template", option("a", "1") + option("b", "2")), "");
  EXPECT_EQ(desk.reconfigure("template", option("a", "")), "");
  EXPECT_EQ(desk.center.extra_config(id, "a"), "");
  EXPECT_EQ(desk.center.extra_config(id, "b"), "2");
  EXPECT_EQ(all(find(desk.center.object(id)->tree, "config"), "extraConfig").size(), 1U);
}

TEST_F(VcenterTest, CardsArePluggedIntoWhatIsThere) {
  const auto card = [](const std::string& backing) {
    return "<deviceChange><operation>add</operation><device xsi:type=\"VirtualVmxnet3\"><key>-1</key><backing "
           "xsi:type=\"" +
           backing + "</backing></device></deviceChange>";
  };
  const std::string port = "VirtualEthernetCardDistributedVirtualPortBackingInfo\"><port><switchUuid>";
  const std::string dvs = "50 2b 1f 0e 11 52 a6 c2-7b 8a 5d 21 5f d1 9a 01";
  EXPECT_EQ(desk.reconfigure("template", card("VirtualEthernetCardNetworkBackingInfo\"><deviceName>no</deviceName>")),
            "InvalidDeviceBacking");
  EXPECT_EQ(
      desk.reconfigure("template", card(port + "none</switchUuid><portgroupKey>dvportgroup-13</portgroupKey></port>")),
      "NotFound");
  EXPECT_EQ(desk.reconfigure("template",
                             card(port + dvs + "</switchUuid><portgroupKey>dvportgroup-13</portgroupKey></port>")),
            "");
  const std::string opaque =
      "VirtualEthernetCardOpaqueNetworkBackingInfo\"><opaqueNetworkId>6f2b5a0e-3c8d-4a53-9f4e-0c9d5a0f1b11"
      "</opaqueNetworkId><opaqueNetworkType>nsx.LogicalSwitch</opaqueNetworkType>";
  EXPECT_EQ(desk.reconfigure("template", card(opaque)), "");
  EXPECT_EQ(desk.center.property(*desk.center.machine("template"), "network").take()->children.size(), 3U);
}

TEST_F(VcenterTest, OneTaskAtATimeWorksOnAMachine) {
  desk.center.timing.reconfigure = 10s;
  const Reply first = desk.on("ReconfigVM_Task", "template", "<spec><annotation>a</annotation></spec>");
  EXPECT_EQ(desk.reconfigure("template", "<annotation>b</annotation>"), "TaskInProgress");
  desk.clock.advance(10s);
  EXPECT_EQ(desk.end_of(first), "");
}

// ---- power, and the end ----

TEST_F(VcenterTest, GuestsObeyIgnoreOrHaveNoTools) {
  desk.center.timing.shutdown = 5s;
  for (const char* name : {"obeys", "ignores", "no-tools"})
    desk.center.add_machine({.name = name, .is_on = true, .extra_config = {{std::string(kGuestKey), name}}});
  EXPECT_EQ(desk.on("ShutdownGuest", "obeys").status, 200);
  EXPECT_EQ(desk.on("ShutdownGuest", "ignores").status, 200);
  EXPECT_EQ(desk.on("ShutdownGuest", "no-tools").fault, "ToolsUnavailable");
  EXPECT_TRUE(is_on(desk.center.machine("obeys")->tree));
  desk.clock.advance(5s);
  desk.center.settle();
  EXPECT_FALSE(is_on(desk.center.machine("obeys")->tree));
  EXPECT_TRUE(is_on(desk.center.machine("ignores")->tree));
  EXPECT_EQ(desk.on("ShutdownGuest", "obeys").fault, "InvalidPowerState");
}

TEST_F(VcenterTest, WhatRunsIsNotDestroyedAndWhatIsGoneIsNotFound) {
  desk.center.add_machine({.name = "on", .is_on = true});
  EXPECT_EQ(desk.end_of(desk.on("Destroy_Task", "on")), "InvalidPowerState");
  desk.center.set_power(*desk.center.machine("on"), "poweredOff");
  const std::string id = desk.id_of("on");
  EXPECT_EQ(desk.end_of(desk.on("Destroy_Task", "on")), "");
  const Reply again = desk.ask("<Destroy_Task><_this type=\"VirtualMachine\">" + id + "</_this></Destroy_Task>");
  EXPECT_EQ(again.fault, "ManagedObjectNotFound");
  EXPECT_EQ(text_of(again.body, "detail.ManagedObjectNotFoundFault.obj"), id);
  EXPECT_FALSE(desk.center.files.contains("[LocalDS_0] on/on.vmdk"));
}

TEST_F(VcenterTest, TasksVanishSomeTimeAfterTheirEnd) {
  const Reply task = desk.on("PowerOnVM_Task", "DC0_C0_RP0_VM0");
  EXPECT_EQ(desk.end_of(task), "");
  desk.clock.advance(11min);
  EXPECT_EQ(desk.read("Task", task.text(), {"info"}).fault, "ManagedObjectNotFound");
}

// ---- imports and Storage DRS ----

constexpr char kOvf[] =
    "&lt;Envelope&gt;&lt;References&gt;&lt;File href=&quot;d.vmdk&quot; id=&quot;f&quot; "
    "size=&quot;4&quot;/&gt;&lt;/References&gt;"
    "&lt;DiskSection&gt;&lt;Disk capacity=&quot;16&quot; capacityAllocationUnits=&quot;byte * 2^20&quot; "
    "diskId=&quot;d&quot; "
    "fileRef=&quot;f&quot;/&gt;&lt;/DiskSection&gt;&lt;VirtualSystem&gt;&lt;VirtualHardwareSection&gt;&lt;Item&gt;"
    "&lt;InstanceID&gt;3&lt;/InstanceID&gt;&lt;ResourceSubType&gt;VirtualSCSI&lt;/"
    "ResourceSubType&gt;&lt;ResourceType&gt;6"
    "&lt;/ResourceType&gt;&lt;/Item&gt;&lt;Item&gt;&lt;AddressOnParent&gt;0&lt;/AddressOnParent&gt;&lt;HostResource&gt;"
    "ovf:/disk/d&lt;/HostResource&gt;&lt;Parent&gt;3&lt;/Parent&gt;&lt;ResourceType&gt;17&lt;/ResourceType&gt;&lt;/"
    "Item&gt;"
    "&lt;/VirtualHardwareSection&gt;&lt;/VirtualSystem&gt;&lt;/Envelope&gt;";

struct ImportTest : VcenterTest {
  std::string lease;
  ImportTest() {
    const Reply spec = desk.ask(
        "<CreateImportSpec><_this type=\"OvfManager\">OvfManager</_this><ovfDescriptor>" + std::string(kOvf) +
        "</ovfDescriptor><resourcePool type=\"ResourcePool\">resgroup-30</resourcePool><datastore type=\"Datastore\">"
        "datastore-75</datastore><cisp><locale>US</locale><deploymentOption></deploymentOption><entityName>imp</"
        "entityName>"
        "</cisp></CreateImportSpec>");
    EXPECT_EQ(spec.status, 200);
    lease = desk.ask("<ImportVApp><_this type=\"ResourcePool\">resgroup-30</_this>" +
                     to_xml(named("spec", spec.value("importSpec"))) +
                     "<folder type=\"Folder\">group-v3</folder></ImportVApp>")
                .text();
  }
  Reply of_lease(const std::string& method, const std::string& rest = "") {
    return desk.ask("<" + method + "><_this type=\"HttpNfcLease\">" + lease + "</_this>" + rest + "</" + method + ">");
  }
  int upload(const std::string& bytes) {
    const Tree info = desk.read("HttpNfcLease", lease, {"info"}).value("objects.propSet.val");
    const std::string url = text_of(info, "deviceUrl.url");
    Asked asked;
    return desk.api.answer({"PUT", url.substr(url.find("/nfc/")), bytes, "", "", ""}, asked).status;
  }
};

TEST_F(ImportTest, KeepsTheBytes) {
  ASSERT_NE(desk.center.machine("imp"), nullptr);
  EXPECT_EQ(upload("VMDK"), 201);
  EXPECT_EQ(of_lease("HttpNfcLeaseProgress", "<percent>50</percent>").status, 200);
  EXPECT_EQ(of_lease("HttpNfcLeaseComplete").status, 200);
  EXPECT_EQ(desk.center.files.at("[LocalDS_0] imp/imp.vmdk").data, "VMDK");
  EXPECT_EQ(of_lease("HttpNfcLeaseComplete").fault, "ManagedObjectNotFound");
}

TEST_F(ImportTest, AnAbortedOneLeavesNothing) {
  EXPECT_EQ(of_lease("HttpNfcLeaseAbort").status, 200);
  EXPECT_EQ(desk.center.machine("imp"), nullptr);
  EXPECT_FALSE(desk.center.files.contains("[LocalDS_0] imp/imp.vmdk"));
}

TEST_F(ImportTest, ALeaseThatNobodyTendsEnds) {
  desk.clock.advance(200s);
  EXPECT_EQ(of_lease("HttpNfcLeaseProgress", "<percent>1</percent>").status, 200);
  desk.clock.advance(200s);
  desk.center.settle();
  EXPECT_NE(desk.center.machine("imp"), nullptr);
  desk.clock.advance(101s);
  desk.center.settle();
  EXPECT_EQ(desk.center.machine("imp"), nullptr);
}

TEST_F(VcenterTest, StorageDrsRecommendsTheRoomiestAndClones) {
  const Reply spec = desk.ask(
      "<RecommendDatastores><_this "
      "type=\"StorageResourceManager\">StorageResourceManager</_this><storageSpec><type>clone"
      "</type><vm type=\"VirtualMachine\">" +
      desk.id_of("template") +
      "</vm><podSelectionSpec><storagePod "
      "type=\"StoragePod\">group-p10</storagePod></podSelectionSpec><cloneSpec><location>"
      "<pool "
      "type=\"ResourcePool\">resgroup-30</pool></location><template>false</template><powerOn>false</powerOn></"
      "cloneSpec>"
      "<cloneName>web</cloneName><folder type=\"Folder\">group-v3</folder></storageSpec></RecommendDatastores>");
  ASSERT_EQ(spec.status, 200);
  EXPECT_EQ(spec.text("recommendations.action.destination"), "datastore-78");
  const Reply task = desk.ask(
      "<ApplyStorageDrsRecommendation_Task><_this type=\"StorageResourceManager\">StorageResourceManager</_this><key>" +
      spec.text("recommendations.key") + "</key></ApplyStorageDrsRecommendation_Task>");
  EXPECT_EQ(desk.end_of(task), "");
  EXPECT_TRUE(desk.center.files.contains("[PodDS_1] web/web.vmdk"));
}

// ---- size ----

TEST_F(VcenterTest, TenThousandMachinesCanBeMade) {
  for (int i = 0; i < 10'000; ++i) desk.center.add_machine({.name = "m" + std::to_string(i), .network = ""});
  EXPECT_EQ(desk.center.objects("VirtualMachine").size(), 10'002U);
}

}  // namespace
}  // namespace rig::fakes::vcenter
