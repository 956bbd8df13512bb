// provider/wire/internal/credentials.h — how the two ends prove who they are. For the .cc files of client and server.
#pragma once

#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <memory>
#include <string>

#include "provider/wire/transport.h"

namespace rig::provider::wire {

void set_up_grpc();  // before anything else of gRPC is used; again is fine

bool is_unix(const std::string& address);

// kInvalidArgument: plaintext on a network address, a path longer than a unix socket's, half a Tls.
Status check_address(const std::string& address, const Tls& tls);

// Of what check_address() has passed.
std::shared_ptr<grpc::ServerCredentials> server_credentials(const Tls& tls);
std::shared_ptr<grpc::ChannelCredentials> client_credentials(const Tls& tls);

}  // namespace rig::provider::wire
