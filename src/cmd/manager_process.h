// cmd/manager_process.h — the manager, against whatever API server and with whatever starts its providers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/byte_stream.h"
#include "controllers/controllers.h"
#include "fleet/launcher.h"
#include "runtime/leader.h"
#include "runtime/manager.h"

namespace rig::cmd {

struct ManagerOptions {
  std::string cluster_id;  // the uid of Namespace kube-system
  // Makes what starts the providers.
  std::function<Result<std::unique_ptr<fleet::Launcher>>(fleet::OnChange)> launcher;
  std::optional<runtime::LeaseOptions> lease;  // without: it acts at once
  std::string component = "virtrigaud";        // of metric virtrigaud_build_info
};

class ManagerProcess {
 public:
  // `api` must outlive it.
  static Result<std::unique_ptr<ManagerProcess>> make(kube::Transport& api, ManagerOptions options, const Clock& clock);
  Status run(int signals);  // of block_signals(): until one comes, or a part does not start (its error). Call once
  // For probes, from any thread. kUnavailable: not every cache is filled yet. "leader", "standby".
  Result<std::string> state() const;
  // A machine's serial console: from the object to its provider.
  Result<std::unique_ptr<ByteStream>> open_console(const ObjectKey& machine, const Call& call);

 private:
  ManagerProcess(kube::Transport& api, ManagerOptions options, const Clock& clock);

  kube::Transport& api_;
  ManagerOptions options_;
  const Clock& clock_;
  runtime::Lead lead_;
  std::unique_ptr<fleet::Launcher> launcher_;
  std::unique_ptr<controllers::Controllers> controllers_;
  runtime::Manager manager_;
};

}  // namespace rig::cmd
