// cmd/vrtg/cluster.cc — finding the API server and the kind that was typed.
#include "cmd/vrtg/cluster.h"

#include <cstdlib>
#include <vector>

#include "base/text.h"

namespace rig::vrtg {

Call Cluster::call() const {
  return {.deadline = std::chrono::steady_clock::now() + timeout, .stop = {}, .request_id = {}};
}

Result<Cluster> open_cluster(const std::string& kubeconfig, const std::string& name_space, Duration timeout) {
  std::string path = kubeconfig;
  if (path.empty())
    if (const char* env = std::getenv("KUBECONFIG")) path = env;
  if (path.empty())
    if (const char* home = std::getenv("HOME")) path = std::string(home) + "/.kube/config";
  Cluster cluster;
  cluster.access = TRY(kube::read_kubeconfig(path).context("kubeconfig " + path));
  cluster.transport = TRY(kube::connect(cluster.access));
  cluster.name_space = name_space.empty() ? cluster.access.name_space : name_space;
  if (cluster.name_space.empty()) cluster.name_space = "default";
  cluster.timeout = timeout;
  return cluster;
}

Result<const api::KindInfo*> kind_typed(const std::string& word) {
  if (const api::KindInfo* kind = api::find_kind_typed(word)) return kind;
  std::vector<std::string_view> known;
  for (const api::KindInfo& kind : api::kinds()) {
    known.push_back(kind.singular);
    known.push_back(kind.resource.plural);
  }
  const std::string near(near_miss(to_lower(word), known));
  Error error(Code::kInvalidArgument, "there is no kind \"" + word + "\"");
  return near.empty() ? std::move(error).with_hint("Try vm, provider, vmclass, vmimage or vmnet.")
                      : std::move(error).with_hint("Did you mean " + near + "?");
}

}  // namespace rig::vrtg
