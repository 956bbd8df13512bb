// apiserver/doorkeeper.h — who is asking: by the unix socket, or by a client certificate; and as whom.
#pragma once

#include <map>
#include <mutex>

#include "apiserver/api_server.h"
#include "http/server.h"

namespace rig::apiserver {

// Thread-safe. Each certificate is read once.
class Doorkeeper {
 public:
  // Whoever shows nothing is system:anonymous. 401: a certificate of another authority or out of its time, or any
  // token. With Impersonate-User the user named, if the real one is system:masters; 403 if not. 400: groups alone.
  Result<User> identify(const http::ServerRequest& request);

 private:
  Result<User> user_of_certificate(const std::string& pem);

  std::mutex mutex_;  // guards known_
  std::map<std::string, User> known_;
};

}  // namespace rig::apiserver
