// vsphere/connection.h — the session with one vCenter, kept by provider/connection.h.
#pragma once

#include <string>

#include "hypervisor/vsphere/session.h"
#include "provider/connection.h"

namespace rig::vsphere {

struct Endpoint {  // of a vCenter, and how it is trusted and asked
  std::string url;
  bool insecure = false;
  std::string credentials_folder;  // one file per key of the Secret (login.h)
  Credentials otherwise;           // what has no file
  Duration patience;               // for one answer
};

using Connection = provider::Connection<Session, Credentials>;

Connection connect(const Endpoint& endpoint, const Clock& clock);  // makes no call

}  // namespace rig::vsphere
