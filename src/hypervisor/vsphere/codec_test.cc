// vsphere/codec_test.cc — requests are written in the order of the schema; answers are read as they were recorded.
#include "hypervisor/vsphere/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <pugixml.hpp>

#include "base/text.h"
#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/method_rows.h"
#include "hypervisor/vsphere/properties.h"
#include "hypervisor/vsphere/recorded_test.h"

namespace rig::vsphere {
namespace {

// ---- the order ----

template <class T>
std::vector<std::string> names_of() {
  return std::apply([](const auto&... rows) { return std::vector<std::string>{std::string(rows.name)...}; }, kRows<T>);
}

struct Sequence {
  const char* type;
  std::vector<std::string> rows;
  const char* fields;  // all that the type has, its base's first
};
// As the schema has them (govmomi 0.56, vim25/types/types.go), not as rows.h does.
const char kDevice[] = "key deviceInfo backing connectable slotInfo controllerKey unitNumber numaNode ";
const char kMachineConfig[] =
    "changeVersion name version createDate uuid instanceUuid npivNodeWorldWideName npivPortWorldWideName "
    "npivWorldWideNameType npivDesiredNodeWwns npivDesiredPortWwns npivTemporaryDisabled npivOnNonRdmDisks "
    "npivWorldWideNameOp locationId guestId alternateGuestName annotation files tools flags consolePreferences "
    "powerOpInfo rebootPowerOff numCPUs vcpuConfig numCoresPerSocket memoryMB memoryHotAddEnabled cpuHotAddEnabled "
    "cpuHotRemoveEnabled virtualICH7MPresent virtualSMCPresent deviceChange cpuAllocation memoryAllocation "
    "latencySensitivity cpuAffinity memoryAffinity networkShaper cpuFeatureMask extraConfig swapPlacement bootOptions "
    "vAppConfig ftInfo repConfig vAppConfigRemoved vAssertsEnabled changeTrackingEnabled firmware maxMksConnections "
    "guestAutoLockEnabled managedBy memoryReservationLockedToMax nestedHVEnabled vPMCEnabled";

std::vector<Sequence> machine_sequences() {
  static const std::string controller = std::string(kDevice) + "busNumber device ";
  static const std::string scsi = controller + "hotAddRemove sharedBus scsiCtlrUnitNumber",
                           nvme = controller + "sharedBus",
                           disk = std::string(kDevice) +
                                  "capacityInKB capacityInBytes shares storageIOAllocation diskObjectId " +
                                  "vFlashCacheConfigInfo iofilter vDiskId vDiskVersion virtualDiskFormat " +
                                  "nativeUnmanagedLinkedClone independentFilters",
                           nic = std::string(kDevice) +
                                 "addressType macAddress wakeOnLanEnabled resourceAllocation externalId " +
                                 "uptCompatibilityEnabled";
  return {
      {"VirtualMachineConfigSpec", names_of<ConfigSpec>(), kMachineConfig},
      {"VirtualMachineCloneSpec", names_of<CloneSpec>(),
       "location template config customization powerOn snapshot memory"},
      {"VirtualMachineRelocateSpec", names_of<RelocateSpec>(),
       "service folder datastore diskMoveType pool host disk transform deviceChange profile cryptoSpec"},
      {"VirtualDeviceConfigSpec", names_of<DeviceChange>(), "operation fileOperation device profile backing"},
      {"VirtualMachineBootOptions", names_of<BootOptions>(),
       "bootDelay enterBIOSSetup efiSecureBootEnabled bootRetryEnabled"},
      {"VirtualSCSIController", names_of<Device>(), scsi.c_str()},
      {"VirtualNVMEController", names_of<Device>(), nvme.c_str()},
      {"VirtualDisk", names_of<Device>(), disk.c_str()},
      {"VirtualEthernetCard", names_of<Device>(), nic.c_str()},
      {"VirtualDiskFlatVer2BackingInfo", names_of<Backing>(),
       "fileName datastore backingObjectId diskMode split writeThrough thinProvisioned eagerlyScrub uuid contentId "
       "changeId parent deltaDiskFormat digestEnabled deltaGrainSize deltaDiskFormatVariant sharing keyId"},
      {"VirtualEthernetCardNetworkBackingInfo", names_of<Backing>(),
       "deviceName useAutoDetect network inPassthroughMode"},
      {"VirtualEthernetCardDistributedVirtualPortBackingInfo", names_of<Backing>(), "port"},
      {"VirtualEthernetCardOpaqueNetworkBackingInfo", names_of<Backing>(), "opaqueNetworkId opaqueNetworkType"},
      {"DistributedVirtualSwitchPortConnection", names_of<PortConnection>(),
       "switchUuid portgroupKey portKey connectionCookie"},
      {"VirtualDeviceConnectInfo", names_of<Connectable>(),
       "migrateConnect startConnected allowGuestControl connected status"},
      {"OptionValue", names_of<OptionValue>(), "key value"},
      {"PropertyFilterSpec", names_of<FilterSpec>(), "propSet objectSet reportMissingObjectsInResults"},
      {"PropertySpec", names_of<PropertySpec>(), "type all pathSet"},
      {"ObjectSpec", names_of<ObjectSpec>(), "obj skip selectSet"},
      {"TraversalSpec", names_of<SelectionSpec>(), "name type path skip selectSet"},
      {"WaitOptions", names_of<WaitOptions>(), "maxWaitSeconds maxObjectUpdates"},
      {"CloneVMRequestType", names_of<CloneMachine>(), "_this folder name spec"},
      {"LoginRequestType", names_of<LogIn>(), "_this userName password locale"},
      {"FindAllByUuidRequestType", names_of<FindAllByUuid>(), "_this datacenter uuid vmSearch instanceUuid"},
      {"CreateFilterRequestType", names_of<CreateFilter>(), "_this spec partialUpdates"},
      {"WaitForUpdatesExRequestType", names_of<WaitForUpdates>(), "_this version options"},
      {"RetrievePropertiesExRequestType", names_of<RetrieveProperties>(), "_this specSet options"},
      {"CreateContainerViewRequestType", names_of<CreateContainerView>(), "_this container type recursive"},
  };
}

// Of placing, importing and setting up.
std::vector<Sequence> place_sequences() {
  return {
      {"OvfCreateImportSpecParams", names_of<ImportParams>(),
       "locale deploymentOption msgBundle importOption entityName hostSystem networkMapping ipAllocationPolicy "
       "ipProtocol propertyMapping resourceMapping diskProvisioning instantiationOst"},
      {"ResourceAllocationInfo", names_of<Allocation>(),
       "reservation expandableReservation limit shares overheadLimit"},
      {"SharesInfo", names_of<Shares>(), "shares level"},
      {"CustomizationSpec", names_of<CustomizationSpec>(),
       "options identity globalIPSettings nicSettingMap encryptionKey"},
      {"CustomizationLinuxPrep", names_of<LinuxPrep>(), "hostName domain timeZone hwClockUTC scriptText"},
      {"CustomizationGlobalIPSettings", names_of<GlobalIpSettings>(), "dnsSuffixList dnsServerList"},
      {"CustomizationAdapterMapping", names_of<AdapterMapping>(), "macAddress adapter"},
      {"CustomizationIPSettings", names_of<IpSettings>(),
       "ip subnetMask gateway ipV6Spec dnsServerList dnsDomain primaryWINS secondaryWINS netBIOS"},
      {"CustomizationIPSettingsIpV6AddressSpec", names_of<IpV6Settings>(), "ip gateway"},
      {"CustomizationFixedIpV6", names_of<FixedIpV6>(), "ipAddress subnetMask"},
      {"StoragePlacementSpec", names_of<StoragePlacement>(),
       "type priority vm podSelectionSpec cloneSpec cloneName configSpec relocateSpec resourcePool host folder "
       "disallowPrerequisiteMoves resourceLeaseDurationSec"},
      {"StorageDrsPodSelectionSpec", names_of<PodSelection>(), "initialVmConfig storagePod"},
      {"RecommendDatastoresRequestType", names_of<RecommendDatastores>(), "_this storageSpec"},
      {"UpgradeVMRequestType", names_of<UpgradeHardware>(), "_this version"},
      {"CreateImportSpecRequestType", names_of<CreateImportSpec>(), "_this ovfDescriptor resourcePool datastore cisp"},
      {"ImportVAppRequestType", names_of<ImportMachine>(), "_this spec folder host"},
      {"HttpNfcLeaseProgressRequestType", names_of<LeaseProgress>(), "_this percent"},
  };
}

std::vector<Sequence> sequences() {
  std::vector<Sequence> all = machine_sequences();
  std::ranges::move(place_sequences(), std::back_inserter(all));
  return all;
}

TEST(Rows, StandInTheOrderOfTheSchema) {
  for (const Sequence& sequence : sequences()) {
    std::size_t last = 0;
    int found = 0;
    const std::vector<std::string> fields = split(sequence.fields, ' ');
    for (const std::string& name : sequence.rows) {
      const auto at = static_cast<std::size_t>(std::ranges::find(fields, name) - fields.begin());
      if (at == fields.size()) continue;
      EXPECT_GE(at, last) << sequence.type << "." << name;
      last = at;
      ++found;
    }
    EXPECT_GT(found, 0) << sequence.type;
  }
}

TEST(Rows, HaveNoNameThatTheSchemaLacks) {
  std::map<std::string, std::vector<std::string>> known;  // by the rows that they share
  for (const Sequence& sequence : sequences())
    for (const std::string& field : split(sequence.fields, ' ')) known[join(sequence.rows, " ")].push_back(field);
  for (const auto& [rows, fields] : known)
    for (const std::string& name : split(rows, ' '))
      EXPECT_NE(std::ranges::find(fields, name), fields.end()) << name << " of " << rows;
}

// ---- writing ----

// The elements of a request, without its envelope.
std::string content_of(const std::string& request) {
  const std::size_t from = request.find("<soapenv:Body>") + 14;
  return request.substr(from, request.find("</soapenv:Body>") - from);
}

TEST(Request, WritesWhatIsSetAndNothingElse) {
  CloneMachine clone;
  clone.self = {"VirtualMachine", "vm-1"};
  clone.folder = {"Folder", "group-v2"};
  clone.name = "a<b>&\"";
  clone.spec.location.pool = {"ResourcePool", "resgroup-3"};
  clone.spec.config.emplace();
  clone.spec.config->cpus = 2;
  clone.spec.config->extra_config = {{"virtrigaud.owner", {"{}"}}, {"guestinfo.userdata", {""}}};
  Device& nic = clone.spec.config->device_change.emplace_back(DeviceChange{"edit", "", {}}).device;
  nic.xsi_type = "VirtualVmxnet3";
  nic.key = 4000;
  nic.backing.emplace();
  nic.backing->xsi_type = "VirtualEthernetCardNetworkBackingInfo";
  nic.backing->device_name = "VM Network";
  EXPECT_EQ(content_of(request_text(clone)),
            "<CloneVM_Task xmlns=\"urn:vim25\"><_this type=\"VirtualMachine\">vm-1</_this>"
            "<folder type=\"Folder\">group-v2</folder><name>a&lt;b&gt;&amp;\"</name><spec><location>"
            "<pool type=\"ResourcePool\">resgroup-3</pool></location><template>false</template><config>"
            "<numCPUs>2</numCPUs><deviceChange><operation>edit</operation><device xsi:type=\"VirtualVmxnet3\">"
            "<key>4000</key><backing xsi:type=\"VirtualEthernetCardNetworkBackingInfo\">"
            "<deviceName>VM Network</deviceName></backing></device></deviceChange>"
            "<extraConfig><key>virtrigaud.owner</key><value xsi:type=\"xsd:string\">{}</value></extraConfig>"
            "<extraConfig><key>guestinfo.userdata</key><value xsi:type=\"xsd:string\"/></extraConfig>"
            "</config><powerOn>false</powerOn></spec></CloneVM_Task>");
}

TEST(Request, OfAMethodWithoutParametersNamesWhoIsAsked) {
  EXPECT_EQ(content_of(request_text(PowerOn{{"VirtualMachine", "vm-1"}})),
            "<PowerOnVM_Task xmlns=\"urn:vim25\"><_this type=\"VirtualMachine\">vm-1</_this></PowerOnVM_Task>");
  EXPECT_EQ(content_of(request_text(RetrieveProperties{{"PropertyCollector", "p"}, {}, {}})),
            "<RetrievePropertiesEx xmlns=\"urn:vim25\"><_this type=\"PropertyCollector\">p</_this><options/>"
            "</RetrievePropertiesEx>");
}

// Requests that a simulator took, in the order of the schema but for request-add-tpm.
TEST(Request, ThatWasRecordedIsWrittenAsItWas) {
  const auto without_blanks = [](const std::string& text) {
    pugi::xml_document document;
    EXPECT_TRUE(document.load_string(text.c_str()));
    std::ostringstream out;
    document.child("soapenv:Envelope").child("soapenv:Body").first_child().print(out, "", pugi::format_raw);
    return out.str();
  };
  for (const char* name : {"request-clone", "request-clone-linked"}) {
    const std::string text = recorded(name);
    EXPECT_EQ(content_of(request_text(*read_request<CloneMachine>(text))), without_blanks(text));
  }
  for (const char* name : {"request-add-disk", "request-add-nic", "request-guestinfo", "request-grow-disk"}) {
    const std::string text = recorded(name);
    EXPECT_EQ(content_of(request_text(*read_request<Reconfigure>(text))), without_blanks(text));
  }
  const auto tpm = read_request<Reconfigure>(recorded("request-add-tpm"));
  EXPECT_EQ(tpm->spec.firmware, "efi");
  EXPECT_EQ(tpm->spec.boot_options->efi_secure_boot, true);
  EXPECT_EQ(tpm->spec.device_change.front().device.xsi_type, "VirtualTPM");
}

// ---- reading ----

TEST(Answer, OfTheServiceNamesItsManagers) {
  const auto content = read_answer<RetrieveServiceContent>(recorded("RetrieveServiceContent"));
  ASSERT_TRUE(content.ok()) << content.error().to_string();
  EXPECT_EQ(content->root_folder, (MoRef{"Folder", "group-d1"}));
  EXPECT_EQ(content->property_collector, (MoRef{"PropertyCollector", "propertyCollector"}));
  EXPECT_EQ(content->session_manager.id, "SessionManager");
  EXPECT_EQ(content->search_index.id, "SearchIndex");
  EXPECT_EQ(content->about.api_type, "VirtualCenter");
  EXPECT_EQ(content->about.api_version, "6.5");
}

TEST(Answer, OfOneObjectAndOfNone) {
  EXPECT_EQ(*read_answer<PowerOn>(recorded("PowerOnVM_Task")), (MoRef{"Task", "task-101"}));
  EXPECT_FALSE(read_answer<LogIn>(recorded("Login"))->key.empty());
  const auto miss = read_answer<FindChild>(
      "<e:Envelope><e:Body><FindChildResponse xmlns=\"urn:vim25\"></FindChildResponse></e:Body></e:Envelope>");
  EXPECT_TRUE(miss.ok() && miss->empty());
  const auto list = read_answer<FindAllByUuid>(
      "<e:Envelope><e:Body><FindAllByUuidResponse><returnval type=\"VirtualMachine\">vm-1</returnval><returnval "
      "type=\"VirtualMachine\">vm-2</returnval></FindAllByUuidResponse></e:Body></e:Envelope>");
  EXPECT_EQ(list->size(), 2U);
}

MachineProps read_machine(const std::string& text) {
  const auto result = read_answer<RetrieveProperties>(text);
  EXPECT_TRUE(result.ok() && result->objects.size() == 1);
  MachineProps props;
  const Status taken = take_properties(result->objects.front().props, props);
  EXPECT_TRUE(taken.ok()) << taken.error().to_string();
  return props;
}

const Device* device_of(const MachineProps& props, std::string_view type) {
  const auto found = std::ranges::find(props.devices, type, &Device::xsi_type);
  return found == props.devices.end() ? nullptr : &*found;
}

TEST(Answer, OfDevicesIsReadUnderBothPrefixes) {
  const std::string simulators = recorded("RetrievePropertiesEx-devices"), vcenters = with_xsi(simulators);
  ASSERT_NE(simulators, vcenters);
  ASSERT_EQ(vcenters.find("_XMLSchema"), std::string::npos);
  const MachineProps props = read_machine(simulators);
  EXPECT_EQ(props, read_machine(vcenters));
  EXPECT_EQ(props.change_version, "1795332360421988494");
  EXPECT_EQ(props.devices.size(), 13U);
  const Device* disk = device_of(props, "VirtualDisk");
  ASSERT_NE(disk, nullptr);
  EXPECT_EQ(disk->capacity_bytes, 10737418240);
  EXPECT_EQ(disk->controller_key, 202);
  EXPECT_EQ(disk->unit_number, 0);
  EXPECT_EQ(disk->backing->xsi_type, "VirtualDiskFlatVer2BackingInfo");
  EXPECT_EQ(disk->backing->file_name, "[LocalDS_0] web-01/web-01.vmdk");
  EXPECT_EQ(disk->backing->datastore, (MoRef{"Datastore", "datastore-75"}));
  EXPECT_EQ(disk->io_allocation.xml, "<storageIOAllocation><limit>-1</limit></storageIOAllocation>");
  const Device* nic = device_of(props, "VirtualE1000");
  ASSERT_NE(nic, nullptr);
  EXPECT_EQ(nic->mac_address, "00:0c:29:35:32:37");
  EXPECT_EQ(nic->backing->port->portgroup_key, "dvportgroup-13");
  EXPECT_EQ(nic->slot_info.xml,
            "<slotInfo xsi:type=\"VirtualDevicePciBusSlotInfo\"><pciSlotNumber>32</pciSlotNumber>"
            "</slotInfo>");
  const Device* scsi = device_of(props, "ParaVirtualSCSIController");
  ASSERT_NE(scsi, nullptr);
  EXPECT_EQ(scsi->device, std::vector<std::int32_t>{201});
  EXPECT_EQ(scsi->shared_bus, "noSharing");
}

// A device is edited by sending all of it with one thing changed: nothing may get lost on the way.
TEST(Answer, OfADeviceCanBeHandedBack) {
  const MachineProps props = read_machine(recorded("RetrievePropertiesEx-devices-after-add"));
  for (const Device& device : props.devices) {
    Reconfigure edit{{"VirtualMachine", "vm-1"}, {}};
    edit.spec.device_change.push_back({"edit", "", device});
    const auto again = read_request<Reconfigure>(request_text(edit));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*again, edit) << device.xsi_type;
  }
}

TEST(Answer, OfAWholeMachineIsRead) {
  const MachineProps props = read_machine(recorded("RetrievePropertiesEx-describe"));
  EXPECT_EQ(props.power_state, "poweredOn");
  EXPECT_EQ(props.host, (MoRef{"HostSystem", "host-50"}));
  EXPECT_EQ(props.guest_nics.front().mac_address, "00:0c:29:35:32:37");
  EXPECT_EQ(props.guest_nics.front().device_key, 4000);
  EXPECT_EQ(props.tools_running, "guestToolsNotRunning");
}

TEST(Answer, OfATaskIsRead) {
  const auto info = [](const std::string& name) {
    const auto result = read_answer<RetrieveProperties>(recorded(name));
    TaskProps props;
    EXPECT_TRUE(result.ok() && take_properties(result->objects.front().props, props).ok()) << name;
    return props.info;
  };
  const TaskInfo done = info("Task-info-clone");
  EXPECT_EQ(done.state, "success");
  EXPECT_EQ(done.result.type, "VirtualMachine");
  const TaskInfo failed = info("Task-info-clone-duplicate");
  EXPECT_EQ(failed.state, "error");
  EXPECT_EQ(failed.error->fault.xsi_type, "DuplicateName");
  EXPECT_EQ(failed.error->fault.name, "web-01");
  EXPECT_EQ(failed.error->fault.object, (MoRef{"VirtualMachine", "vm-99"}));
}

TEST(Answer, OfUpdatesIsReadAndSilenceIsNoUpdate) {
  const auto first = read_answer<WaitForUpdates>(recorded("watch-WaitForUpdatesEx-initial"));
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  EXPECT_EQ(first->version, "-");
  ASSERT_EQ(first->filters.size(), 1U);
  const auto& objects = first->filters.front().objects;
  ASSERT_EQ(objects.size(), 3U);
  EXPECT_EQ(objects[0].kind, "enter");
  MachineProps props;
  props.power_state = "poweredOff";
  EXPECT_TRUE(take_properties(objects[0].changes, props).ok());
  EXPECT_EQ(props.power_state, "poweredOn");
  EXPECT_EQ(read_answer<WaitForUpdates>(recorded("WaitForUpdatesEx-after-destroy"))->filters[0].objects[0].kind,
            "leave");
  EXPECT_EQ(read_answer<WaitForUpdates>(recorded("watch-WaitForUpdatesEx-maxWait0"))->version, "");
}

TEST(Answer, WithoutAValueUnsetsTheProperty) {
  MachineProps props;
  props.guest_hostname = "web";
  props.cpus = 2;
  EXPECT_TRUE(take_properties({{"guest.hostName", {}}, {"config.hardware.numCPU", {}}}, props).ok());
  EXPECT_EQ(props.guest_hostname, "");
  EXPECT_FALSE(props.cpus.has_value());
}

TEST(Answer, OfPagesSaysThatThereIsMore) {
  const auto page = read_answer<RetrieveProperties>(recorded("RetrievePropertiesEx-list-vms-page1"));
  EXPECT_FALSE(page->token.empty());
  EXPECT_EQ(read_answer<ContinueRetrieveProperties>(recorded("ContinueRetrievePropertiesEx"))->objects.size(), 2U);
  EXPECT_TRUE(read_answer<RetrieveProperties>(recorded("RetrievePropertiesEx-list-vms"))->token.empty());
}

TEST(Answer, ThatIsNoneIsAnError) {
  const std::string cut = recorded("Task-info-clone").substr(0, 700);
  for (const std::string& text : {std::string(), std::string("<html/>"), std::string("no"), cut,
                                  std::string("<e:Envelope><e:Body/></e:Envelope>"), recorded("CurrentTime")}) {
    const auto answer = read_answer<PowerOn>(text);
    ASSERT_FALSE(answer.ok()) << text;
    EXPECT_TRUE(answer.error().is(Code::kDataLoss));
  }
  MachineProps props;
  const Status taken = take_properties({{"config.hardware.numCPU", {"<val>two</val>"}}}, props);
  ASSERT_FALSE(taken.ok());
  EXPECT_NE(taken.error().to_string().find("property config.hardware.numCPU: vSphere's answer: /val: found 'two', "
                                           "wanted a number"),
            std::string::npos)
      << taken.error().to_string();
  EXPECT_FALSE(take_properties({{"config.hardware.numCPU", {"<val>99999999999</val>"}}}, props).ok());
  EXPECT_FALSE(take_properties({{"config.template", {"<val>yes</val>"}}}, props).ok());
  EXPECT_FALSE(take_properties({{"summary.runtime.bootTime", {"<val>yesterday</val>"}}}, props).ok());
}

TEST(Answer, OfAnImportSpecIsHandedBackWithOneEntryMore) {
  for (const std::string& text : {recorded("CreateImportSpec"), with_xsi(recorded("CreateImportSpec"))}) {
    auto made = read_answer<CreateImportSpec>(text);
    ASSERT_TRUE(made.ok()) << made.error().to_string();
    ASSERT_EQ(made->files.size(), 1U);
    EXPECT_EQ(made->files[0].device_id, "/imp-01/disk:0");
    EXPECT_EQ(made->files[0].path, "d.vmdk");
    EXPECT_EQ(made->files[0].bytes, 65536);
    EXPECT_FALSE(made->files[0].create);
    ImportMachine order{{"ResourcePool", "resgroup-30"}, made->spec, {"Folder", "group-2"}, {}};
    const std::string as_it_came = content_of(request_text(order));
    EXPECT_TRUE(
        as_it_came.starts_with("<ImportVApp xmlns=\"urn:vim25\"><_this type=\"ResourcePool\">resgroup-30</_this>"
                               "<spec xsi:type=\"VirtualMachineImportSpec\"><configSpec><name>imp-01</name>"))
        << as_it_came;
    order.spec = *with_option(made->spec, {"virtrigaud.image", {"key"}});
    const std::string with_it = content_of(request_text(order)),
                      entry =
                          "<extraConfig><key>virtrigaud.image</key><value xsi:type=\"xsd:string\">key</value>"
                          "</extraConfig>";
    const std::size_t at = with_it.find(entry);
    ASSERT_NE(at, std::string::npos) << with_it;
    EXPECT_TRUE(with_it.substr(at + entry.size()).starts_with("<vAppConfig")) << "as the schema has it";
    EXPECT_EQ(with_it.substr(0, at) + with_it.substr(at + entry.size()), as_it_came);
  }
}

TEST(ImportSpec, HasAnEntryMoreBehindThoseThatAreThere) {
  const OptionValue option{"k", {"v"}};
  const std::string entry = "<extraConfig><key>k</key><value xsi:type=\"xsd:string\">v</value></extraConfig>";
  EXPECT_EQ(
      with_option({"<s><configSpec><extraConfig><key>a</key></extraConfig><firmware>efi</firmware></configSpec></s>"},
                  option)
          ->xml,
      "<s><configSpec><extraConfig><key>a</key></extraConfig>" + entry + "<firmware>efi</firmware></configSpec></s>");
  EXPECT_EQ(with_option({"<s><configSpec><name>n</name></configSpec></s>"}, option)->xml,
            "<s><configSpec><name>n</name>" + entry + "</configSpec></s>");
  EXPECT_TRUE(with_option({"<s xsi:type=\"VirtualAppImportSpec\"/>"}, option).error().is(Code::kDataLoss));
  EXPECT_TRUE(with_option({}, option).error().is(Code::kDataLoss));
}

TEST(Answer, OfALeaseIsRead) {
  const auto result = read_answer<RetrieveProperties>(recorded("RetrievePropertiesEx-lease-import"));
  LeaseProps lease;
  ASSERT_TRUE(result.ok() && take_properties(result->objects.front().props, lease).ok());
  EXPECT_EQ(lease.state, "ready");
  EXPECT_EQ(lease.info->entity, (MoRef{"VirtualMachine", "vm-171"}));
  ASSERT_EQ(lease.info->urls.size(), 1U);
  EXPECT_EQ(lease.info->urls[0].import_key, "/imp-01/disk:0");
  EXPECT_TRUE(lease.info->urls[0].url.ends_with("/disk-0.vmdk"));
}

TEST(Versions, AreThoseOfVim25) {
  const auto versions = read_versions(
      "<?xml version=\"1.0\"?><namespaces version=\"1.0\"><namespace><name>urn:vsan</name><version>9</version>"
      "</namespace><namespace><name>urn:vim25</name><version>8.0.2.0</version><priorVersions><version>7.0.3.0</version>"
      "<version>6.5</version></priorVersions></namespace></namespaces>");
  EXPECT_EQ(*versions, (std::vector<std::string>{"8.0.2.0", "7.0.3.0", "6.5"}));
  EXPECT_TRUE(read_versions("<html/>").error().is(Code::kDataLoss));
}

// vim25 wants the element also where vSphere is to choose the file.
TEST(CodecTest, ANewDiskNamesItsFileEvenWhenItHasNoName) {
  Reconfigure change{{"VirtualMachine", "vm-1"}, {}};
  change.spec.device_change = {{"add", "create", new_disk(1000, 1, 1 << 20, "", {}, "")}};
  const auto read = read_request<Reconfigure>(request_text(change));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->spec.device_change.front().device.backing->file_name, "");
}

}  // namespace
}  // namespace rig::vsphere
