// controllers/controllers.h — all controllers of the manager: caches, queues, workers, event streams.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "kube/transport.h"
#include "provider/directory.h"
#include "provider/runtime.h"
#include "runtime/manager.h"

namespace rig::controllers {

struct Options {
  int machine_workers = 16;
  int other_workers = 2;
  const runtime::Lead* lead = nullptr;  // of the election that manager is started with; null: there is none
};

class Controllers {
 public:
  Controllers(kube::Transport& api, provider::Directory& providers, provider::Runtime& runtime, const Clock& clock,
              std::string cluster_id, Options options);
  ~Controllers();

  void add_to(runtime::Manager& manager);            // which starts and stops them; must not outlive this
  void provider_changed(const ObjectKey& provider);  // the runtime has news of its process; from any thread

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::controllers
