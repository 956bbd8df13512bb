// runtime/controller.h — worker threads around a reconciler.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "runtime/reconciler.h"

namespace rig::runtime {

// start() once. stop(), and the destructor, take no new key and wait for those being worked on.
class Controller {
 public:
  Controller(Reconciler& reconciler, int workers, const Clock& clock);
  ~Controller();
  WorkQueue& queue() { return queue_; }
  void start();
  void stop();

 private:
  void work(std::stop_token stop);
  Reconciler& reconciler_;
  int workers_;
  const Clock& clock_;
  WorkQueue queue_;
  std::vector<std::jthread> threads_;
};

}  // namespace rig::runtime
