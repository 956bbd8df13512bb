#!/usr/bin/env python3
"""Writes types.txt: what of vim25 the fake knows, read from the Go types of govmomi (Apache-2.0).

    cut_types.py GOVMOMI/vim25 > types.txt

A line each for a data object (its base, and its own elements in the schema's order), an enumeration, a managed object
(its properties) and a method (its parameters and answer). Behind an element: ! required, ? optional, + at least one,
* any number. Types without a line are large and of no use here. What is newer than API release 7.0.3 is not there.
"""
import re
import sys

METHODS = """RetrieveServiceContent CurrentTime Login Logout SessionIsActive TerminateSession RetrieveProperties
RetrievePropertiesEx ContinueRetrievePropertiesEx CancelRetrievePropertiesEx CreateFilter DestroyPropertyFilter
WaitForUpdatesEx CancelWaitForUpdates CreatePropertyCollector DestroyPropertyCollector CreateContainerView
CreateListView DestroyView FindByInventoryPath FindByUuid FindAllByUuid FindChild CreateVM_Task CloneVM_Task
ReconfigVM_Task RelocateVM_Task RegisterVM_Task UnregisterVM MarkAsTemplate MarkAsVirtualMachine Rename_Task
Destroy_Task PowerOnVM_Task PowerOffVM_Task ResetVM_Task SuspendVM_Task ShutdownGuest RebootGuest StandbyGuest
CreateSnapshot_Task CreateSnapshotEx_Task RemoveSnapshot_Task RemoveAllSnapshots_Task RevertToSnapshot_Task
CustomizeVM_Task UpgradeVM_Task CancelTask CreateImportSpec ImportVApp HttpNfcLeaseProgress HttpNfcLeaseComplete
HttpNfcLeaseAbort HttpNfcLeaseGetManifest RecommendDatastores ApplyStorageDrsRecommendation_Task CreateFolder
""".split()
# Named, and answered as what this vCenter does not have.
UNSERVED = """QueryChangedDiskAreas ConsolidateVMDisks_Task AcquireTicket AcquireMksTicket ExportVm InstantClone_Task
InflateVirtualDisk_Task ShrinkVirtualDisk_Task QueryVirtualDiskGeometry FindRulesForVm CreateDescriptor
ParseDescriptor MigrateVM_Task AnswerVM CreateScreenshot_Task PutUsbScanCodes""".split()
OBJECTS = """ServiceInstance SessionManager PropertyCollector PropertyFilter ViewManager ContainerView ListView
SearchIndex Folder Datacenter StoragePod Datastore ComputeResource ClusterComputeResource HostSystem ResourcePool
VirtualApp Network DistributedVirtualPortgroup OpaqueNetwork DistributedVirtualSwitch
VmwareDistributedVirtualSwitch VirtualMachine VirtualMachineSnapshot Task TaskManager OvfManager HttpNfcLease
StorageResourceManager ManagedEntity""".split()
# All members of these families are known, not only the base.
FAMILIES = """VirtualDevice VirtualDeviceBackingInfo SelectionSpec CustomizationIdentitySettings CustomizationName
CustomizationIpGenerator CustomizationIpV6Generator CustomizationOptions ImportSpec Description DatastoreInfo NetworkSummary
ComputeResourceSummary ClusterComputeResourceSummary VirtualMachineBootOptionsBootableDevice OptionValue
ClusterAction StoragePlacementSpec VmConfigInfo VmConfigSpec ConfigSpecOperation VirtualDeviceConfigSpec""".split()
FAULTS = """InvalidRequest InvalidProperty InvalidArgument InvalidLogin NotAuthenticated NoPermission MethodNotFound
ManagedObjectNotFound InvalidCollectorVersion InvalidState InvalidPowerState ToolsUnavailable DuplicateName InvalidName
ConcurrentAccess TaskInProgress CpuHotPlugNotSupported MemoryHotPlugNotSupported InvalidDeviceSpec InvalidDeviceBacking
InvalidVmConfig InvalidDatastore InvalidDatastorePath NoDiskSpace FileNotFound NotFound NicSettingMismatch
RequestCanceled NotSupported AlreadyUpgraded InvalidFolder GenericVmConfigFault SystemError HostNotConnected
InsufficientResourcesFault NotImplemented Timedout AlreadyExists QuestionPending InvalidType FileAlreadyExists
InvalidController InvalidDeviceOperation RestrictedVersion""".split()
# No line: large, and of no use here.
OPAQUE = re.compile("^(Host|Event|Alarm|Cluster(?!Compute)|Das|Dpm|Dvs|DVS(?!Summary)|VMwareDVS|DistributedVirtualSwitch"
                    "(?!PortConnection)|Crypto|VirtualMachineMessage|VirtualMachineProfile|VirtualMachineDefinedProfile|"
                    "VirtualMachineSgx|VirtualMachineNetworkShaper|LatencySensitivity|ResourcePool|ResourceConfig|"
                    "ScheduledHardware|VirtualMachineFileLayout|VirtualMachineStorageInfo|VirtualMachineStorageSummary|"
                    "VApp|Vmx|Tag$|Permission|CustomField|DatastoreHostMount|DatastoreCapability|StorageIORM|StorageDrs"
                    "(?!P)|PodStorageDrs|Ovf(?!Create|File|NetworkM|Resource|Manager)|VirtualMachineDeviceRuntime|"
                    "FaultTolerance|VirtualMachineFeature|Replication|StructuredCust|VirtualMachineVMC|GuestStackInfo|"
                    "GuestScreen|GuestInfoNamespace|GuestInfoCustomization|VirtualMachineQuickStats|Compute(?!ResourceS)|"
                    "Datacenter|ManagedEntityStatus|VirtualMachineVirtualP|NetIp|NetDns|NetDhcp|SAML|Vsan|"
                    "VirtualMachineCertificate|VirtualMachineBaseIndependent|UpdateVirtualMachineFiles|"
                    "VirtualMachineVcpu|VirtualMachineAffinity|ToolsConfig|VirtualMachineFlagInfo$)")
KEEP = {"ClusterAction", "ClusterRecommendation", "VirtualMachineFlagInfo", "ClusterConfigInfo", "ClusterDrsConfigInfo"}
KINDS = {"string": "string", "int32": "int", "int64": "long", "int16": "short", "byte": "byte", "bool": "boolean",
         "float32": "float", "float64": "double", "time.Time": "dateTime", "AnyType": "anyType",
         "ByteSlice": "base64Binary"}


class Source:
    def __init__(self, folder):
        self.structs, self.bases, self.aliases, self.enums = {}, {}, {}, {}
        for name in ("types.go", "unreleased.go"):
            self.read_types(open(folder + "/types/" + name).read())
        self.read_enums(open(folder + "/types/enum.go").read())
        self.objects = {}
        text = open(folder + "/mo/mo.go").read()
        for match in re.finditer(r"^type (\w+) struct \{\n(.*?)^\}", text, re.S | re.M):
            fields, base = [], ""
            for line in match.group(2).splitlines():
                parts = line.split()
                if len(parts) == 1:
                    base = parts[0]
                elif len(parts) > 2 and parts[0] != "Self":
                    kind = parts[1].replace("types.", "")
                    name = re.search(r'json:"(\w+)', line).group(1)
                    fields.append((name, kind, "*" if kind.startswith("[]") else "?", ""))
            self.objects[match.group(1)] = (base, fields)

    def read_types(self, text):
        for match in re.finditer(r"^type (\w+) struct \{\n(.*?)^\}", text, re.S | re.M):
            fields, base = [], ""
            for line in match.group(2).splitlines():
                line = line.strip()
                if re.fullmatch(r"\w+", line):
                    base = "" if line == "DynamicData" else line
                field = re.match(r'\w+\s+(\S+)\s+`xml:"([^"]+)"(.*)`', line)
                if not field:
                    continue
                kind, tag, rest = field.groups()
                tags = tag.split(",")
                version = re.search(r'vim:"([\d.]+)"', rest)
                optional = kind.startswith("*") or "omitempty" in tags
                array = kind.startswith("[]") and kind != "[]byte"
                mark = ("*" if optional else "+") if array else "?" if optional else "!"
                fields.append((tags[0], kind, mark, version.group(1) if version else ""))
            self.structs[match.group(1)] = fields
            self.bases[match.group(1)] = base
        for match in re.finditer(r"^type (\w+) (\w+RequestType)$", text, re.M):
            self.aliases[match.group(1)] = match.group(2)

    def read_enums(self, text):
        for match in re.finditer(r"^type (\w+) string\n\nconst \((.*?)^\)", text, re.S | re.M):
            self.enums[match.group(1)] = re.findall(r'\("([^"]+)"\)', match.group(2))


def plain(kind):
    kind = kind.lstrip("*")
    if kind == "[]byte":
        return "base64Binary"
    kind = kind.removeprefix("[]")
    return "base64Binary" if kind == "[]byte" else KINDS.get(kind, kind)


class Cut:
    def __init__(self, source):
        self.source, self.lines, self.seen = source, [], set()

    def kind(self, name):
        name = plain(name)
        if name in KINDS.values():
            return name
        name = name[4:] if name.startswith("Base") and name[4:] in self.source.structs else name
        return name

    def known(self, name):
        return name in KEEP or not OPAQUE.match(name)

    def field(self, field):
        name, kind, mark = field[:3]
        kind = self.kind(kind)
        if kind not in KINDS.values() and kind != "ManagedObjectReference":
            if self.known(kind):
                self.add(kind)
        return f"{name} {kind}{mark}"

    def fields(self, fields):
        def is_known(version):
            return not version or [int(x) for x in version.split(".")] < [7, 0, 3, 1]
        return ", ".join(self.field(field) for field in fields if is_known(field[3]))

    def add(self, name):
        if name in self.seen or name in KINDS.values():
            return
        self.seen.add(name)
        if name in self.source.enums:
            self.lines.append(f"enum {name}: " + " ".join(self.source.enums[name]))
            return
        base = self.source.bases[name]
        if base:
            self.add(base)
        self.lines.append(f"type {name} < {base or '-'}: " + self.fields(self.source.structs[name]))
        if name in FAMILIES:
            for member in sorted(self.source.structs):
                if self.is_of(member, name):
                    self.add(member)

    def is_of(self, member, family):
        while member and member != family:
            member = self.source.bases.get(member, "")
        return bool(member)

    def object(self, name):
        if name in self.seen or not name:
            return
        self.seen.add(name)
        if name not in self.source.objects:
            self.lines.append(f"object {name} < -: ")
            return
        base, fields = self.source.objects[name]
        self.object(base)
        self.lines.append(f"object {name} < {base or '-'}: " + self.fields(fields))

    def method(self, name):
        request = self.source.aliases[name]
        answer = [("returnval", k, m, v) for n, k, m, v in self.source.structs[name + "Response"]]
        self.lines.append(f"method {name} < {self.fields(answer).replace('returnval ', '') or '-'}: " +
                          self.fields(self.source.structs[request]))


def main():
    cut = Cut(Source(sys.argv[1]))
    for name in OBJECTS:
        cut.object(name)
    for name in METHODS:
        cut.method(name)
    for name in FAMILIES + FAULTS:
        cut.add(name)
    for name in UNSERVED:
        cut.lines.append(f"method {name} < -: ")
    print("# Written by cut_types.py from govmomi 0.56.0 (vim25/types, vim25/mo; Apache-2.0). Do not edit.")
    print("\n".join(line.rstrip() for line in sorted(cut.lines)))


main()
