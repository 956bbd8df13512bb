// runtime/leader.cc — holding the Lease.
#include "runtime/leader.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/core/lease.h"
#include "base/check.h"
#include "base/log.h"
#include "base/wall_time.h"
#include "kube/api.h"
#include "runtime/limits.h"

namespace rig::runtime {

LeaderCore::LeaderCore(std::string identity, LeaseTimes times) : identity_(std::move(identity)), times_(times) {
  CHECK(times.lease > times.renew && times.renew > times.retry && !identity_.empty());
}

std::variant<LeaderCore::Read, LeaderCore::Write, LeaderCore::Wait> LeaderCore::next(Time now, WallTime wall) const {
  if (now < not_before_) return Wait{not_before_};
  if (reread_) return Read{};
  LeaseRecord record = seen_.value_or(LeaseRecord{});
  if (record.holder != identity_) {
    if (seen_) ++record.transitions;
    record.holder = identity_;
    record.acquire_time = wall;
  }
  record.renew_time = wall;
  return Write{std::move(record)};
}

void LeaderCore::on_read(std::optional<LeaseRecord> seen, Time now) {
  if (seen != seen_) changed_at_ = now;
  seen_ = std::move(seen);
  const bool is_free = !seen_ || seen_->holder.empty() || now >= changed_at_ + times_.lease;
  const bool is_ours = seen_ && seen_->holder == identity_;
  if (!is_ours) held_since_.reset();
  reread_ = !is_free && !is_ours;
  if (reread_) not_before_ = now + times_.retry;
}

void LeaderCore::on_written(const LeaseRecord& written, Time sent, Time now) {
  seen_ = written;
  changed_at_ = now;
  held_since_ = sent;  // others count from when they see the write, which is later
  not_before_ = now + times_.retry;
}

void LeaderCore::on_error(Time now) {
  reread_ = true;
  not_before_ = now + times_.retry;
}

std::optional<LeaseRecord> LeaderCore::release(Time now, WallTime wall) const {
  if (!may_act(now)) return std::nullopt;
  LeaseRecord record = *seen_;
  record.holder.clear();
  record.renew_time = wall;
  return record;
}

std::optional<Time> LeaderCore::acts_until() const {
  if (!held_since_) return std::nullopt;
  return *held_since_ + times_.renew;
}

namespace {

using api::core::Lease;

LeaseRecord record_of(const Lease& lease) {
  const auto time = [](const std::optional<schema::MicroTime>& t) { return t ? t->time : WallTime{}; };
  return {.holder = lease.spec.holder_identity.value_or(""),
          .transitions = lease.spec.lease_transitions.value_or(0),
          .acquire_time = time(lease.spec.acquire_time),
          .renew_time = time(lease.spec.renew_time),
          .resource_version = lease.meta.resource_version};
}

void put_into(json::Value& lease, const LeaseRecord& record, const LeaseTimes& times) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(times.lease).count();
  lease.set({"spec", "holderIdentity"}, record.holder);
  lease.set({"spec", "leaseDurationSeconds"}, static_cast<std::int64_t>(seconds));
  lease.set({"spec", "leaseTransitions"}, record.transitions);
  lease.set({"spec", "acquireTime"}, format_micro_time(record.acquire_time));
  lease.set({"spec", "renewTime"}, format_micro_time(record.renew_time));
}

}  // namespace

// ---- the calls ----

Candidate::Candidate(kube::Transport& transport, LeaseOptions options, const Clock& clock, Lead& lead)
    : transport_(transport),
      options_(std::move(options)),
      clock_(clock),
      lead_(lead),
      core_(options_.identity, options_.times) {}

Time Candidate::step(const std::stop_token& stop) {
  const Time now = clock_.now();
  const auto want = core_.next(now, clock_.wall());
  const Time limit = core_.acts_until().value_or(Time::max());
  if (const auto* pause = std::get_if<LeaderCore::Wait>(&want)) return std::min(pause->until, limit);
  const Call call{std::min(now + limits::kLeaseCallTimeout, limit), stop, {}};
  const auto* write = std::get_if<LeaderCore::Write>(&want);
  const Status done = write != nullptr ? put(write->record, call) : read(call);
  if (!done.ok()) core_.on_error(clock_.now());
  lead_.set(core_.acts_until());
  // kAborted: somebody was faster.
  if (!done.ok() && !done.error().is(Code::kAborted) && !stop.stop_requested())
    log::warn("the Lease is out of reach", {{"lease", options_.lease.to_string()}, {"error", done.error()}});
  return clock_.now();
}

Status Candidate::give_up() {
  const Time now = clock_.now();
  const auto last = core_.release(now, clock_.wall());
  lead_.set(std::nullopt);
  return last ? put(*last, {now + limits::kLeaseCallTimeout, {}, {}}) : Status();
}

Status Candidate::read(const Call& call) {
  auto answer = transport_.send(kube::get_request(Lease::kResource, options_.lease), call);
  if (!answer.ok() && !answer.error().is(Code::kNotFound)) return answer.error();
  std::optional<LeaseRecord> record;
  if (answer.ok()) record = record_of(TRY(kube::from_json<Lease>(*answer)));
  lease_ = answer.ok() ? answer.take() : json::Value();
  core_.on_read(std::move(record), clock_.now());
  return {};
}

// The whole Lease with its version, and no patch: the reference's Role has no right to one. What it has beside our
// record, such as labels, is other people's.
Status Candidate::put(const LeaseRecord& record, const Call& call) {
  json::Value body = record.resource_version.empty() ? json::Value() : lease_;
  body["apiVersion"] = Lease::kResource.api_version();
  body["kind"] = Lease::kResource.kind;
  body.set({"metadata", "name"}, options_.lease.name);
  body.set({"metadata", "namespace"}, options_.lease.namespace_);
  put_into(body, record, options_.times);
  const Time sent = clock_.now();
  json::Value answer = TRY(transport_.send(record.resource_version.empty()
                                               ? kube::create_request(Lease::kResource, options_.lease.namespace_, body)
                                               : kube::replace_request(Lease::kResource, options_.lease, body),
                                           call));
  const Lease written = TRY(kube::from_json<Lease>(answer));
  lease_ = std::move(answer);
  core_.on_written(record_of(written), sent, clock_.now());
  return {};
}

// ---- the thread ----

// Owns what the thread needs, so that the thread ends before any of it does.
struct LeaderElector::Impl {
  const Clock& clock;
  const std::string lease, identity;  // for the log
  Candidate candidate;
  const std::function<void()> on_gain, on_loss;
  std::jthread thread{};

  void run(std::stop_token stop) {
    bool gained = false;
    while (!stop.stop_requested()) {
      wait(candidate.step(stop) - clock.now(), stop);
      const bool may_act = candidate.may_act();
      if (!gained && may_act) {
        log::info("became the leader", {{"lease", lease}, {"identity", identity}});
        gained = true;
        on_gain();
      } else if (gained && !may_act && !stop.stop_requested()) {
        log::error("is no longer the leader", {{"lease", lease}, {"identity", identity}});
        return on_loss();
      }
    }
    if (const Status released = candidate.give_up(); !released.ok())
      log::warn("the Lease was not given up", {{"error", released.error()}});
  }

  static void wait(Duration delay, const std::stop_token& stop) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_for(lock, stop, delay, [] { return false; });
  }
};

LeaderElector::LeaderElector(kube::Transport& transport, LeaseOptions options, const Clock& clock, Lead& lead,
                             std::function<void()> on_gain, std::function<void()> on_loss)
    : impl_(new Impl{.clock = clock,
                     .lease = options.lease.to_string(),
                     .identity = options.identity,
                     .candidate = Candidate(transport, options, clock, lead),
                     .on_gain = std::move(on_gain),
                     .on_loss = std::move(on_loss)}) {
  impl_->thread = std::jthread([impl = impl_.get()](std::stop_token stop) { impl->run(std::move(stop)); });
}

LeaderElector::~LeaderElector() = default;

}  // namespace rig::runtime
