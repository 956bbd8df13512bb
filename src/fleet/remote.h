// fleet/remote.h — a Deployment, a Service and a connection for each Provider object.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "fleet/launcher.h"
#include "fleet/limits.h"
#include "kube/transport.h"

namespace rig::fleet {

struct RemoteOptions {
  // "host:port" of Providers that somebody else serves: nothing is deployed for them.
  std::map<ObjectKey, std::string> addresses;
  OnChange on_change;
  Duration patience = kStartTimeout;  // with a provider that does not answer, until that is told
};

// The cluster runs and restarts the pods; what is made here is owned by the Provider object and goes with it. A thread
// per Provider while its pod does not answer yet. Nothing is written that is as asked already.
class Remote final : public Launcher {
 public:
  Remote(kube::Transport& api, RemoteOptions options, const Clock& clock);
  ~Remote() override;

  // Reads the two objects each time. kAlreadyExists: one of their names is taken by somebody else's.
  Result<provider::RuntimeState> ensure(const provider::ProviderProcess& process) override;
  bool is_remote() const override { return true; }
  void remove(const ObjectKey& key) override;
  Result<std::shared_ptr<provider::Provider>> find(const ObjectKey& key) override;
  void stop() override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::fleet
