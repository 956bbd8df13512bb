// runtime/reconciler.cc — what follows from the outcome of a reconcile.
#include "runtime/reconciler.h"

#include "base/metrics.h"
#include "runtime/limits.h"

namespace rig::runtime {
namespace {

void settle_failure(const ObjectKey& key, std::string_view kind, const Error& error, WorkQueueCore& queue, Time now) {
  switch (remedy(error.code())) {
    case Remedy::kUserFix:
      log::info("waits for a user's fix", {{"kind", kind}, {"key", key.to_string()}, {"error", error}});
      queue.forget(key);
      queue.add_at(key, now + limits::kUserFixDelay);
      return;
    case Remedy::kReread:  // everyday: somebody else wrote first
      log::debug("will be read again", {{"kind", kind}, {"key", key.to_string()}, {"error", error}});
      break;
    case Remedy::kRetry:
      log::warn("will be tried again", {{"kind", kind}, {"key", key.to_string()}, {"error", error}});
      break;
    case Remedy::kBug:
      log::error("reconcile failed", {{"kind", kind}, {"key", key.to_string()}, {"error", error}});
      break;
  }
  queue.add_failed(key, now, error.retry_after().value_or(Duration{}));
}

}  // namespace

void settle(const ObjectKey& key, std::string_view kind, const Result<Action>& result, WorkQueueCore& queue, Time now) {
  std::string_view outcome = "success";
  if (!result.ok()) {
    outcome = "error";
    settle_failure(key, kind, result.error(), queue, now);
  } else {
    queue.forget(key);
    if (const auto delay = result->delay()) {
      outcome = "requeue";
      queue.add_at(key, now + *delay);
    }
  }
  queue.done(key);
  metrics::add(metrics::Metric::kReconcileTotal, {kind, outcome});
}

}  // namespace rig::runtime
