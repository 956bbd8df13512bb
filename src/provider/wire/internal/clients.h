// provider/wire/internal/clients.h — the two halves of the client: a peer like us, and the reference's provider.
#pragma once

#include <grpcpp/client_context.h>

#include <functional>

#include "provider/provider.h"
#include "provider/v1/provider.grpc.pb.h"
#include "provider/wire/internal/errors.h"
#include "rig/provider/v1/machines.grpc.pb.h"

namespace rig::provider::wire {

namespace ref = ::provider::v1;  // the reference's package

// A connection and how calls are made on it.
class Peer {
 public:
  Peer(std::string peer_address, std::shared_ptr<grpc::Channel> channel);

  // One unary call: `method` is called with a prepared context. Errors name the peer where nothing answered.
  Status ask(const Call& call, const std::function<grpc::Status(grpc::ClientContext&)>& method);

  // The same for a stream; `context` must outlive it.
  void prepare(grpc::ClientContext& context, const Call& call) const;
  Error error_of(const grpc::Status& status, const grpc::ClientContext& context) const;

  const std::string address;
  const std::shared_ptr<grpc::Channel> channel;
  const std::unique_ptr<ref::Provider::Stub> provider;
  const std::unique_ptr<v1::Machines::Stub> machines;
};

std::unique_ptr<Provider> client_of_new_peer(std::shared_ptr<Peer> peer);
std::unique_ptr<Provider> client_of_old_peer(std::shared_ptr<Peer> peer);

}  // namespace rig::provider::wire
