// cmd/cluster.cc — see cluster.h.
#include "cmd/cluster.h"

#include <unistd.h>

#include <climits>

#include "api/core/namespace.h"
#include "api/kinds.h"
#include "base/uuid.h"
#include "kube/api.h"

namespace rig::cmd {
namespace {

Call soon() {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30), .stop = {}, .request_id = {}};
}

Error with_way_out(Error error) {
  if (!error.is(Code::kPermissionDenied)) return error;
  return std::move(error).with_hint(
      "deploy/rbac has what the manager needs: kubectl apply -f deploy/rbac, and bind it to this user.");
}

}  // namespace

std::string lease_identity() {
  char name[HOST_NAME_MAX + 1] = {};
  return std::string(::gethostname(name, sizeof name - 1) == 0 ? name : "host") + "_" + random_uuid();
}

Result<std::string> check_cluster(kube::Transport& cluster, const std::string& lease_namespace) {
  for (const api::KindInfo& kind : api::kinds()) {
    if (!kind.is_custom) continue;
    const auto listed = cluster.send(kube::list_request(kind.resource, "", {.limit = 1}), soon());
    if (listed.ok()) continue;
    if (!listed.error().is(Code::kNotFound)) return with_way_out(listed.error());
    return Error(Code::kFailedPrecondition, "the cluster does not serve " + std::string(kind.resource.plural) + "." +
                                                std::string(kind.resource.group))
        .with_hint("kubectl apply -f deploy/crds");
  }
  const kube::Api<api::core::Namespace> namespaces(cluster);
  const auto found = namespaces.get({"", lease_namespace}, soon());
  if (!found.ok() && found.error().is(Code::kNotFound))
    return Error(Code::kFailedPrecondition, "namespace " + lease_namespace + ", for the Lease, does not exist")
        .with_hint("kubectl create namespace " + lease_namespace + ", or name another with --lease-namespace.");
  if (!found.ok()) return with_way_out(found.error());
  const auto system = namespaces.get({"", "kube-system"}, soon());
  if (!system.ok()) return with_way_out(system.error());
  return system->meta.uid;
}

}  // namespace rig::cmd
