// vsphere/watch.cc — see watch.h.
#include "hypervisor/vsphere/watch.h"

#include <algorithm>

#include "hypervisor/vsphere/errors.h"
#include "hypervisor/vsphere/limits.h"

namespace rig::vsphere {

Watch::~Watch() { drop_collector(); }

void Watch::drop_collector() {
  if (collector_.empty()) return;
  const Call call{.deadline = std::chrono::steady_clock::now() + kLogOutMax, .stop = {}, .request_id = {}};
  (void)ask(session_, DestroyPropertyCollector{std::exchange(collector_, {})}, call);
}

// A collector of its own, because each has one waiting call.
Status Watch::begin(const Call& call) {
  inventory_ = {};
  version_.clear();
  synced_ = false;
  drop_collector();
  view_.reset();
  const ServiceContent service = TRY(session_.service(call));
  login_ = session_.login_number();
  collector_ = TRY(ask(session_, CreatePropertyCollector{service.property_collector}, call));
  View view = TRY(View::open(session_, {"VirtualMachine", "HostSystem"}, call));
  CreateFilter create;
  create.self = collector_;
  create.spec.props = inventory_specs();
  create.spec.objects = {view.objects()};
  TRY(ask(session_, create, call));
  view_.emplace(std::move(view));
  return {};
}

Result<Watch::Round> Watch::wait(const Call& call) {
  Round round;
  round.began = !std::exchange(is_good_, false);
  if (round.began) TRY(begin(call));
  const Time now = std::chrono::steady_clock::now();
  Call waiting = call;
  waiting.deadline = std::min(call.deadline, now + kWaitMax + kWaitGrace);
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(waiting.deadline - now - kWaitGrace);
  WaitForUpdates wait{collector_, version_, {}};
  wait.options.max_wait_seconds = static_cast<std::int32_t>(std::clamp<std::int64_t>(left.count(), 0, 3600));
  wait.options.max_object_updates = kUpdatesAtOnce;
  const auto read = [&]() -> Result<Happenings> {
    const UpdateSet updates = TRY(ask(session_, wait, waiting));
    if (!updates.version.empty()) version_ = updates.version;
    synced_ = synced_ || !updates.truncated.value_or(false);
    return inventory_.take(updates);
  };
  const std::uint64_t login = session_.login_number();
  auto happened = read();
  if (!happened.ok()) {
    if (happened.error().is(Code::kUnauthenticated)) session_.distrust(login);  // others may have made a new one
    round.is_over =
        !round.began && (is_fault(happened.error(), "NotAuthenticated") || session_.login_number() != login_);
    if (round.is_over) return round;
    return happened.take_error();
  }
  is_good_ = true;
  round.happened = happened.take();
  round.synced = synced_;
  return round;
}

}  // namespace rig::vsphere
