// vsphere/catalogue.cc — see catalogue.h.
#include "hypervisor/vsphere/catalogue.h"

#include <algorithm>

#include "base/text.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {
namespace {

using Texts = std::string_view[];

constexpr Texts kDatacenterTypes = {"Datacenter"}, kFolderTypes = {"Folder"},
                kClusterTypes = {"ClusterComputeResource", "ComputeResource"}, kHostTypes = {"HostSystem"},
                kPoolTypes = {"ResourcePool", "VirtualApp"}, kDatastoreTypes = {"Datastore"},
                kPodTypes = {"StoragePod"}, kNetworkTypes = {"Network", "DistributedVirtualPortgroup", "OpaqueNetwork"},
                kSwitchTypes = {"DistributedVirtualSwitch", "VmwareDistributedVirtualSwitch"},
                kMachineTypes = {"VirtualMachine"};

struct Extra {  // beside name and parent
  std::string_view type, path;
};
constexpr Extra kExtras[] = {
    {"Datastore", "summary.freeSpace"},
    {"Datastore", "summary.accessible"},
    {"Datastore", "summary.maintenanceMode"},
    {"DistributedVirtualPortgroup", "config.distributedVirtualSwitch"},
    {"DistributedVirtualPortgroup", "key"},
    {"DistributedVirtualPortgroup", "config.logicalSwitchUuid"},
    {"DistributedVirtualSwitch", "uuid"},
    {"VmwareDistributedVirtualSwitch", "uuid"},
    {"OpaqueNetwork", "summary"},
    {"VirtualMachine", "config.template"},
    {"HostSystem", "runtime.connectionState"},
    {"HostSystem", "runtime.inMaintenanceMode"},
    {"HostSystem", "datastore"},
    // What took its place, configurationEx, has a type whose members no path names.
    {"ClusterComputeResource", "configuration.drsConfig.enabled"},
    {"StoragePod", "podStorageDrsEntry.storageDrsConfig.podConfig.enabled"},
};

// As it stands in a path.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const std::string_view special = c == '/' ? "%2f" : c == '\\' ? "%5c" : c == '%' ? "%25" : "";
    out += special.empty() ? std::string(1, c) : std::string(special);
  }
  return out;
}
// vSphere answers names with these three escaped already, its simulator does not.
std::string unescaped(std::string_view name) {
  const auto decoded = percent_decode(name);
  return decoded.ok() ? *decoded : std::string(name);
}

bool is_a(const Kind& kind, const MoRef& self) {
  return std::ranges::find(kind.types, std::string_view(self.type)) != kind.types.end();
}

std::string list_of(const Catalogue& catalogue, const std::vector<const Entity*>& entities) {
  std::vector<std::string> paths;
  for (const Entity* entity : entities) paths.push_back(catalogue.path(*entity) + " (" + entity->self.id + ")");
  std::ranges::sort(paths);
  const std::size_t more = paths.size() > kCandidatesMax ? paths.size() - kCandidatesMax : 0;
  paths.resize(paths.size() - more);
  return join(paths, ", ") + (more == 0 ? "" : " and " + std::to_string(more) + " more");
}

bool is_usable(const Entity& datastore) {
  const std::string& mode = datastore.props.maintenance;
  return datastore.props.accessible.value_or(true) && (mode.empty() || mode == "normal");
}

}  // namespace

const Kind kDatacenter{"datacenter", kDatacenterTypes}, kFolder{"folder", kFolderTypes},
    kCluster{"cluster", kClusterTypes}, kHost{"host", kHostTypes}, kPool{"resource pool", kPoolTypes},
    kDatastore{"datastore", kDatastoreTypes}, kPod{"datastore cluster", kPodTypes}, kNetwork{"network", kNetworkTypes},
    kSwitch{"distributed switch", kSwitchTypes}, kTemplate{"template", kMachineTypes};

std::span<const Kind* const> place_kinds() {
  static const Kind* const kinds[] = {&kDatacenter, &kFolder, &kCluster, &kHost,  &kPool,
                                      &kDatastore,  &kPod,    &kNetwork, &kSwitch};
  return kinds;
}

std::vector<PropertySpec> property_specs(std::span<const Kind* const> kinds) {
  std::vector<PropertySpec> specs;
  for (const Kind* kind : kinds) {
    for (const std::string_view type : kind->types) {
      PropertySpec& spec = specs.emplace_back(PropertySpec{std::string(type), {"name", "parent"}});
      for (const Extra& extra : kExtras)
        if (extra.type == type) spec.paths.emplace_back(extra.path);
    }
  }
  return specs;
}

void Catalogue::add(Entity entity) {
  MoRef self = entity.self;
  entities_.insert_or_assign(std::move(self), std::move(entity));
}

const Entity* Catalogue::find(const MoRef& self) const {
  const auto found = entities_.find(self);
  return found == entities_.end() ? nullptr : &found->second;
}

std::string Catalogue::path(const Entity& entity) const {
  std::string path;
  const Entity* at = &entity;
  // The root folder has no parent, and no place in paths.
  for (int depth = 0; at != nullptr && !at->props.parent.empty() && depth < kInventoryDepthMax; ++depth) {
    path = "/" + escaped(unescaped(at->props.name)) + path;
    at = find(at->props.parent);
  }
  return path;
}

std::vector<const Entity*> Catalogue::all(const Kind& kind) const {
  std::vector<const Entity*> found;
  for (const auto& [self, entity] : entities_)
    if (is_a(kind, self)) found.push_back(&entity);
  return found;
}

MoRef Catalogue::datacenter_of(const MoRef& self) const {
  MoRef at = self;
  for (int depth = 0; depth < kInventoryDepthMax; ++depth) {
    if (at.type == "Datacenter") return at;
    const Entity* entity = find(at);
    if (entity == nullptr) return {};
    at = entity->props.parent;
  }
  return {};
}

bool Catalogue::is_below(const MoRef& self, const std::vector<MoRef>& ancestors) const {
  MoRef at = self;
  for (int depth = 0; depth < kInventoryDepthMax && !at.empty(); ++depth) {
    if (std::ranges::find(ancestors, at) != ancestors.end()) return true;
    const Entity* entity = find(at);
    at = entity == nullptr ? MoRef{} : entity->props.parent;
  }
  return false;
}

Result<const Entity*> Catalogue::named(const Kind& kind, std::string_view text,
                                       const std::vector<MoRef>& within) const {
  std::vector<const Entity*> candidates, by_name;
  for (const Entity* entity : all(kind)) {
    if (!within.empty() && !is_below(entity->self, within)) continue;
    candidates.push_back(entity);
    if (entity->self.id == text) return entity;
    const std::string whole = path(*entity);
    if (whole == text) return entity;
    if (unescaped(entity->props.name) == text || (!text.starts_with("/") && whole.ends_with("/" + std::string(text))))
      by_name.push_back(entity);
  }
  if (by_name.size() == 1) return by_name.front();
  const std::string asked = std::string(kind.word) + " '" + std::string(text) + "'";
  if (by_name.empty()) {
    return Error(Code::kNotFound,
                 asked + " is not there; there are: " + (candidates.empty() ? "none" : list_of(*this, candidates)))
        .with_hint("Name one of them, or give the account the right to see it (System.View).");
  }
  return Error(Code::kInvalidArgument, asked + " is ambiguous: " + list_of(*this, by_name))
      .with_hint("Write its path, or the id in parentheses.");
}

namespace {

// The pool of a cluster, or of a host that is in none: the one right below it.
Result<MoRef> root_pool(const Catalogue& catalogue, const MoRef& cluster) {
  for (const Entity* pool : catalogue.all(kPool))
    if (pool->props.parent == cluster) return pool->self;
  return Error(Code::kInvalidArgument, "cluster " + cluster.id + ": its resource pool is not to be seen")
      .with_hint("Give the account the right to see it (System.View), and Resource.AssignVMToPool on it.");
}

Result<MoRef> only_cluster(const Catalogue& catalogue, const MoRef& datacenter) {
  std::vector<const Entity*> clusters;
  for (const Entity* cluster : catalogue.all(kCluster))
    if (datacenter.empty() || catalogue.is_below(cluster->self, {datacenter})) clusters.push_back(cluster);
  if (clusters.size() == 1) return clusters.front()->self;
  return Error(Code::kInvalidArgument, "placement: neither cluster, host nor resource pool is named, and there are: " +
                                           (clusters.empty() ? "none" : list_of(catalogue, clusters)))
      .with_hint("Set placement.cluster of the machine, or defaults.cluster of the Provider.");
}

using Within = std::vector<MoRef>;
Within only(const MoRef& self) { return self.empty() ? Within{} : Within{self}; }

// The pool says where the machine runs.
Status find_pool(const Catalogue& catalogue, const provider::Placement& wish, const MoRef& datacenter, Place& place) {
  MoRef cluster;
  if (!wish.cluster.empty()) cluster = TRY(catalogue.named(kCluster, wish.cluster, only(datacenter)))->self;
  const auto within = [&] { return only(cluster.empty() ? datacenter : cluster); };
  if (!wish.host.empty()) {
    const Entity* host = TRY(catalogue.named(kHost, wish.host, within()));
    place.host = host->self;
    if (cluster.empty()) cluster = host->props.parent;
  }
  if (!wish.resource_pool.empty()) {
    place.pool = TRY(catalogue.named(kPool, wish.resource_pool, within()))->self;
    return {};
  }
  if (cluster.empty()) cluster = TRY(only_cluster(catalogue, datacenter));
  place.pool = TRY(root_pool(catalogue, cluster));
  return {};
}

// The folders of machines: each datacenter's "vm". Those of other objects may have the same names below them.
Within machine_roots(const Catalogue& catalogue, const MoRef& datacenter) {
  Within roots;
  for (const Entity* folder : catalogue.all(kFolder)) {
    const MoRef& parent = folder->props.parent;
    const bool wanted = datacenter.empty() ? parent.type == "Datacenter" : parent == datacenter;
    if (wanted && folder->props.name == "vm") roots.push_back(folder->self);
  }
  return roots;
}

// What is named is looked for where the template is, and else anywhere.
Result<MoRef> find_folder(const Catalogue& catalogue, const std::string& text, const MoRef& home) {
  const auto at_home = catalogue.named(kFolder, text, machine_roots(catalogue, home));
  if (at_home.ok()) return (*at_home)->self;
  const Entity* anywhere = TRY(catalogue.named(kFolder, text, machine_roots(catalogue, {})));
  return anywhere->self;
}

Status find_datastore(const Catalogue& catalogue, const provider::Placement& wish, Place& place) {
  const Entity* found = nullptr;
  if (!wish.storage.empty()) {
    found = TRY(catalogue.named(kDatastore, wish.storage, only(place.datacenter)));
  } else if (!wish.storage_cluster.empty()) {
    const Entity* pod = TRY(catalogue.named(kPod, wish.storage_cluster, only(place.datacenter)));
    for (const Entity* datastore : catalogue.all(kDatastore)) {
      if (datastore->props.parent != pod->self || !is_usable(*datastore)) continue;
      if (found == nullptr || datastore->props.free_bytes > found->props.free_bytes) found = datastore;
    }
    if (pod->props.storage_drs.value_or(true)) place.pod = pod->self;
    if (found == nullptr) {
      return Error(Code::kResourceExhausted,
                   "datastore cluster '" + wish.storage_cluster + "' has no datastore that can be used now");
    }
  }
  if (found == nullptr) return {};
  place.datastore = found->self;
  place.datastore_name = found->props.name;
  return {};
}

}  // namespace

Result<Place> find_place(const Catalogue& catalogue, const provider::Placement& wish, const Entity& source) {
  Place place;
  const MoRef home = catalogue.datacenter_of(source.props.parent);
  if (!wish.folder.empty()) place.folder = TRY(find_folder(catalogue, wish.folder, home));
  place.datacenter = place.folder.empty() ? home : catalogue.datacenter_of(place.folder);
  const bool names_pool = !wish.cluster.empty() || !wish.host.empty() || !wish.resource_pool.empty();
  Place at_home = place;
  const Status found = find_pool(catalogue, wish, place.datacenter, at_home);
  if (found.ok()) {
    place = at_home;
    if (place.datacenter.empty()) place.datacenter = catalogue.datacenter_of(place.pool);
  } else if (place.folder.empty() && names_pool) {
    TRY(find_pool(catalogue, wish, {}, place));
    place.datacenter = catalogue.datacenter_of(place.pool);
  } else {
    return found.error();
  }
  if (place.folder.empty()) {
    const bool stays = !home.empty() && place.datacenter == home && source.props.parent.type == "Folder";
    const Within roots = machine_roots(catalogue, place.datacenter);
    if (!stays && roots.empty())
      return Error(Code::kInvalidArgument, "datacenter " + place.datacenter.id + ": its folder 'vm' is not to be seen");
    place.folder = stays ? source.props.parent : roots.front();
  }
  TRY(find_datastore(catalogue, wish, place));
  return place;
}

namespace {

bool can_start_machines(const Entity& host) {
  const std::string& state = host.props.connection_state;
  return (state.empty() || state == "connected") && !host.props.in_maintenance.value_or(false);
}

MoRef cluster_of(const Catalogue& catalogue, const MoRef& pool) {
  MoRef at = pool;
  for (int depth = 0; depth < kInventoryDepthMax && !is_a(kCluster, at); ++depth) {
    const Entity* entity = catalogue.find(at);
    if (entity == nullptr) break;
    at = entity->props.parent;
  }
  return at;
}

std::vector<const Entity*> hosts_for(const Catalogue& catalogue, const Place& place) {
  const MoRef compute = cluster_of(catalogue, place.pool);
  std::vector<const Entity*> hosts;
  for (const Entity* host : catalogue.all(kHost)) {
    const bool is_wished = place.host.empty() ? host->props.parent == compute : host->self == place.host;
    if (is_wished && can_start_machines(*host)) hosts.push_back(host);
  }
  return hosts;
}

}  // namespace

Result<Place> find_new_place(const Catalogue& catalogue, const provider::Placement& wish) {
  Place place = TRY(find_place(catalogue, wish, {}));
  const auto hosts = hosts_for(catalogue, place);
  if (hosts.empty())
    return Error(Code::kResourceExhausted, "placement: no host there is connected and out of maintenance now");
  const Entity *best = nullptr, *at = nullptr;
  for (const Entity* host : hosts) {
    for (const MoRef& seen : host->props.datastores) {
      const Entity* datastore = catalogue.find(seen);
      if (datastore == nullptr || !is_usable(*datastore)) continue;
      if (!place.datastore.empty() && seen != place.datastore) continue;
      if (best != nullptr && datastore->props.free_bytes <= best->props.free_bytes) continue;
      best = datastore;
      at = host;
    }
  }
  if (best == nullptr) {
    const std::string which = place.datastore.empty() ? "any datastore" : "datastore '" + place.datastore_name + "'";
    return Error(Code::kFailedPrecondition,
                 "placement: no host there has " + which + " that can be used: " + list_of(catalogue, hosts))
        .with_hint("Set prepare.storage.vsphere.datastore of the VMImage, or defaults.datastore of the Provider.");
  }
  place.host = at->self;
  place.datastore = best->self;
  place.datastore_name = best->props.name;
  return place;
}

Status choose_host(const Catalogue& catalogue, const std::vector<MoRef>& stores, std::string_view machine_id,
                   Place& place) {
  const Entity* cluster = catalogue.find(cluster_of(catalogue, place.pool));
  if (!place.host.empty() || cluster == nullptr || cluster->props.drs.value_or(true)) return {};
  std::vector<const Entity*> hosts = hosts_for(catalogue, place);
  std::erase_if(hosts, [&](const Entity* host) {
    const std::vector<MoRef>& seen = host->props.datastores;
    return std::ranges::any_of(stores,
                               [&](const MoRef& store) { return std::ranges::find(seen, store) == seen.end(); });
  });
  if (hosts.empty()) {
    std::vector<std::string> names;
    for (const MoRef& store : stores) {
      const Entity* entity = catalogue.find(store);
      names.push_back(entity == nullptr ? store.id : catalogue.path(*entity));
    }
    return Error(Code::kFailedPrecondition, "placement: cluster " + catalogue.path(*cluster) +
                                                " has no DRS that would choose a host, and none of its hosts is "
                                                "connected, out of maintenance and sees " +
                                                (names.empty() ? "a datastore" : join(names, ", ")))
        .with_hint("Name a datastore that the cluster's hosts see, or a host (placement.host).");
  }
  place.host = hosts[std::hash<std::string_view>{}(machine_id) % hosts.size()]->self;
  return {};
}

namespace {

// NSX shows one network twice where its switch is a distributed one: vSphere plugs a card into the port group.
const Entity* port_group_of(const Catalogue& catalogue, const Entity& opaque, const MoRef& datacenter) {
  for (const Entity* network : catalogue.all(kNetwork)) {
    if (!network->props.logical_switch.empty() && network->props.logical_switch == opaque.props.summary->id &&
        catalogue.datacenter_of(network->self) == datacenter)
      return network;
  }
  return nullptr;
}

Result<Backing> port_group_backing(const Catalogue& catalogue, const Entity& group) {
  const Entity* of = catalogue.find(group.props.distributed_switch);
  if (of == nullptr || of->props.switch_uuid.empty()) {
    return Error(Code::kInvalidArgument, "network '" + group.props.name + "': its switch is not to be seen")
        .with_hint("Give the account the right to see the distributed switch (System.View, System.Read).");
  }
  Backing backing;
  backing.xsi_type = "VirtualEthernetCardDistributedVirtualPortBackingInfo";
  backing.port = PortConnection{of->props.switch_uuid, group.props.portgroup_key, "", std::nullopt};
  return backing;
}

}  // namespace

Result<Backing> find_network(const Catalogue& catalogue, std::string_view text, const MoRef& datacenter) {
  if (text.empty()) return Error(Code::kInvalidArgument, "found no name of a network, wanted one");
  const Entity* network = TRY(catalogue.named(kNetwork, text, only(datacenter)));
  const bool is_opaque = network->self.type == "OpaqueNetwork" && network->props.summary;
  if (is_opaque)
    if (const Entity* group = port_group_of(catalogue, *network, datacenter)) network = group;
  if (network->self.type == "DistributedVirtualPortgroup") return port_group_backing(catalogue, *network);
  Backing backing;
  if (is_opaque) {
    backing.xsi_type = "VirtualEthernetCardOpaqueNetworkBackingInfo";
    backing.opaque_network_id = network->props.summary->id;
    backing.opaque_network_type = network->props.summary->type;
  } else {
    backing.xsi_type = "VirtualEthernetCardNetworkBackingInfo";
    backing.device_name = network->props.name;
    backing.network = network->self;
  }
  return backing;
}

}  // namespace rig::vsphere
