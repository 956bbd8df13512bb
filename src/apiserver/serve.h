// apiserver/serve.h — the API server on a TLS port of this machine and on a unix socket: certificates, who is
// asking, kubeconfig.
#pragma once

#include <memory>
#include <string>

#include "apiserver/api_server.h"

namespace rig::apiserver {

struct ServeOptions {
  std::string address = "127.0.0.1";
  int port = 6443;          // 0: any
  std::string unix_socket;  // "" : none. 0600; whoever can open it is system:masters
  std::string pki_dir;      // the certificate authority, made when absent; it issues anew at every start
  std::string kubeconfig;   // written when serving (0600); "" : not
};

class Serving {
 public:
  virtual ~Serving() = default;
  virtual int port() const = 0;
  virtual void stop(Duration grace) = 0;
};
Result<std::unique_ptr<Serving>> serve(ApiServer& server, const ServeOptions& options, const Clock& clock);

}  // namespace rig::apiserver
