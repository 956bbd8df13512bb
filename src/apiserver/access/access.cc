// apiserver/access/access.cc — keeping the policy fresh, and asking it.
#include "apiserver/access/access.h"

#include "apiserver/failure.h"

namespace rig::apiserver {
namespace {

constexpr std::string_view kPrefix = "/rbac.authorization.k8s.io/";

template <class Object>
Status read_all(const Registry& registry, std::vector<Object>& out) {
  const api::KindInfo& kind = *api::find_kind(Object::kResource.group, Object::kResource.plural);
  const ListResult listed = TRY(registry.list(kind, {}));
  for (const json::Value& item : listed.items) out.push_back(TRY(schema::decode<Object>(item)));
  return {};
}

}  // namespace

Result<std::shared_ptr<const Policy>> Access::read_policy() const {
  Policy::Objects objects;
  TRY(read_all(registry_, objects.roles));
  TRY(read_all(registry_, objects.cluster_roles));
  TRY(read_all(registry_, objects.bindings));
  TRY(read_all(registry_, objects.cluster_bindings));
  return std::make_shared<const Policy>(std::move(objects));
}

// What is read is never older than `now`; what changes meanwhile is seen by the next one who asks.
Result<std::shared_ptr<const Policy>> Access::policy() {
  std::shared_ptr<const Policy> known;
  Revision seen = 0;
  {
    const Lock lock(mutex_);
    known = policy_;
    seen = seen_;
  }
  const Store& store = registry_.store();
  const Revision now = store.revision();
  if (known != nullptr && now == seen) return known;
  bool is_fresh = false;
  if (known != nullptr) {
    const Result<std::vector<Change>> changes = store.changes(kPrefix, seen, 1);
    if (!changes.ok() && !changes.error().is(Code::kOutOfRange)) return changes.error();
    is_fresh = changes.ok() && changes->empty();
  }
  if (!is_fresh) known = TRY(read_policy());
  const Lock lock(mutex_);
  if (now > seen_ || policy_ == nullptr) {
    policy_ = known;
    seen_ = now;
  }
  return known;
}

Result<Access::Decision> Access::decide(const User& user, const Attributes& wish) {
  if (user.is_in(kMasters)) return Decision{true, {}};
  const auto now = TRY(policy());
  const std::optional<std::string> grant = now->grant_of(user, wish);
  return grant ? Decision{true, "RBAC: allowed by " + *grant} : Decision{};
}

Status Access::check(const User& user, const Attributes& wish) {
  if (TRY(decide(user, wish)).is_allowed) return {};
  return denied(user, wish);
}

Result<Rules> Access::rules_of(const User& user, std::string_view name_space) {
  return TRY(policy())->rules_of(user, name_space);
}

Error denied(const User& user, const Attributes& a) {
  const std::string who = "User \"" + user.name + "\" cannot " + a.verb;
  if (!a.is_resource) {
    return status_error(403, "Forbidden", "forbidden: " + who + " path \"" + a.path + "\"", json::Object{});
  }
  const std::string resource = a.resource + (a.subresource.empty() ? "" : "/" + a.subresource);
  const std::string where = a.name_space.empty() ? "at the cluster scope" : "in the namespace \"" + a.name_space + "\"";
  return forbidden({.group = a.group, .version = a.version, .kind = {}, .plural = a.resource}, a.name,
                   who + " resource \"" + resource + "\" in API group \"" + a.group + "\" " + where);
}

}  // namespace rig::apiserver
