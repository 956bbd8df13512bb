#include "fakes/vcenter/inventory.h"

#include "base/uuid.h"

namespace rig::fakes::vcenter {
namespace {

Tree text(std::string name, std::string value) { return leaf(std::move(name), std::move(value)); }

Ref entity(Center& center, const Ref& self, const Ref& parent, const std::string& name, Trees more = {}) {
  more.insert(more.begin(), {leaf("parent", parent), text("overallStatus", "green"), text("name", name)});
  center.add(self, node("", std::move(more)));
  return self;
}

Ref folder(Center& center, const std::string& id, const Ref& parent, const std::string& name,
           const std::string& types) {
  Trees children;
  if (types.find('f') != std::string::npos) children.push_back(text("childType", "Folder"));
  if (types.find('d') != std::string::npos) children.push_back(text("childType", "Datacenter"));
  if (types.find('v') != std::string::npos) children.push_back(text("childType", "VirtualMachine"));
  if (types.find('h') != std::string::npos) children.push_back(text("childType", "ComputeResource"));
  if (types.find('s') != std::string::npos) children.push_back(text("childType", "Datastore"));
  if (types.find('n') != std::string::npos) children.push_back(text("childType", "Network"));
  return entity(center, {"Folder", id}, parent, name, std::move(children));
}

Ref host(Center& center, const std::string& id, const Ref& parent, const std::string& name) {
  return entity(center, {"HostSystem", id}, parent, name,
                {node("runtime",
                      {text("connectionState", "connected"), text("powerState", "poweredOn"),
                       typed("boolean", leaf("inMaintenanceMode", false))},
                      "HostRuntimeInfo")});
}

Ref store(Center& center, const std::string& id, const Ref& parent, const std::string& name, std::int64_t bytes) {
  return entity(center, {"Datastore", id}, parent, name, {leaf("info_capacity", bytes)});
}

Ref network(Center& center, const std::string& id, const Ref& parent, const std::string& name) {
  const Ref self{"Network", id};
  return entity(
      center, self, parent, name,
      {node("summary", {leaf("network", self), text("name", name), leaf("accessible", true), text("ipPoolName", "")})});
}

Ref port_group(Center& center, const std::string& id, const Ref& parent, const std::string& name, const Ref& of) {
  const Ref self{"DistributedVirtualPortgroup", id};
  const Tree policy = node("policy", {leaf("blockOverrideAllowed", true), leaf("shapingOverrideAllowed", false),
                                      leaf("vendorConfigOverrideAllowed", false), leaf("livePortMovingAllowed", false),
                                      leaf("portConfigResetAtDisconnect", true)});
  return entity(
      center, self, parent, name,
      {node("summary", {leaf("network", self), text("name", name), leaf("accessible", true), text("ipPoolName", "")}),
       text("key", id),
       node("config",
            {text("key", id), text("name", name), leaf("numPorts", std::int64_t{8}),
             leaf("distributedVirtualSwitch", of), text("type", "earlyBinding"), policy},
            "DVPortgroupConfigInfo")});
}

struct Datacenter {
  Ref self, vm, host, datastore, network;
};
Datacenter datacenter(Center& center, const std::string& name, int number) {
  Datacenter out;
  out.self = {"Datacenter", "datacenter-" + std::to_string(number)};
  const auto id = [&](const char* letter, int i) {
    return std::string("group-") + letter + std::to_string(number + i);
  };
  out.vm = {"Folder", id("v", 1)};
  out.host = {"Folder", id("h", 2)};
  out.datastore = {"Folder", id("s", 3)};
  out.network = {"Folder", id("n", 4)};
  entity(center, out.self, {"Folder", "group-d1"}, name,
         {leaf("vmFolder", out.vm), leaf("hostFolder", out.host), leaf("datastoreFolder", out.datastore),
          leaf("networkFolder", out.network)});
  folder(center, out.vm.id, out.self, "vm", "fv");
  folder(center, out.host.id, out.self, "host", "fh");
  folder(center, out.datastore.id, out.self, "datastore", "fs");
  folder(center, out.network.id, out.self, "network", "fn");
  return out;
}

// With its root pool.
Ref compute(Center& center, const Ref& self, const Ref& parent, const std::string& name, const std::string& pool) {
  const Ref root{"ResourcePool", pool};
  const std::string summary = self.type + "Summary";
  const bool is_cluster = self.type == "ClusterComputeResource";
  const Tree configuration =
      node("configuration", {node("dasConfig", {}), node("drsConfig", {typed("boolean", leaf("enabled", true))})});
  entity(center, self, parent, name,
         {leaf("resourcePool", root),
          node("summary",
               {leaf("totalCpu", std::int64_t{4588}), leaf("totalMemory", std::int64_t{8588861440}),
                leaf("numCpuCores", std::int64_t{4}), leaf("numCpuThreads", std::int64_t{4}),
                leaf("effectiveCpu", std::int64_t{4588}), leaf("effectiveMemory", std::int64_t{8191}),
                leaf("numHosts", std::int64_t{2}), leaf("numEffectiveHosts", std::int64_t{2}),
                text("overallStatus", "green"), is_cluster ? leaf("currentFailoverLevel", std::int64_t{0}) : nullptr,
                is_cluster ? leaf("numVmotions", std::int64_t{0}) : nullptr},
               summary == "ComputeResourceSummary" ? "" : summary),
          is_cluster ? configuration : nullptr});
  return entity(center, root, self, "Resources", {leaf("owner", self)});
}

void add_to(Center& center, const Ref& self, std::string_view name, const std::vector<Ref>& refs) {
  Node out = *center.object(self)->tree;
  for (const Ref& ref : refs) out.children.push_back(leaf(std::string(name), ref));
  center.object(self)->tree = std::make_shared<Node>(std::move(out));
}

void furnish_first(Center& center) {
  const Datacenter dc = datacenter(center, "DC0", 2);
  const Ref team = folder(center, "group-v7", dc.vm, "team", "fv");
  folder(center, "group-v8", team, "inner", "fv");
  const Ref cluster{"ClusterComputeResource", "domain-c31"}, single{"ComputeResource", "domain-s22"};
  const Ref pool = compute(center, cluster, dc.host, "DC0_C0", "resgroup-30");
  entity(center, {"ResourcePool", "resgroup-32"}, pool, "DC0_C0_RP1", {leaf("owner", cluster)});
  compute(center, single, dc.host, "DC0_H0", "resgroup-21");
  const std::vector<Ref> hosts = {host(center, "host-40", cluster, "DC0_C0_H0"),
                                  host(center, "host-50", cluster, "DC0_C0_H1")};
  const Ref lone = host(center, "host-24", single, "DC0_H0");
  const Ref pod{"StoragePod", "group-p10"};
  entity(center, pod, dc.datastore, "DC0_POD0", {text("childType", "Datastore")});
  const std::vector<Ref> stores = {store(center, "datastore-75", dc.datastore, "LocalDS_0", std::int64_t{5} << 40),
                                   store(center, "datastore-76", dc.datastore, "tiny", 64 << 20),
                                   store(center, "datastore-77", pod, "PodDS_0", std::int64_t{1} << 40),
                                   store(center, "datastore-78", pod, "PodDS_1", std::int64_t{2} << 40)};
  const Ref dvs{"VmwareDistributedVirtualSwitch", "dvs-9"};
  entity(center, dvs, dc.network, "DVS0", {text("uuid", "50 2b 1f 0e 11 52 a6 c2-7b 8a 5d 21 5f d1 9a 01")});
  const Ref opaque{"OpaqueNetwork", "network-o16"};
  entity(center, opaque, dc.network, "nsx-segment",
         {node("summary",
               {leaf("network", opaque), text("name", "nsx-segment"), leaf("accessible", true), text("ipPoolName", ""),
                text("opaqueNetworkId", "6f2b5a0e-3c8d-4a53-9f4e-0c9d5a0f1b11"),
                text("opaqueNetworkType", "nsx.LogicalSwitch")},
               "OpaqueNetworkSummary")});
  const std::vector<Ref> networks = {network(center, "network-6", dc.network, "VM Network"),
                                     port_group(center, "dvportgroup-13", dc.network, "DC0_DVPG0", dvs),
                                     port_group(center, "dvportgroup-15", dc.network, "DC0_DVPG1", dvs), opaque};
  add_to(center, cluster, "host", hosts);
  add_to(center, single, "host", {lone});
  for (const Ref& of : {cluster, single, hosts[0], hosts[1], lone}) {
    add_to(center, of, "datastore", stores);
    add_to(center, of, "network", networks);
  }
}

void furnish_second(Center& center) {
  const Datacenter dc = datacenter(center, "DC1", 60);
  const Ref cluster{"ClusterComputeResource", "domain-c66"};
  compute(center, cluster, dc.host, "DC1_C0", "resgroup-67");
  const Ref only = host(center, "host-68", cluster, "DC1_C0_H0");
  const Ref disk = store(center, "datastore-79", dc.datastore, "LocalDS_1", std::int64_t{1} << 40);
  const Ref net = network(center, "network-69", dc.network, "VM Network");
  add_to(center, cluster, "host", {only});
  add_to(center, cluster, "datastore", {disk});
  add_to(center, cluster, "network", {net});
}

void furnish_service(Center& center) {
  const std::vector<std::pair<std::string, Ref>> managers = {
      {"rootFolder", {"Folder", "group-d1"}},
      {"propertyCollector", {"PropertyCollector", "propertyCollector"}},
      {"viewManager", {"ViewManager", "ViewManager"}},
      {"sessionManager", {"SessionManager", "SessionManager"}},
      {"taskManager", {"TaskManager", "TaskManager"}},
      {"searchIndex", {"SearchIndex", "SearchIndex"}},
      {"ovfManager", {"OvfManager", "OvfManager"}},
      {"storageResourceManager", {"StorageResourceManager", "StorageResourceManager"}},
  };
  const Tree about = node(
      "about", {text("name", "VMware vCenter Server"), text("fullName", "VMware vCenter Server 7.0.3 build-0 (fake)"),
                text("vendor", "VMware, Inc."), text("version", "7.0.3"), text("build", "0"),
                text("localeVersion", "INTL"), text("localeBuild", "000"), text("osType", "linux-x64"),
                text("productLineId", "vpx"), text("apiType", "VirtualCenter"), text("apiVersion", "7.0.3.0"),
                text("instanceUuid", "2237c71c-5ca0-5be7-84b2-d54f159b3312"),
                text("licenseProductName", "VMware VirtualCenter Server"), text("licenseProductVersion", "7.0")});
  Trees content = {about};
  for (const auto& [name, ref] : managers) {
    content.push_back(leaf(name, ref));
    if (ref.type != "Folder") center.add(ref, node("", {}));
  }
  const Tree sorted = center.types.sorted(node("content", std::move(content)), "ServiceContent");
  center.add({"ServiceInstance", "ServiceInstance"}, node("", {sorted}));
  folder(center, "group-d1", {}, "Datacenters", "fd");
}

}  // namespace

void furnish(Center& center) {
  furnish_service(center);
  furnish_first(center);
  furnish_second(center);
  MachineSeed model;
  model.name = "template";
  model.is_template = true;
  center.add_machine(model);
  model.name = "DC0_C0_RP0_VM0";
  model.is_template = false;
  center.add_machine(model);
}

}  // namespace rig::fakes::vcenter
