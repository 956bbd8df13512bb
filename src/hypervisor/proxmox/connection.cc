// proxmox/connection.cc — see connection.h.
#include "hypervisor/proxmox/connection.h"

namespace rig::proxmox {

Connection connect(const Address& address, const Clock& clock) {
  const auto read = [address] { return read_credentials(address.credentials_folder, address.otherwise); };
  const auto open = [address, &clock](const Credentials& credentials) -> Result<std::unique_ptr<Session>> {
    const Login login = TRY(login_for(address.endpoint, credentials, address.insecure));
    return Session::open(login, clock, address.patience);
  };
  return Connection(address.endpoint, read, open, clock);
}

}  // namespace rig::proxmox
