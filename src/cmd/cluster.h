// cmd/cluster.h — what a manager needs of a cluster before it works for it.
#pragma once

#include <string>

#include "kube/transport.h"

namespace rig::cmd {

// The reference's, so that of all managers of both that work for one cluster one acts.
inline constexpr const char* kLeaseName = "8da97394.virtrigaud.io";
std::string lease_identity();  // "<host>_<uuid>"

// That it serves our kinds and has the namespace of the Lease. Answers the cluster's id: the uid of kube-system.
Result<std::string> check_cluster(kube::Transport& cluster, const std::string& lease_namespace);

}  // namespace rig::cmd
