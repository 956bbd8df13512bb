// apiserver/pki.h — the server's own certificate authority and token key, and what it issues. Both are kept on disk;
// server and administrator get new certificates at every start, and again before these end.
#pragma once

#include <string>

#include "base/signing_key.h"
#include "http/certificate.h"

namespace rig::apiserver {

// Reads DIR/ca.crt and ca.key; makes them (0600, in a 0700 folder) when absent or near their end.
// kInvalidArgument: they are there but are no certificate and key; nothing is overwritten then.
Result<http::KeyPair> load_authority(const std::string& dir, WallTime now);

// Reads DIR/token.key, which signs the tokens of ServiceAccounts; makes it (0600, in a 0700 folder) when absent.
// kInvalidArgument: it is there but is no such key.
Result<SigningKey> load_token_key(const std::string& dir);

struct Identities {
  http::KeyPair server, admin;  // admin: group system:masters
};
Result<Identities> issue_identities(const http::KeyPair& authority, const std::string& address, WallTime now);
WallTime renewal_time(WallTime issued);  // when identities that were issued then should be issued again

}  // namespace rig::apiserver
