// apiserver/doorkeeper.h — who is asking: by the unix socket, a client certificate or a token; and as whom.
#pragma once

#include <map>
#include <mutex>

#include "apiserver/api_server.h"
#include "http/server.h"

namespace rig::apiserver {

// Thread-safe. Each certificate is read once.
class Doorkeeper {
 public:
  Doorkeeper(Access& access, const Tokens& tokens) : access_(access), tokens_(tokens) {}
  // Whoever shows nothing is system:anonymous. 401: a certificate of another authority or out of its time, or, without
  // a certificate, a token that is not good. With Impersonate-User the user named, if the real one may `impersonate`
  // each thing that is named; 403 if not. 400: groups without a user.
  Result<User> identify(const http::ServerRequest& request);

 private:
  Result<User> user_of_certificate(const std::string& pem);

  Access& access_;
  const Tokens& tokens_;
  std::mutex mutex_;  // guards known_
  std::map<std::string, User> known_;
};

}  // namespace rig::apiserver
