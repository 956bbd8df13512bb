// vsphere/lease.cc — see lease.h.
#include "hypervisor/vsphere/lease.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/follow.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/look.h"

namespace rig::vsphere {
namespace {

Time now() { return std::chrono::steady_clock::now(); }

Result<LeaseProps> read_lease(Session& session, const MoRef& self, const Call& call) {
  FilterSpec spec;
  spec.props = {{"HttpNfcLease", property_paths<LeaseProps>()}};
  spec.objects = {{self, std::nullopt, {}}};
  LeaseProps props;
  for (const ObjectContent& object : TRY(retrieve(session, spec, call)))
    TRY(take_properties(object.props, props).context("the lease"));
  return props;
}

Result<LeaseInfo> wait_until_ready(Session& session, const MoRef& self, const Call& call) {
  for (Duration time = kTaskPauseFirst;; time = std::min<Duration>(time * 2, kTaskPauseMax)) {
    LeaseProps props = TRY(read_lease(session, self, call));
    if (props.state == "ready" && props.info) return *std::move(props.info);
    if (props.state == "error") return fault_error(props.error.value_or(LocalizedFault{}), "ImportVApp");
    if (props.state == "done") return Error(Code::kUnavailable, "ImportVApp: its lease has ended before it was used");
    if (pause(time, call)) continue;
    if (call.stop.stop_requested()) return Error(Code::kCancelled, "stopped");
    return Error(Code::kDeadlineExceeded, "ImportVApp: its lease is " + props.state);
  }
}

}  // namespace

struct Lease::Impl {
  Impl(Session& of, MoRef lease) : session(of), self(std::move(lease)) {}

  // A failure is no matter: the end of the lease is told by what needs it.
  void tell(const std::stop_token& stop) {
    for (;;) {
      const Call round{.deadline = now() + kLeaseToldEvery + kWaitGrace, .stop = stop, .request_id = {}};
      if (!pause(kLeaseToldEvery, round)) return;
      (void)ask(session, LeaseProgress{self, percent.load()}, round);
    }
  }

  Session& session;
  const MoRef self;
  LeaseInfo info;
  std::atomic<std::int32_t> percent = 0;
  bool is_open = true;
  std::jthread teller;
};

Lease::Lease(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Lease>> Lease::begin(Session& session, const ImportMachine& order, const Call& call) {
  MoRef self = TRY(ask(session, order, call));
  std::unique_ptr<Lease> lease(new Lease(std::make_unique<Impl>(session, std::move(self))));
  Impl& impl = *lease->impl_;
  impl.info = TRY(wait_until_ready(session, impl.self, call));
  impl.teller = std::jthread([&impl](const std::stop_token& stop) { impl.tell(stop); });
  return lease;
}

Lease::~Lease() {
  impl_->teller = {};  // a lease that has ended is not told of anything
  if (!impl_->is_open) return;
  const Call call{.deadline = now() + kWaitGrace, .stop = {}, .request_id = {}};
  (void)ask(impl_->session, LeaseAbort{impl_->self}, call);
}

const LeaseInfo& Lease::info() const { return impl_->info; }
void Lease::set_percent(int percent) { impl_->percent = percent; }

Status Lease::complete(const Call& call) {
  impl_->teller = {};
  auto done = ask(impl_->session, LeaseComplete{impl_->self}, call);
  if (!done.ok() && says_gone(done.error(), impl_->self))
    return Error(Code::kUnavailable, "vCenter has given up the lease: it was restarted, or the session has ended");
  if (!done.ok()) return done.take_error();
  impl_->is_open = false;
  return {};
}

}  // namespace rig::vsphere
