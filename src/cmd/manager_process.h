// cmd/manager_process.h — the manager and its providers as child processes, against whatever API server.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/byte_stream.h"
#include "controllers/controllers.h"
#include "fleet/fleet.h"
#include "runtime/leader.h"

namespace rig::cmd {

struct ManagerOptions {
  std::string cluster_id;                                // the uid of Namespace kube-system
  fleet::Options fleet;                                  // without on_change
  std::optional<runtime::LeaderElector::Options> lease;  // without: it acts at once
};

class ManagerProcess {
 public:
  // `api` must outlive it.
  static Result<std::unique_ptr<ManagerProcess>> make(kube::Transport& api, ManagerOptions options, const Clock& clock);
  Status run(int signals);  // of block_signals(): until one comes, or a part does not start (its error). Call once
  // A machine's serial console: from the object to its provider.
  Result<std::unique_ptr<ByteStream>> open_console(const ObjectKey& machine, const Call& call);

 private:
  ManagerProcess(kube::Transport& api, ManagerOptions options, const Clock& clock);

  kube::Transport& api_;
  ManagerOptions options_;
  const Clock& clock_;
  std::unique_ptr<fleet::Fleet> fleet_;
  std::unique_ptr<controllers::Controllers> controllers_;
};

}  // namespace rig::cmd
