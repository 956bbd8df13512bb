// apiserver/local_transport.h — the API server as a kube::Transport, without a socket. For the manager in the same
// process, for tests, for the simulator.
#pragma once

#include <memory>

#include "apiserver/api_server.h"
#include "kube/transport.h"

namespace rig::apiserver {

// `server` must outlive it. Acts as `user` (by default system:masters).
std::unique_ptr<kube::Transport> local_transport(ApiServer& server, const Clock& clock,
                                                 User user = {.name = "virtrigaud", .groups = {"system:masters"}});

}  // namespace rig::apiserver
