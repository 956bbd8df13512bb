// libvirt/connection.h — the one session with one host: opened, watched, opened again.
#pragma once

#include <condition_variable>
#include <optional>
#include <string>

#include "base/call.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "hypervisor/libvirt/handle.h"
#include "provider/provider.h"

namespace rig::libvirt {

// Thread-safe. Who opens and probes is one thread (the observer), at once after a loss; everybody asks for the session.
class Connection {
 public:
  Connection(std::string endpoint, std::string credentials_folder, bool insecure, const Clock& clock);

  Status open();   // blocks; reads the credentials anew
  Status probe();  // one call to the host; a failure ends the session
  void lost(const Error& why);

  // The session that is open. Waits while the first attempt after start or loss is under way, not for later ones.
  Result<Session> session(const Call& call) const;
  provider::Health health() const;

 private:
  void settle(std::optional<Result<Session>> session, std::string version) EXCLUDES(mutex_);
  bool is_settled() const REQUIRES(mutex_);

  const std::string endpoint_, credentials_folder_;
  const bool insecure_;
  const Clock& clock_;

  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::optional<Result<Session>> session_ GUARDED_BY(mutex_);  // nullopt: being tried
  std::string lost_why_ GUARDED_BY(mutex_);
  std::string version_ GUARDED_BY(mutex_);
  std::optional<WallTime> last_contact_ GUARDED_BY(mutex_);
};

}  // namespace rig::libvirt
