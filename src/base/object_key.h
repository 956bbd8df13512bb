// base/object_key.h — the name of an API object within its kind.
#pragma once

#include <compare>
#include <string>

namespace rig {

// namespace_ is empty for cluster-scoped kinds. Written "namespace/name" (or "name").
struct ObjectKey {
  std::string namespace_, name;
  auto operator<=>(const ObjectKey&) const = default;
  std::string to_string() const { return namespace_.empty() ? name : namespace_ + "/" + name; }
};

}  // namespace rig
