// provider/wire/transport.h — Provider over gRPC. The only room that sees protobuf.
//
// The wire is the reference's provider.v1.Provider plus fields numbered from 1000 and a second service,
// rig.provider.v1.Machines, for peers that have it (found by GetCapabilities.features, never by probing).
#pragma once

#include <memory>
#include <string>

#include "provider/provider.h"

namespace rig::provider::wire {

// All empty: plaintext, allowed for unix sockets only.
struct Tls { std::string certificate_pem, key_pem, authority_pem, server_name; };

// The far side of the wire, as a Provider. `address` is "unix:/path" or "host:port". Reconnects by itself; a call
// made while the server is away waits until call.deadline and then fails kUnavailable. The connection is made by
// the first call, not by connect().
Result<std::unique_ptr<Provider>> connect(const std::string& address, const Tls& tls);

// The near side: serves `provider` on `address` ("host:0" picks a port). Handlers only submit work or read state;
// long work belongs to TaskRunner, so their number is small and fixed. At most 8 streams, then kResourceExhausted.
struct ServerOptions {
  std::string address;
  Tls tls;
  int threads_max = 32;
};
class Server {
 public:
  virtual ~Server() = default;
  virtual int port() const = 0;                // 0 for a unix socket
  virtual Status drain(Duration grace) = 0;    // refuses new calls, waits for running ones
};
Result<std::unique_ptr<Server>> serve(Provider& provider, const ServerOptions& options);

}  // namespace rig::provider::wire
