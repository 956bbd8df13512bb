// apiserver/routes/served.h — everything that discovery tells of: groups, versions, resources, what may be done with
// each. Made from the kinds once; discovery and OpenAPI are two ways to print it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/kinds.h"

namespace rig::apiserver {

// The Kubernetes version whose API this is. kubectl warns when it is more than one minor version away from its own.
inline constexpr std::string_view kKubernetesMajor = "1", kKubernetesMinor = "33";

struct ServedKind {
  std::string_view group, version, kind;
};
struct ServedSubresource {
  std::string_view name;
  ServedKind kind;
  std::vector<std::string_view> verbs;
};
struct ServedResource {
  std::string_view plural, singular;
  ServedKind kind;
  bool namespaced = true;
  std::vector<std::string_view> verbs, short_names, categories;
  std::vector<ServedSubresource> subresources;
  const api::KindInfo* info = nullptr;  // never null
  bool is_stored = true;                // false: a review
};
struct ServedGroup {
  std::string_view group, version;        // of each group we serve one version
  std::vector<ServedResource> resources;  // by plural
  std::string group_version() const;
};

// The core group first, then by name. `with_console`: virtualmachines/console is there.
std::vector<ServedGroup> served_groups(std::span<const api::KindInfo> kinds, bool with_console);

}  // namespace rig::apiserver
