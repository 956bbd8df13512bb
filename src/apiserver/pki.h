// apiserver/pki.h — the server's own certificate authority, and what it issues. The authority is kept on disk; server
// and administrator get new certificates at every start, and again before these end.
#pragma once

#include <string>

#include "http/certificate.h"

namespace rig::apiserver {

// Reads DIR/ca.crt and ca.key; makes them (0600, in a 0700 folder) when absent or near their end.
// kInvalidArgument: they are there but are no certificate and key; nothing is overwritten then.
Result<http::KeyPair> load_authority(const std::string& dir, WallTime now);

struct Identities {
  http::KeyPair server, admin;  // admin: group system:masters
};
Result<Identities> issue_identities(const http::KeyPair& authority, const std::string& address, WallTime now);
WallTime renewal_time(WallTime issued);  // when identities that were issued then should be issued again

}  // namespace rig::apiserver
