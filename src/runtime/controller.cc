// runtime/controller.cc — worker threads around a reconciler.
#include "runtime/controller.h"

#include "base/check.h"
#include "base/metrics.h"

namespace rig::runtime {

Controller::Controller(Reconciler& reconciler, int workers, const Clock& clock)
    : reconciler_(reconciler), workers_(workers), clock_(clock) {}

Controller::~Controller() { stop(); }

// Asks all before waiting for any: a jthread's own destructor would let the others take new keys.
void Controller::stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Controller::start() {
  CHECK(threads_.empty());
  for (int i = 0; i < workers_; ++i) {
    threads_.emplace_back([this](std::stop_token stop) { work(std::move(stop)); });
  }
}

void Controller::work(std::stop_token stop) {
  const std::string_view kind = reconciler_.kind();
  while (const auto key = queue_.take(stop)) {
    const Time began = clock_.now();
    const Result<Action> result = reconciler_.reconcile(*key);
    const Time ended = clock_.now();
    queue_.edit([&](WorkQueueCore& core) { settle(*key, kind, result, core, ended); });
    metrics::observe(metrics::Metric::kReconcileDurationSeconds, {kind},
                     std::chrono::duration<double>(ended - began).count());
    metrics::set(metrics::Metric::kQueueDepth, {kind}, static_cast<double>(queue_.depth()));
  }
}

}  // namespace rig::runtime
