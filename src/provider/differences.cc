// provider/differences.cc — what differs between the machine that is and the machine that is wished.
#include "provider/differences.h"

#include <algorithm>

#include "base/text.h"

namespace rig::provider {
namespace {

class Differences {
 public:
  void compare(const std::string& path, const std::string& is, const std::string& wish) {
    if (is != wish) found.push_back({path, is, wish, Cost::kOnline, ""});
  }
  void compare(const std::string& path, bool is, bool wish) {
    compare(path, std::string(is ? "true" : "false"), std::string(wish ? "true" : "false"));
  }
  void compare(const std::string& path, std::int64_t is, std::int64_t wish) {
    compare(path, std::to_string(is), std::to_string(wish));
  }
  // The provider may choose: an empty wish is met by anything.
  void compare_chosen(const std::string& path, const std::string& is, const std::string& wish) {
    if (!wish.empty()) compare(path, is, wish);
  }
  void compare_chosen(const std::string& path, std::optional<std::int64_t> is, std::optional<std::int64_t> wish) {
    if (wish) compare(path, is ? std::to_string(*is) : std::string(), std::to_string(*wish));
  }
  void compare_chosen(const std::string& path, std::optional<std::int32_t> is, std::optional<std::int32_t> wish) {
    compare(path, is ? std::to_string(*is) : "", wish ? std::to_string(*wish) : "");
  }

  // Matches by name: what is in both goes to `both`, the rest comes or goes.
  template <class Item, class Text, class Both>
  void compare_named(const std::string& list, const std::vector<Item>& is, const std::vector<Item>& wish, Text text,
                     Both both) {
    const auto find = [](const std::vector<Item>& items, const std::string& name) {
      return std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name == name; });
    };
    for (const Item& old : is)
      if (find(wish, old.name) == wish.end()) compare(list + "[" + old.name + "]", text(old), std::string());
    for (const Item& wished : wish) {
      const std::string path = list + "[" + wished.name + "]";
      const auto old = find(is, wished.name);
      if (old == is.end())
        compare(path, std::string(), text(wished));
      else
        both(path, *old, wished);
    }
  }

  std::vector<Change> found;
};

std::string describe_disk(const DiskSpec& disk) { return std::to_string(disk.size_bytes) + " bytes"; }

std::string describe_nic(const NicSpec& nic) {
  if (!nic.network.empty()) return "network " + nic.network;
  return nic.bridge.empty() ? "default network" : "bridge " + nic.bridge;
}

void compare_nics(Differences& all, const std::string& path, const NicSpec& is, const NicSpec& wish) {
  all.compare_chosen(path + ".mac", is.mac, wish.mac);
  all.compare_chosen(path + ".network", is.network, wish.network);
  all.compare_chosen(path + ".bridge", is.bridge, wish.bridge);
  all.compare_chosen(path + ".model", is.model, wish.model);
  all.compare_chosen(path + ".vlan", is.vlan, wish.vlan);
  all.compare_chosen(path + ".mtu", is.mtu, wish.mtu);
}

void compare_placement(Differences& all, const Placement& is, const Placement& wish) {
  all.compare_chosen("placement.host", is.host, wish.host);
  all.compare_chosen("placement.cluster", is.cluster, wish.cluster);
  all.compare_chosen("placement.folder", is.folder, wish.folder);
  all.compare_chosen("placement.resource_pool", is.resource_pool, wish.resource_pool);
  all.compare_chosen("placement.storage", is.storage, wish.storage);
  all.compare_chosen("placement.storage_cluster", is.storage_cluster, wish.storage_cluster);
}

void compare_limits(Differences& all, const Limits& is, const Limits& wish) {
  all.compare_chosen("limits.cpu_reservation_mhz", is.cpu_reservation_mhz, wish.cpu_reservation_mhz);
  all.compare_chosen("limits.cpu_limit_mhz", is.cpu_limit_mhz, wish.cpu_limit_mhz);
  all.compare_chosen("limits.cpu_shares", is.cpu_shares, wish.cpu_shares);
  all.compare_chosen("limits.memory_reservation_mib", is.memory_reservation_mib, wish.memory_reservation_mib);
  all.compare_chosen("limits.memory_limit_mib", is.memory_limit_mib, wish.memory_limit_mib);
}

void compare_extra_config(Differences& all, const MachineSpec& is, const MachineSpec& wish) {
  for (const auto& [key, value] : is.extra_config)
    if (!wish.extra_config.contains(key)) all.compare("extra_config[" + key + "]", value, std::string());
  for (const auto& [key, value] : wish.extra_config) {
    const auto old = is.extra_config.find(key);
    all.compare("extra_config[" + key + "]", old == is.extra_config.end() ? "" : old->second, value);
  }
}

}  // namespace

std::vector<Change> differences(const MachineSpec& is, const MachineSpec& wish) {
  Differences all;
  const auto firmware = [](Firmware f) { return std::string(f == Firmware::kUefi ? "uefi" : "bios"); };
  all.compare("display_name", is.display_name, wish.display_name);
  all.compare("cpus", std::int64_t{is.cpus}, std::int64_t{wish.cpus});
  all.compare("memory_mib", is.memory_mib, wish.memory_mib);
  all.compare("firmware", firmware(is.firmware), firmware(wish.firmware));
  all.compare("secure_boot", is.secure_boot, wish.secure_boot);
  all.compare("tpm", is.tpm, wish.tpm);
  all.compare("nested_virtualization", is.nested_virtualization, wish.nested_virtualization);
  all.compare_chosen("image.location", is.image.location, wish.image.location);
  if (wish.root_disk_bytes != 0) all.compare("root_disk_bytes", is.root_disk_bytes, wish.root_disk_bytes);
  all.compare_named("disks", is.disks, wish.disks, describe_disk,
                    [&](const std::string& path, const DiskSpec& old, const DiskSpec& wished) {
                      all.compare(path + ".size_bytes", old.size_bytes, wished.size_bytes);
                      all.compare_chosen(path + ".provisioning", old.provisioning, wished.provisioning);
                      all.compare_chosen(path + ".storage", old.storage, wished.storage);
                    });
  all.compare_named("nics", is.nics, wish.nics, describe_nic,
                    [&](const std::string& path, const NicSpec& old, const NicSpec& wished) {
                      compare_nics(all, path, old, wished);
                    });
  compare_placement(all, is.placement, wish.placement);
  compare_limits(all, is.limits, wish.limits);
  all.compare("tags", join(is.tags, ","), join(wish.tags, ","));
  compare_extra_config(all, is, wish);
  return std::move(all.found);
}

ChangePath parse_path(const std::string& path) {
  const std::size_t open = path.find('['), close = path.find(']');
  if (open == std::string::npos || close == std::string::npos) return {"", "", path};
  return {path.substr(0, open), path.substr(open + 1, close - open - 1),
          close + 2 <= path.size() ? path.substr(close + 2) : ""};
}

std::string without_names(std::string_view path) {
  std::string out;
  bool inside = false;
  for (const char c : path) {
    if (c == ']') inside = false;
    if (!inside) out += c;
    if (c == '[') inside = true;
  }
  return out;
}

bool shrinks(const Change& change) {
  const auto from = parse_int(change.from), to = parse_int(change.to);
  return from.ok() && to.ok() && *to < *from;
}

}  // namespace rig::provider
