// fleet/guard.cc — every call counted, and refused while the breaker is open.
#include "fleet/guard.h"

#include "base/metrics.h"
#include "base/mutex.h"
#include "fleet/breaker.h"

namespace rig::fleet {
namespace {

using namespace provider;
using metrics::Metric;

// gRPC's names, as the reference's metric has them ("OK", "Unavailable").
std::string_view code_name(const Error* error) {
  if (error == nullptr) return "OK";
  switch (error->code()) {
    case Code::kCancelled: return "Canceled";
    case Code::kUnknown: return "Unknown";
    case Code::kInvalidArgument: return "InvalidArgument";
    case Code::kDeadlineExceeded: return "DeadlineExceeded";
    case Code::kNotFound: return "NotFound";
    case Code::kAlreadyExists: return "AlreadyExists";
    case Code::kPermissionDenied: return "PermissionDenied";
    case Code::kResourceExhausted: return "ResourceExhausted";
    case Code::kFailedPrecondition: return "FailedPrecondition";
    case Code::kAborted: return "Aborted";
    case Code::kOutOfRange: return "OutOfRange";
    case Code::kUnimplemented: return "Unimplemented";
    case Code::kInternal: return "Internal";
    case Code::kUnavailable: return "Unavailable";
    case Code::kDataLoss: return "DataLoss";
    case Code::kUnauthenticated: return "Unauthenticated";
  }
  return "Unknown";
}

class Guard final : public Provider, private Images, private Console {
 public:
  Guard(std::unique_ptr<Provider> inner, const ObjectKey& key, std::string type, const Clock& clock)
      : inner_(std::move(inner)), key_(key), type_(std::move(type)), clock_(clock) {}

  // Health is asked whatever the breaker thinks: it is how recovery is seen.
  Result<Health> check(const Call& call) override { return counted("Check", inner_->check(call)); }
  Result<Capabilities> capabilities(const Call& call) override {
    return run("GetCapabilities", [&] { return inner_->capabilities(call); });
  }
  Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                             const Call& call) override {
    return run("Reserve", [&] { return inner_->reserve(owner, machine_id, spec, call); });
  }
  Result<TaskId> create(const MachineRef& ref, const MachineSpec& spec, const Call& call) override {
    return run("Create", [&] { return inner_->create(ref, spec, call); });
  }
  Result<Machine> describe(const MachineRef& ref, const Call& call) override {
    return run("Describe", [&] { return inner_->describe(ref, call); });
  }
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef> refs, const Call& call) override {
    return run("DescribeMany", [&] { return inner_->describe_many(refs, call); });
  }
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
               const Call& call) override {
    return inner_->watch(cluster_id, resume, on_event, call);  // its length says nothing about the provider's speed
  }
  Result<Plan> plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) override {
    return run("Plan", [&] { return inner_->plan(ref, spec, call); });
  }
  Result<TaskId> apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call) override {
    return run("Reconfigure", [&] { return inner_->apply(ref, spec, plan, call); });
  }
  Result<TaskId> power_on(const MachineRef& ref, const Call& call) override {
    return run("Power", [&] { return inner_->power_on(ref, call); });
  }
  Result<TaskId> power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call) override {
    return run("Power", [&] { return inner_->power_off(ref, hard_at, call); });
  }
  Result<TaskId> reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call) override {
    return run("Power", [&] { return inner_->reboot(ref, if_booted_before, call); });
  }
  Result<TaskId> remove(const MachineRef& ref, const Call& call) override {
    return run("Delete", [&] { return inner_->remove(ref, call); });
  }
  Result<TaskId> release(const MachineRef& ref, const Call& call) override {
    return run("Release", [&] { return inner_->release(ref, call); });
  }
  Result<TaskState> poll(const TaskId& task, const Call& call) override {
    return run("TaskStatus", [&] { return inner_->poll(task, call); });
  }
  Status cancel(const TaskId& task, const Call& call) override {
    return run("CancelTask", [&] { return inner_->cancel(task, call); });
  }
  Images& images() override { return *this; }
  Console& console() override { return *this; }

 private:
  Result<PreparedImage> prepare(const ImageRequest& request, const Call& call) override {
    return run("ImagePrepare", [&] { return inner_->images().prepare(request, call); });
  }
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& ref, const Call& call) override {
    return run("OpenConsole", [&] { return inner_->console().open_serial(ref, call); });
  }

  template <class F>
  auto run(std::string_view method, F call) -> decltype(call()) {
    {
      const Lock lock(mutex_);
      const bool allowed = breaker_.allows(clock_.now());
      show_state();
      if (!allowed)
        return Error(Code::kUnavailable,
                     "Provider " + key_.to_string() + " has not answered for a while and is left alone")
            .with_hint("It is asked again within a minute; see its conditions.");
    }
    const Time started = clock_.now();
    auto result = call();
    metrics::observe(Metric::kProviderRpcLatencySeconds, {type_, method},
                     std::chrono::duration<double>(clock_.now() - started).count());
    return counted(method, std::move(result));
  }

  template <class R>
  R counted(std::string_view method, R result) {
    const Error* error = result.ok() ? nullptr : &result.error();
    metrics::add(Metric::kProviderRpcRequestsTotal, {type_, method, code_name(error)});
    const Lock lock(mutex_);
    if (breaker_.on_result(error, clock_.now())) metrics::add(Metric::kCircuitBreakerFailuresTotal, {type_, key_.name});
    show_state();
    return result;
  }
  void show_state() REQUIRES(mutex_) {
    metrics::set(Metric::kCircuitBreakerState, {type_, key_.name}, static_cast<double>(breaker_.state()));
  }

  const std::unique_ptr<Provider> inner_;
  const ObjectKey key_;
  const std::string type_;
  const Clock& clock_;
  Mutex mutex_;
  Breaker breaker_ GUARDED_BY(mutex_);
};

}  // namespace

std::shared_ptr<Provider> guard(std::unique_ptr<Provider> provider, const ObjectKey& key, std::string type,
                                const Clock& clock) {
  return std::make_shared<Guard>(std::move(provider), key, std::move(type), clock);
}

}  // namespace rig::fleet
