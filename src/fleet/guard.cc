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
  Guard(std::unique_ptr<Provider> inner, const ObjectKey& key, std::string type, const Clock& clock,
        std::stop_token over)
      : inner_(std::move(inner)), key_(key), type_(std::move(type)), clock_(clock), over_(std::move(over)) {}

  // Health is asked whatever the breaker thinks: it is how recovery is seen.
  Result<Health> check(const Call& call) override {
    return told(call, counted("Check", until_over(call, [&](const Call& joined) { return inner_->check(joined); })));
  }
  Result<Capabilities> capabilities(const Call& call) override {
    return run("GetCapabilities", call, [&](const Call& joined) { return inner_->capabilities(joined); });
  }
  Result<MachineRef> reserve(const Owner& owner, const std::string& machine_id, const MachineSpec& spec,
                             const Call& call) override {
    return run("Reserve", call, [&](const Call& joined) { return inner_->reserve(owner, machine_id, spec, joined); });
  }
  Result<TaskId> create(const MachineRef& ref, const MachineSpec& spec, const Call& call) override {
    return run("Create", call, [&](const Call& joined) { return inner_->create(ref, spec, joined); });
  }
  Result<Machine> describe(const MachineRef& ref, const Call& call) override {
    return run("Describe", call, [&](const Call& joined) { return inner_->describe(ref, joined); });
  }
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef> refs, const Call& call) override {
    return run("DescribeMany", call, [&](const Call& joined) { return inner_->describe_many(refs, joined); });
  }
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent& on_event,
               const Call& call) override {
    // Not counted: its length says nothing about the provider's speed.
    return told(call, until_over(call, [&](const Call& joined) {
                  return inner_->watch(cluster_id, resume, on_event, joined);
                }));
  }
  Result<Plan> plan(const MachineRef& ref, const MachineSpec& spec, const Call& call) override {
    return run("Plan", call, [&](const Call& joined) { return inner_->plan(ref, spec, joined); });
  }
  Result<TaskId> apply(const MachineRef& ref, const MachineSpec& spec, const Plan& plan, const Call& call) override {
    return run("Reconfigure", call, [&](const Call& joined) { return inner_->apply(ref, spec, plan, joined); });
  }
  Result<TaskId> power_on(const MachineRef& ref, const Call& call) override {
    return run("Power", call, [&](const Call& joined) { return inner_->power_on(ref, joined); });
  }
  Result<TaskId> power_off(const MachineRef& ref, std::optional<WallTime> hard_at, const Call& call) override {
    return run("Power", call, [&](const Call& joined) { return inner_->power_off(ref, hard_at, joined); });
  }
  Result<TaskId> reboot(const MachineRef& ref, WallTime if_booted_before, const Call& call) override {
    return run("Power", call, [&](const Call& joined) { return inner_->reboot(ref, if_booted_before, joined); });
  }
  Result<TaskId> remove(const MachineRef& ref, const Call& call) override {
    return run("Delete", call, [&](const Call& joined) { return inner_->remove(ref, joined); });
  }
  Result<TaskId> release(const MachineRef& ref, const Call& call) override {
    return run("Release", call, [&](const Call& joined) { return inner_->release(ref, joined); });
  }
  Result<TaskState> poll(const TaskId& task, const Call& call) override {
    return run("TaskStatus", call, [&](const Call& joined) { return inner_->poll(task, joined); });
  }
  Status cancel(const TaskId& task, const Call& call) override {
    return run("CancelTask", call, [&](const Call& joined) { return inner_->cancel(task, joined); });
  }
  Images& images() override { return *this; }
  Console& console() override { return *this; }

 private:
  Result<PreparedImage> prepare(const ImageRequest& request, const Call& call) override {
    return run("ImagePrepare", call, [&](const Call& joined) { return inner_->images().prepare(request, joined); });
  }
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& ref, const Call& call) override {
    // Not joined: the stream goes by its caller's stop after this call, too.
    return run("OpenConsole", call, [&](const Call&) { return inner_->console().open_serial(ref, call); });
  }

  // The call ends with its caller's stop, or with this provider.
  template <class F>
  auto until_over(const Call& call, F body) -> decltype(body(call)) {
    std::stop_source stop;
    const auto request = [&stop] { stop.request_stop(); };
    const std::stop_callback on_caller(call.stop, request), on_over(over_, request);
    return body(Call{call.deadline, stop.get_token(), call.request_id});
  }
  // A call that its caller did not cancel was not cancelled in his eyes.
  template <class R>
  R told(const Call& call, R result) const {
    if (result.ok() || !result.error().is(Code::kCancelled) || !over_.stop_requested() || call.stop.stop_requested())
      return result;
    return Error(Code::kUnavailable, "Provider " + key_.to_string() + " was ended or replaced in the middle of it");
  }

  template <class F>
  auto run(std::string_view method, const Call& call, F body) -> decltype(body(call)) {
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
    auto result = until_over(call, std::move(body));
    metrics::observe(Metric::kProviderRpcLatencySeconds, {type_, method},
                     std::chrono::duration<double>(clock_.now() - started).count());
    return told(call, counted(method, std::move(result)));
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
  const std::stop_token over_;
  Mutex mutex_;
  Breaker breaker_ GUARDED_BY(mutex_);
};

}  // namespace

std::shared_ptr<Provider> guard(std::unique_ptr<Provider> provider, const ObjectKey& key, std::string type,
                                const Clock& clock, std::stop_token over) {
  return std::make_shared<Guard>(std::move(provider), key, std::move(type), clock, std::move(over));
}

}  // namespace rig::fleet
