// proxmox/login.h — from a Provider's endpoint and credentials to whom is asked, how he is trusted and who asks. No
// calls.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rig::proxmox {

// A folder with one file per key of the Secret. The first four are the reference's; the others are ours.
struct Credentials {
  std::string token_id, token_secret;  // "user@realm!name"; wins over username and password
  std::string username, password;      // "user@realm"
  std::string ca_bundle;               // PEM: trust only these
  std::string fingerprint;             // SHA-256 of the server's certificate; of several endpoints one each, by commas
  std::string endpoints;               // more endpoints of the same cluster, by commas
  bool operator==(const Credentials&) const = default;
};
// What has no file comes from `otherwise` (the environment, as the reference has it). Folder "": `otherwise`.
Result<Credentials> read_credentials(const std::string& folder, const Credentials& otherwise = {});

struct Endpoint {
  std::string base_url;     // "https://pve1.example:8006"
  std::string fingerprint;  // "" : certificates are checked against the CA bundle, or the system's
  bool operator==(const Endpoint&) const = default;
};
struct Login {
  std::vector<Endpoint> endpoints;  // of one cluster, at least one; the first is asked as long as it answers
  std::string token;                // "user@realm!name=secret"; "" : username and password
  std::string username, password;
  std::string ca_bundle;
  bool insecure = false;  // certificates are not checked where no fingerprint is given
  bool operator==(const Login&) const = default;
};

// `endpoint`: "https://host[:8006]", perhaps several by commas. kInvalidArgument: an endpoint or fingerprint that can
// never work; kUnauthenticated: the Secret says not who asks. No error tells a secret.
Result<Login> login_for(std::string_view endpoint, const Credentials& credentials, bool insecure);

}  // namespace rig::proxmox
