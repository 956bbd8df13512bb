// http/certificate.h — small certificate authorities and leaf certificates (ECDSA P-256).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace rig::http {

struct KeyPair {
  std::string certificate_pem, key_pem;
};
struct Subject {
  std::string common_name;
  std::vector<std::string> organizations;  // Kubernetes groups
  std::vector<std::string> names;          // subjectAltName: DNS names and IP addresses
  bool server = false, client = false;
};
struct CertificateFacts {
  std::string common_name;
  std::vector<std::string> organizations;
  WallTime not_before, not_after;
  std::string sha256_hex;
};

Result<KeyPair> make_authority(const std::string& common_name, WallTime now, Duration lifetime);
Result<KeyPair> issue(const KeyPair& authority, const Subject& subject, WallTime now, Duration lifetime);
Result<CertificateFacts> read_certificate(const std::string& certificate_pem);

}  // namespace rig::http
