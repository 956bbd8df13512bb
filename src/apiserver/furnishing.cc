// apiserver/furnishing.cc — what the server puts there itself: a ServiceAccount `default` in each namespace, and the
// rules of ClusterRoles that are put together from others.
#include "apiserver/access/policy.h"
#include "apiserver/collector.h"
#include "schema/walk.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kNamespaces = "/core/namespaces//", kAccounts = "/core/serviceaccounts/",
                           kClusterRoles = "/rbac.authorization.k8s.io/clusterroles/";
constexpr std::string_view kDefault = "default";

}  // namespace

void Collector::note_furniture(const std::string& storage_key, bool is_removal) {
  if (storage_key.starts_with(kClusterRoles)) roles_changed_ = true;
  if (storage_key.starts_with(kNamespaces)) to_furnish_.insert(storage_key.substr(kNamespaces.size()));
  if (!is_removal || !storage_key.starts_with(kAccounts)) return;
  const auto place = place_of(storage_key);
  if (place && place->key.name == kDefault) to_furnish_.insert(place->key.namespace_);
}

Status Collector::furnish_namespaces() {
  const api::KindInfo& namespaces = *api::find_kind("", "namespaces");
  const api::KindInfo& accounts = *api::find_kind("", "serviceaccounts");
  while (!to_furnish_.empty()) {
    const std::string name = *to_furnish_.begin();
    const Result<json::Value> found = registry_.read(namespaces, {"", name});
    if (!found.ok() && !found.error().is(Code::kNotFound)) return found.error();
    if (found.ok() && !is_deleting(*found) &&
        !registry_.store.get(storage_key(accounts, {name, std::string(kDefault)})).ok()) {
      json::Value account = json::Object{{"apiVersion", "v1"}, {"kind", accounts.resource.kind}};
      account["metadata"] = json::Object{{"name", kDefault}, {"namespace", name}};
      const Result<json::Value> made =
          registry_.create(accounts, name, std::move(account), {.field_manager = "virtrigaud"});
      // Somebody made it, or deleted the namespace: both are fine.
      const bool is_moot = !made.ok() && (made.error().is(Code::kAlreadyExists) || made.error().is(Code::kNotFound) ||
                                          made.error().is(Code::kPermissionDenied));
      if (!made.ok() && !is_moot) return made.error();
      has_changed_ = true;
    }
    to_furnish_.erase(name);
  }
  return {};
}

Status Collector::aggregate_roles() {
  if (!roles_changed_) return {};
  const api::KindInfo& kind = *api::find_kind(api::core::ClusterRole::kResource.group, "clusterroles");
  const Page page = TRY(registry_.store.list(storage_prefix(kind, {}), {}, 0, 0));
  std::vector<api::core::ClusterRole> roles;
  for (const Record& record : page.records) {
    const json::Value object = TRY(object_of(kind, record.value, record.revision));
    roles.push_back(TRY(schema::decode<api::core::ClusterRole>(object)));
  }
  for (const api::core::ClusterRole& role : roles) {
    if (!role.aggregation_rule) continue;
    const Rules rules = aggregated(role, roles);
    if (rules == role.rules) continue;
    TRY(change({&kind, {"", role.meta.name}},
               [&](json::Value& object) { object["rules"] = rules.empty() ? json::Value() : schema::encode(rules); }));
  }
  roles_changed_ = false;
  return {};
}

}  // namespace rig::apiserver
