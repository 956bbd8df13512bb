// proxmox/connection.h — the session with one cluster, kept by provider/connection.h.
#pragma once

#include <string>

#include "hypervisor/proxmox/session.h"
#include "provider/connection.h"

namespace rig::proxmox {

struct Address {  // of a cluster, and how it is trusted and asked
  std::string endpoint;
  bool insecure = false;
  std::string credentials_folder;  // one file per key of the Secret (login.h)
  Credentials otherwise;           // what has no file
  Duration patience;               // for one answer
};

using Connection = provider::Connection<Session, Credentials>;

Connection connect(const Address& address, const Clock& clock);  // makes no call

}  // namespace rig::proxmox
