// provider/wire/transport.h — Provider over gRPC. The only room that sees protobuf.
//
// The wire is the reference's provider.v1.Provider plus fields numbered from 1000 and a second service,
// rig.provider.v1.Machines, for peers that have it (found by GetCapabilities.features, never by probing).
#pragma once

#include <memory>
#include <set>
#include <string>

#include "provider/provider.h"

namespace rig::provider::wire {

// Each side shows its certificate and checks the other's against `authority_pem`; TLS 1.3 only. `server_name` is the
// name that the client demands in the server's certificate. All empty: plaintext, allowed for unix sockets only.
struct Tls {
  std::string certificate_pem = {}, key_pem = {}, authority_pem = {}, server_name = {};
  bool is_plaintext = false;       // the user has said so: plaintext over a network, too
  bool skip_server_check = false;  // a client takes any server for the right one; for tests
  bool empty() const { return certificate_pem.empty() && key_pem.empty() && authority_pem.empty(); }
  bool operator==(const Tls&) const = default;
};

// The far side of the wire, as a Provider. `address` is "unix:/path" or "host:port". Reconnects by itself; a call
// made while the server is away waits until call.deadline and then fails kUnavailable. The connection is made by
// the first call, not by connect(). A peer that is the reference's own provider is spoken to in its own words; what
// it cannot do is kUnimplemented.
Result<std::unique_ptr<Provider>> connect(const std::string& address, const Tls& tls);

// The near side: serves `provider` on `address` ("host:0" picks a port). Handlers only submit work or read state;
// long work belongs to TaskRunner, so their number is small and fixed: beyond `threads_max`, and beyond 8 streams,
// callers get kResourceExhausted.
struct ServerOptions {
  std::string address;
  Tls tls;
  int threads_max = 32;
  std::set<std::string> callers;  // subjectAltNames of clients that may call; empty: any that the authority vouches for
  std::string provider;  // "namespace/name" of the Provider object: part of the names of an old manager's machines
};
class Server {
 public:
  virtual ~Server() = default;               // drain(0)
  virtual int port() const = 0;              // 0 for a unix socket
  virtual Status drain(Duration grace) = 0;  // refuses new calls, waits for running ones, then ends them
};
// Health checking (grpc.health.v1) is served too. kInvalidArgument: plaintext on a network address.
Result<std::unique_ptr<Server>> serve(Provider& provider, const ServerOptions& options);

}  // namespace rig::provider::wire
