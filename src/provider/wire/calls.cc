// provider/wire/calls.cc — the running calls of a server: their deadlines and stops, and how many streams.
#include "provider/wire/internal/calls.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <grpcpp/server_context.h>

#include <algorithm>

#include "provider/wire/internal/words.h"
#include "provider/wire/limits.h"

namespace rig::provider::wire {
namespace {

Time deadline_of(const grpc::ServerContext& context) {
  const Time now = std::chrono::steady_clock::now();
  const auto left = context.deadline() - std::chrono::system_clock::now();
  return now + std::min<Duration>(left, std::chrono::hours(24 * 365));  // gRPC's "none" is centuries away
}

std::string request_id_of(const grpc::ServerContext& context) {
  const auto found = context.client_metadata().find(kRequestId);
  if (found == context.client_metadata().end()) return "";
  return {found->second.data(), found->second.size()};
}

}  // namespace

Calls::Calls(std::set<std::string> callers)
    : callers_(std::move(callers)), looker_([this](const std::stop_token& stop) { look(stop); }) {}
Calls::~Calls() = default;

Status Calls::check_caller(const grpc::ServerContext& context) const {
  if (callers_.empty()) return {};
  std::string found;
  for (const auto& name : context.auth_context()->FindPropertyValues(GRPC_X509_SAN_PROPERTY_NAME)) {
    if (callers_.contains(std::string(name.data(), name.size()))) return {};
    found += (found.empty() ? "" : ", ") + std::string(name.data(), name.size());
  }
  return Error(Code::kPermissionDenied, "the caller's certificate is for \"" + found + "\", which may not call here")
      .with_hint("VIRTRIGAUD_PROVIDER_ALLOWED_SANS names who may.");
}

Calls::Running::Running(Calls& calls, grpc::ServerContext& context) : calls_(calls), context_(context) {
  const std::lock_guard lock(calls_.mutex_);
  call_ = {deadline_of(context), calls_.running_[&context].get_token(), request_id_of(context)};
  calls_.came_.notify_one();
}

Calls::Running::~Running() {
  const std::lock_guard lock(calls_.mutex_);
  calls_.running_.erase(&context_);
}

Result<Calls::Stream> Calls::enter_stream(grpc::ServerContext& context) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return Error(Code::kUnavailable, "the provider is stopping");
  if (streams_.size() >= kStreamsMax)
    return Error(Code::kResourceExhausted, std::to_string(kStreamsMax) + " streams are open, which is the most")
        .with_retry_after(std::chrono::seconds(5));
  streams_.insert(&context);
  return Stream(*this, context);
}

void Calls::leave_stream(grpc::ServerContext& context) {
  const std::lock_guard lock(mutex_);
  streams_.erase(&context);
}

void Calls::stop_streams() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (grpc::ServerContext* context : streams_) running_.at(context).request_stop();
}

void Calls::look(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (came_.wait(lock, stop, [this] { return !running_.empty(); })) {
    for (auto& [context, source] : running_)
      if (context->IsCancelled()) source.request_stop();
    came_.wait_for(lock, stop, kCancelLook, [] { return false; });
  }
}

}  // namespace rig::provider::wire
