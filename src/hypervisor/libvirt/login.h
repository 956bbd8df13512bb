// libvirt/login.h — from a Provider's endpoint and credentials to what libvirt's client library is told. No calls.
#pragma once

#include <string>

#include "base/result.h"

namespace rig::libvirt {

// A folder with one file per key of the Secret: username, password, ssh-privatekey, known_hosts.
struct Credentials {
  std::string username, password;
  std::string private_key_path, known_hosts_path;  // "": there is none
  bool operator==(const Credentials&) const = default;
};
Result<Credentials> read_credentials(const std::string& folder);  // folder "": nothing

struct Login {
  std::string uri, username, password;
  bool operator==(const Login&) const = default;
};

// ssh is always spoken by libvirt's libssh2 transport: it checks known_hosts and starts no program, as qemu+ssh://
// would; the libssh one stalls for seconds behind large replies (libvirt 9.0 with libssh 0.10.6). kInvalidArgument: the
// endpoint is not a URI that we take. kFailedPrecondition: host keys cannot be checked and `insecure` does not say that
// they need not be.
Result<Login> login_for(const std::string& endpoint, const Credentials& credentials, bool insecure);

}  // namespace rig::libvirt
