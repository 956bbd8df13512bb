// apiserver/routes/served.cc — see served.h.
#include "apiserver/routes/served.h"

#include <algorithm>

namespace rig::apiserver {
namespace {

using Verbs = std::vector<std::string_view>;

// In the orders of kube-apiserver, for clients that print them.
const Verbs kCustomVerbs = {"delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"};
const Verbs kCoreVerbs = {"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};
const Verbs kNamespaceVerbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
const Verbs kPartVerbs = {"get", "patch", "update"};

Verbs verbs_of(const api::KindInfo& kind) {
  if (kind.is_custom) return kCustomVerbs;
  if (kind.resource.kind == "Namespace") return kNamespaceVerbs;
  return kCoreVerbs;
}

std::vector<ServedSubresource> subresources_of(const api::KindInfo& kind, const ServedKind& own, bool with_console) {
  std::vector<ServedSubresource> out;
  if (kind.resource.kind == "Namespace") out.push_back({"finalize", own, {"update"}});
  if (kind.resource.kind == "ServiceAccount") {
    const api::Resource& token = api::token_request_kind().resource;
    out.push_back({"token", {token.group, token.version, token.kind}, {"create"}});
  }
  if (kind.resource.kind == "VirtualMachine" && with_console) out.push_back({"console", own, {"get"}});
  if (kind.has_status) out.push_back({"status", own, kPartVerbs});
  if (!kind.scale_spec_path.empty()) out.push_back({"scale", {"autoscaling", "v1", "Scale"}, kPartVerbs});
  return out;
}

ServedResource resource_of(const api::KindInfo& kind, bool with_console) {
  ServedResource out;
  out.plural = kind.resource.plural;
  out.singular = kind.singular;
  out.kind = {kind.resource.group, kind.resource.version, kind.resource.kind};
  out.namespaced = kind.resource.namespaced;
  out.verbs = verbs_of(kind);
  out.short_names = kind.short_names;
  out.categories = kind.categories;
  out.subresources = subresources_of(kind, out.kind, with_console);
  out.info = &kind;
  return out;
}

ServedResource resource_of_review(const api::KindInfo& kind) {
  ServedResource out = resource_of(kind, /*with_console=*/false);
  out.verbs = {"create"};
  out.is_stored = false;
  return out;
}

void add(std::vector<ServedGroup>& groups, ServedResource resource) {
  auto group =
      std::find_if(groups.begin(), groups.end(), [&](const ServedGroup& g) { return g.group == resource.kind.group; });
  if (group == groups.end()) {
    group =
        groups.insert(groups.end(), {.group = resource.kind.group, .version = resource.kind.version, .resources = {}});
  }
  group->resources.push_back(std::move(resource));
}

}  // namespace

std::string ServedGroup::group_version() const {
  return group.empty() ? std::string(version) : std::string(group) + "/" + std::string(version);
}

std::vector<ServedGroup> served_groups(std::span<const api::KindInfo> kinds, bool with_console) {
  std::vector<ServedGroup> groups;
  for (const api::KindInfo& kind : kinds) add(groups, resource_of(kind, with_console));
  for (const api::KindInfo& kind : api::review_kinds()) add(groups, resource_of_review(kind));
  std::sort(groups.begin(), groups.end(), [](const ServedGroup& a, const ServedGroup& b) { return a.group < b.group; });
  for (ServedGroup& group : groups) {
    std::sort(group.resources.begin(), group.resources.end(),
              [](const ServedResource& a, const ServedResource& b) { return a.plural < b.plural; });
  }
  return groups;
}

}  // namespace rig::apiserver
