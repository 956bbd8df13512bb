// provider/wire/internal/calls.h — the running calls of a server: their deadlines and stops, and how many streams.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <thread>

#include "base/call.h"
#include "base/mutex.h"

namespace grpc {
class ServerContext;
}  // namespace grpc

namespace rig::provider::wire {

// gRPC's synchronous server does not tell a handler that its caller has left; one thread looks while calls run.
class Calls {
 public:
  Calls();
  ~Calls();

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

  // A place among the streams; kResourceExhausted when all are taken.
  class Stream {
   public:
    explicit Stream(Calls* calls) : calls_(calls) {}
    Stream(Stream&& other) noexcept : calls_(std::exchange(other.calls_, nullptr)) {}
    ~Stream() {
      if (calls_ != nullptr) calls_->leave_stream();
    }

   private:
    Calls* calls_;
  };
  Result<Stream> enter_stream();

  void stop_all();  // every running call, and those that still come, are told to stop

 private:
  void look(const std::stop_token& stop);
  void leave_stream();

  Mutex mutex_;
  std::condition_variable_any came_;
  std::map<grpc::ServerContext*, std::stop_source> running_ GUARDED_BY(mutex_);
  int streams_ GUARDED_BY(mutex_) = 0;
  bool stopping_ GUARDED_BY(mutex_) = false;
  std::jthread looker_;
};

}  // namespace rig::provider::wire
