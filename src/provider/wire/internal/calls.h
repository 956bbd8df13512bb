// provider/wire/internal/calls.h — the running calls of a server: their deadlines and stops, and how many streams.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>

#include "base/call.h"

namespace grpc {
class ServerContext;
}  // namespace grpc

namespace rig::provider::wire {

// gRPC's synchronous server does not tell a handler that its caller has left; one thread looks while calls run.
class Calls {
 public:
  explicit Calls(std::set<std::string> callers);  // ServerOptions::callers
  ~Calls();

  // kPermissionDenied: the client's certificate has none of the names that may call.
  Status check_caller(const grpc::ServerContext& context) const;

  // One running call; ends with its scope.
  class Running {
   public:
    Running(Calls& calls, grpc::ServerContext& context);
    ~Running();
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    const Call& call() const { return call_; }

   private:
    Calls& calls_;
    grpc::ServerContext& context_;
    Call call_;
  };

  // A place among the streams.
  class Stream {
   public:
    Stream(Calls& calls, grpc::ServerContext& context) : calls_(&calls), context_(&context) {}
    Stream(Stream&& other) noexcept : calls_(std::exchange(other.calls_, nullptr)), context_(other.context_) {}
    ~Stream() {
      if (calls_ != nullptr) calls_->leave_stream(*context_);
    }

   private:
    Calls* calls_;
    grpc::ServerContext* context_;
  };
  // Of a running call. kResourceExhausted: all places are taken; kUnavailable: the server is going away.
  Result<Stream> enter_stream(grpc::ServerContext& context);

  void stop_streams();  // those that run are told to stop, no more are let in

 private:
  void look(const std::stop_token& stop);
  void leave_stream(grpc::ServerContext& context);

  const std::set<std::string> callers_;
  std::mutex mutex_;  // guards what follows; base/mutex.h and gRPC's headers define the same macro
  std::condition_variable_any came_;
  std::map<grpc::ServerContext*, std::stop_source> running_;
  std::set<grpc::ServerContext*> streams_;
  bool stopping_ = false;
  std::jthread looker_;
};

}  // namespace rig::provider::wire
