// vsphere/catalogue.h — what stands in a vCenter's inventory, and finding one of it by what people write. Pure.
//
// People write a name ("web"), a path or the end of one ("/DC1/vm/templates/web", "templates/web"), or the object's id
// ("vm-12"). What is missing or ambiguous is told with the candidates. In paths, '/', '\' and '%' of names are written
// as vSphere writes them: %2f, %5c, %25.
//
// Source: vSphere Web Services SDK, SearchIndex.FindByInventoryPath (paths, escapes), the properties `parent`.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hypervisor/vsphere/properties.h"
#include "provider/machine.h"

namespace rig::vsphere {

struct Kind {
  std::string_view word;                    // for people: "datastore"
  std::span<const std::string_view> types;  // of objects that are one
};
extern const Kind kDatacenter, kFolder, kCluster, kHost, kPool, kDatastore, kPod, kNetwork, kSwitch, kTemplate;
// All but templates, which are machines, of which there are many.
std::span<const Kind* const> place_kinds();
// What is asked of objects of these kinds.
std::vector<PropertySpec> property_specs(std::span<const Kind* const> kinds);

struct Entity {
  MoRef self;
  EntityProps props;
};

class Catalogue {
 public:
  void add(Entity entity);
  const Entity* find(const MoRef& self) const;
  std::string path(const Entity& entity) const;  // "/DC1/datastore/ssd"
  std::vector<const Entity*> all(const Kind& kind) const;
  MoRef datacenter_of(const MoRef& self) const;                                 // empty: above them, or unknown
  bool is_below(const MoRef& self, const std::vector<MoRef>& ancestors) const;  // any of them

  // The one that `text` names; below one of `within`, unless there are none. kNotFound: none; kInvalidArgument:
  // several.
  Result<const Entity*> named(const Kind& kind, std::string_view text, const std::vector<MoRef>& within = {}) const;

 private:
  std::map<MoRef, Entity> entities_;
};

// Where a machine shall be.
struct Place {
  MoRef datacenter, folder, pool;
  MoRef host, datastore;  // empty: vSphere chooses (choose_host()); the datastore is then the template's
  std::string datastore_name;
  MoRef pod = {};  // whose Storage DRS may name a better datastore
  bool operator==(const Place&) const = default;
};
// `wish` has been completed by the Provider's defaults. A datastore cluster means: its datastore with the most space
// that can be used, where its Storage DRS is not asked or has no word. What nobody says is the template's datacenter
// and folder, and the only cluster there is. kInvalidArgument: as named(); kResourceExhausted: a datastore cluster
// without a datastore that can be used.
Result<Place> find_place(const Catalogue& catalogue, const provider::Placement& wish, const Entity& source);

// The same for what is made of nothing, as an imported template is: with a host that can be used, and a datastore that
// it sees, the one with the most space unless one is named. kResourceExhausted, kFailedPrecondition: there is no such
// host, or none that sees it.
Result<Place> find_new_place(const Catalogue& catalogue, const provider::Placement& wish);

// Completes a place without a host where vSphere would choose none: in a cluster whose DRS is switched off a clone that
// names a pool and no host is refused (InvalidArgument). It is one of the hosts that can be used now and see all of
// `stores` (where its disks will be). Which one depends on the machine, and not on how full they are: what is off takes
// no memory yet, so all of a hundred new machines would go to the emptiest one. kFailedPrecondition: there is none.
//
// Source: vSphere Web Services SDK, VirtualMachineRelocateSpec.host.
Status choose_host(const Catalogue& catalogue, const std::vector<MoRef>& stores, std::string_view machine_id,
                   Place& place);

// What a card of that network is connected to. "" is no network: kInvalidArgument.
Result<Backing> find_network(const Catalogue& catalogue, std::string_view text, const MoRef& datacenter);

}  // namespace rig::vsphere
