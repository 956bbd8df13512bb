// vsphere/connection.cc — see connection.h.
#include "hypervisor/vsphere/connection.h"

namespace rig::vsphere {

Connection connect(const Endpoint& endpoint, const Clock& clock) {
  const auto read = [endpoint] { return read_credentials(endpoint.credentials_folder, endpoint.otherwise); };
  const auto open = [endpoint, &clock](const Credentials& credentials) -> Result<std::unique_ptr<Session>> {
    const Login login = TRY(login_for(endpoint.url, credentials, endpoint.insecure));
    return Session::open(login, clock, endpoint.patience);
  };
  return Connection(endpoint.url, read, open, clock);
}

}  // namespace rig::vsphere
