// proxmox/connection.h — the session with one cluster, opened anew when the credentials on disk have become others.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/mutex.h"
#include "hypervisor/proxmox/session.h"
#include "provider/provider.h"

namespace rig::proxmox {

struct Address {  // of a cluster, and how it is trusted and asked
  std::string endpoint;
  bool insecure = false;
  std::string credentials_folder;  // one file per key of the Secret (login.h)
  Credentials otherwise;           // what has no file
  Duration patience;               // for one answer
};

// Thread-safe.
class Connection {
 public:
  Connection(Address address, const Clock& clock) : address_(std::move(address)), clock_(clock) {}

  // Makes no call. Who holds it goes on with the credentials that it was opened with. kUnauthenticated,
  // kInvalidArgument: what the folder has can never work.
  Result<std::shared_ptr<Session>> session();

  // What became of the last look at the whole cluster. `version`: for people, with success.
  void looked(const Status& outcome, const std::string& version);
  provider::Health health() const;

 private:
  const Address address_;
  const Clock& clock_;
  mutable Mutex mutex_;
  std::shared_ptr<Session> session_ GUARDED_BY(mutex_);
  Credentials credentials_ GUARDED_BY(mutex_);  // of session_
  Time read_at_ GUARDED_BY(mutex_);
  std::optional<Error> problem_ GUARDED_BY(mutex_);
  std::string version_ GUARDED_BY(mutex_);  // "" : not looked at yet
};

}  // namespace rig::proxmox
