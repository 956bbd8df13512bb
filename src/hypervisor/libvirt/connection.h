// libvirt/connection.h — the sessions with one host: opened, watched, opened again.
#pragma once

#include <condition_variable>
#include <optional>
#include <string>

#include "base/call.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "hypervisor/libvirt/handle.h"
#include "hypervisor/libvirt/session_pool.h"
#include "provider/provider.h"

namespace rig::libvirt {

// Thread-safe. One thread (the observer) opens and probes the session on which events come, at once after a loss, and
// is the only one to use it; everybody else asks for one of his own.
class Connection {
 public:
  Connection(std::string endpoint, std::string credentials_folder, bool insecure, const Clock& clock);

  Result<Session> open();  // blocks; reads the credentials anew
  Status probe();          // one call to the host; a failure ends the session
  void lost(const Error& why);

  // For what the caller does now. Waits while the first attempt after start or loss is under way, not for later ones.
  Result<Session> session(const Call& call) const;
  Result<Session> lasting_session(const Call& call) const;  // for hours: it takes nobody's place
  provider::Health health() const;

 private:
  Result<Session> open_another() const;
  Status wait_until_open(const Call& call) const;
  void settle(std::optional<Result<Session>> watched, std::string version) EXCLUDES(mutex_);
  bool is_settled() const REQUIRES(mutex_);

  const std::string endpoint_, credentials_folder_;
  const bool insecure_;
  const Clock& clock_;

  mutable Mutex mutex_;
  mutable std::condition_variable_any changed_;
  std::optional<Result<Session>> watched_ GUARDED_BY(mutex_);  // nullopt: being tried
  std::string lost_why_ GUARDED_BY(mutex_);
  std::string version_ GUARDED_BY(mutex_);
  std::optional<WallTime> last_contact_ GUARDED_BY(mutex_);
  SessionPool sessions_;
};

}  // namespace rig::libvirt
