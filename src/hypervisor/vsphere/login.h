// vsphere/login.h — from a Provider's endpoint and credentials to whom is asked, how he is trusted and who asks. No
// calls.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rig::vsphere {

// A folder with one file per key of the Secret. The first two are the reference's; the others are ours.
struct Credentials {
  std::string username, password;  // "user@domain" or "DOMAIN\user"
  std::string ca_bundle;           // PEM: trust only these
  std::string fingerprint;         // SHA-256 of the server's certificate: vSphere's "thumbprint"
  bool operator==(const Credentials&) const = default;
};
// What has no file comes from `otherwise` (the environment, as the reference has it). Folder "": `otherwise`.
Result<Credentials> read_credentials(const std::string& folder, const Credentials& otherwise = {});

struct Login {
  std::string base_url;     // "https://vcenter.example:443"
  std::string fingerprint;  // hexadecimal; "" : certificates are checked against the CA bundle, or the system's
  std::string username, password;
  std::string ca_bundle;
  bool insecure = false;  // certificates are not checked where no fingerprint is given
  bool operator==(const Login&) const = default;
};

// `endpoint`: "https://host[:port]", with or without "/sdk", or no more than "host[:port]". kInvalidArgument: an
// endpoint or fingerprint that can never work; kUnauthenticated: the Secret says not who asks. No error tells a secret.
Result<Login> login_for(std::string_view endpoint, const Credentials& credentials, bool insecure);

}  // namespace rig::vsphere
