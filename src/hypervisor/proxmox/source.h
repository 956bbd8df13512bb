// proxmox/source.h — what machines are made from, and where they and their disks go.
//
// An image's location is one of
//   "shared:import/debian.qcow2"   a volume, that was downloaded or uploaded
//   "9000"                         a template, whose disks are copied
//   "linked:9000"                  a template, with which the machine shares what neither changes
//   "debian-12"                    a template by its name (the reference's managers hand such on)
#pragma once

#include <string>
#include <string_view>

#include "hypervisor/proxmox/inventory.h"
#include "hypervisor/proxmox/look.h"
#include "hypervisor/proxmox/steps.h"

namespace rig::proxmox {

inline constexpr std::string_view kLinked = "linked:";

// A template by VMID or name; of several of one name that on `node` ("" : there must be one). kNotFound,
// kFailedPrecondition: there is none, or several, or it is no template; all tell what there is.
Result<Sighting> find_template(const Inventory& inventory, const std::string& name, const std::string& node);

struct TemplateDisks {
  Slot boot;
  std::vector<std::pair<Slot, Drive>> all;  // disks, and what firmware keeps; without CD-ROMs and seeds
  std::string seed;  // option of the seed of a machine of ours that was made a template; "" : it has none
};
Result<TemplateDisks> disks_of_template(Session& session, const Sighting& from, const Call& call);

struct Origin {
  Source source;
  std::string node;  // where machines of it can be made; "" : anywhere
};
// kNotFound: nothing is at that location, by name. "" is an empty disk.
Result<Origin> find_origin(Session& session, const Inventory& inventory, const std::string& location, const Call& call);

// Whether a volume is on one of the nodes that have its storage. "" : it is on none. kUnavailable: a node that may have
// it is not online. `where`: any node, for a storage that is shared.
struct Found {
  std::string node;
  bool is_shared = false;
};
Result<Found> find_volume(Session& session, const Inventory& inventory, const std::string& volume, const Call& call);

// The storage for disks on that node with most space free, and the one for imports (one name for the whole cluster; a
// shared one before others). "" : there is none.
std::string storage_for_disks(const Inventory& inventory, std::string_view node);
std::string storage_for_imports(const Inventory& inventory);

}  // namespace rig::proxmox
