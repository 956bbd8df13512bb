// provider/differences.h — what differs between the machine that is and the machine that is wished, field by field.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "provider/machine.h"

namespace rig::provider {

// Every provider puts its own price and reason on each of these; here they are kOnline and "". Where a wish leaves
// the choice to the provider ("" or 0, see machine.h) nothing differs. Not compared, because no hypervisor tells them
// back: the seed, NicSpec::native, hostname. Disks and NICs are matched by name; "disks[data]" alone is one that
// comes (from == "") or goes (to == "").
std::vector<Change> differences(const MachineSpec& is, const MachineSpec& wish);

// ---- what those who price and apply a Change read in it ----

struct ChangePath {  // "disks[data].size_bytes" is {"disks", "data", "size_bytes"}, and "cpus" {"", "", "cpus"}
  std::string list, name, field;
};
ChangePath parse_path(const std::string& path);
std::string without_names(std::string_view path);  // "disks[].size_bytes"
bool shrinks(const Change& change);                // one number becomes a smaller one

// The disk or NIC of the spec that a Change names. kInvalidArgument: the plan is for another spec.
template <class Item>
Result<const Item*> named(const std::vector<Item>& items, const std::string& name) {
  const auto item = std::ranges::find(items, name, &Item::name);
  if (item == items.end())
    return Error(Code::kInvalidArgument, "the plan names '" + name + "', which is not in the spec");
  return &*item;
}

}  // namespace rig::provider
