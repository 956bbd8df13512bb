// provider/wire/internal/errors.h — our errors as gRPC statuses and back.
//
// Code and message travel in the status. The hint and the advice when to come back have no place there and travel as
// trailing metadata, which the reference's peers ignore.
#pragma once

#include "base/result.h"

namespace grpc {
class Status;
class ServerContext;
class ClientContext;
}  // namespace grpc

namespace rig::provider::wire {

// What was being done and what is wrong, without the code and the hint: those travel apart.
std::string bare_text(const Error& error);

// Texts are cut to what fits into trailers.
grpc::Status to_grpc(const Error& error, grpc::ServerContext& context);
Error from_grpc(const grpc::Status& status, const grpc::ClientContext& context);  // of a status that is not OK

}  // namespace rig::provider::wire
