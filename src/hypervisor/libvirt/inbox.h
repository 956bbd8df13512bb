// libvirt/inbox.h — what the host tells us by itself, handed from libvirt's event thread to the observer.
#pragma once

#include <condition_variable>
#include <string>
#include <vector>

#include "base/mutex.h"
#include "hypervisor/libvirt/handle.h"

namespace rig::libvirt {

struct Signal {
  enum class Kind : std::uint8_t { kChanged, kBooted, kStopped, kAgentUp, kLost } kind = Kind::kChanged;
  std::string machine_id;  // the domain's UUID; "" with kLost: the connection is gone
  std::string why;         // with kLost
};

// Thread-safe. Nothing is dropped: signals are few, and the observer folds those of one machine.
class Inbox {
 public:
  void put(Signal signal);
  // All that has come. Waits for something until `until` or stop.
  std::vector<Signal> take(Time until, const std::stop_token& stop);

 private:
  Mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Signal> signals_ GUARDED_BY(mutex_);
};

// From now on the host's events go to `inbox`, until the session ends. Callbacks keep the inbox alive.
Status subscribe(virConnectPtr host, const std::shared_ptr<Inbox>& inbox);

}  // namespace rig::libvirt
