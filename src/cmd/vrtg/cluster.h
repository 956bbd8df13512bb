// cmd/vrtg/cluster.h — the API server that vrtg talks to, and the kinds as a person types them.
#pragma once

#include <memory>
#include <string>

#include "api/kinds.h"
#include "kube/kubeconfig.h"
#include "kube/transport.h"

namespace rig::vrtg {

struct Cluster {
  kube::Access access;
  std::unique_ptr<kube::Transport> transport;
  std::string name_space;
  Duration timeout{};
  Call call() const;  // a deadline `timeout` from now
};

// `kubeconfig` "": $KUBECONFIG, else ~/.kube/config. `name_space` "": the context's.
Result<Cluster> open_cluster(const std::string& kubeconfig, const std::string& name_space, Duration timeout);

// kInvalidArgument: no such kind, with the nearest one.
Result<const api::KindInfo*> kind_typed(const std::string& word);

}  // namespace rig::vrtg
