// libvirt/observer.cc — connect, read everything, then only what events and timers point at.
#include "hypervisor/libvirt/observer.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {

using provider::Machine;

Result<Reading> complete(virConnectPtr host, const Found& found, const Sightings& sightings) {
  Reading reading = TRY(read_machine(host, found));
  Machine& machine = reading.machine;
  if (machine.power == provider::Power::kOff) return reading;
  machine.booted_at = std::max(machine.booted_at, sightings.last_boot(machine.ref.machine_id));
  const auto word = sightings.last_word(machine.ref.machine_id);
  if (word) {
    machine.guest_hostname = word->hostname;
    machine.addresses_read_at = word->heard_at;
    machine.addresses = word->addresses;
  }
  // Where the agent spoke it knows better: a lease may be of an interface that has another address by now.
  if (machine.addresses.empty()) {
    auto leases = read_leases(found.domain.get());
    if (leases.ok()) machine.addresses = leases.take();
  }
  return reading;
}

Result<Reading> publish(virConnectPtr host, const std::string& machine_id, Sightings& sightings, provider::Feed& feed) {
  const auto read = [&]() -> Result<Reading> {
    Domain domain = TRY(owned<Domain>(ask(virDomainLookupByUUIDString, host, machine_id.c_str()), "find a domain"));
    const Found found = TRY(read_configuration(std::move(domain)));
    if (found.existence != provider::Existence::kOurs) return Error(Code::kNotFound, "it carries no stamp");
    return complete(host, found, sightings);
  };
  auto reading = read();
  if (reading.ok()) {
    feed.put(reading->machine);
  } else if (reading.error().is(Code::kNotFound)) {
    sightings.gone(machine_id);
    feed.gone(machine_id);
  }
  return reading;
}

Observer::Observer(Connection& connection, Sightings& sightings, provider::Feed& feed, const Clock& clock, Hooks hooks)
    : connection_(connection),
      sightings_(sightings),
      feed_(feed),
      clock_(clock),
      hooks_(std::move(hooks)),
      backoff_(kReconnectFirst) {}

void Observer::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Observer::stop() { thread_ = {}; }

void Observer::look_at(const std::string& machine_id) { inbox_->put({Signal::Kind::kChanged, machine_id, ""}); }

void Observer::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (auto connected = connect(); !connected.ok()) {
      log::warn("no connection to libvirt", {{"error", connected.error()}});
      wait_to_reconnect(stop);
      continue;
    }
    backoff_ = kReconnectFirst;
    log::info("connected to libvirt", {{"version", connection_.health().message}});
    serve(stop);
  }
}

void Observer::wait_to_reconnect(const std::stop_token& stop) {
  const Time until = std::chrono::steady_clock::now() + backoff_;
  while (!stop.stop_requested() && std::chrono::steady_clock::now() < until) (void)inbox_->take(until, stop);
  backoff_ = std::min(2 * backoff_, Duration(kReconnectMax));
}

Status Observer::connect() {
  session_.reset();
  session_ = TRY(connection_.open());
  const auto prepare = [&]() -> Status {
    (void)inbox_->take({}, {});  // of the session before; everything is read anew
    TRY(subscribe(session_.get(), inbox_));
    return read_all(session_.get());
  };
  auto prepared = prepare();
  if (!prepared.ok()) connection_.lost(prepared.error());
  next_probe_ = std::chrono::steady_clock::now() + kLivenessInterval;
  return prepared;
}

void Observer::serve(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    if (!handle(inbox_->take(next_wake(), stop))) return;
    pursue_due();
    shut_down_due();
    if (std::chrono::steady_clock::now() < next_probe_) continue;
    next_probe_ = std::chrono::steady_clock::now() + kLivenessInterval;
    if (const auto alive = connection_.probe(); !alive.ok()) {
      log::warn("connection to libvirt lost", {{"error", alive.error()}});
      return;
    }
  }
}

Time Observer::next_wake() const {
  Time next = next_probe_;
  for (const auto& [id, pursuit] : pursuits_) next = std::min(next, pursuit.next);
  const WallTime wall = clock_.wall();
  for (const auto& [id, shutdown] : shutdowns_) {
    next = std::min({next, shutdown.ask_at, std::chrono::steady_clock::now() + (shutdown.cut_at - wall)});
  }
  return next;
}

bool Observer::handle(const std::vector<Signal>& signals) {
  std::set<std::string> changed;
  for (const Signal& signal : signals) {
    switch (signal.kind) {
      case Signal::Kind::kLost:
        connection_.lost(Error(Code::kUnavailable, signal.why));
        log::warn("connection to libvirt lost", {{"why", signal.why}});
        return false;
      case Signal::Kind::kBooted:
        sightings_.boot(signal.machine_id, clock_.wall());
        pursuits_[signal.machine_id] = {0, std::chrono::steady_clock::now() + kPursuitFirst, {}};
        break;
      case Signal::Kind::kStopped:
        sightings_.stop(signal.machine_id);
        pursuits_.erase(signal.machine_id);
        shutdowns_.erase(signal.machine_id);
        break;
      case Signal::Kind::kAgentUp: pursuits_[signal.machine_id] = {0, std::chrono::steady_clock::now(), {}}; break;
      case Signal::Kind::kChanged: break;
    }
    changed.insert(signal.machine_id);
  }
  for (const std::string& id : changed) refresh(session_.get(), id);
  return true;
}

void Observer::pursue_due() {
  const Time now = std::chrono::steady_clock::now();
  for (auto next = pursuits_.begin(); next != pursuits_.end();) {
    auto& [id, pursuit] = *next;
    if (pursuit.next > now) {
      ++next;
      continue;
    }
    const auto word = sightings_.last_word(id);
    const auto told = [&](const std::string& mac) {
      return word && std::ranges::find(word->macs, mac) != word->macs.end();
    };
    const bool complete = word && std::ranges::all_of(pursuit.macs, told);
    if (complete || pursuit.tries >= kPursuitTries) {
      next = pursuits_.erase(next);
      continue;
    }
    hooks_.ask_agent(id);
    pursuit.next =
        now + std::min(Duration(kPursuitFirst * (1LL << std::min(pursuit.tries, 10))), Duration(kPursuitMax));
    ++pursuit.tries;
    ++next;
  }
}

// The entry stays until the machine is seen off, or the mark is taken back.
void Observer::shut_down_due() {
  const WallTime wall = clock_.wall();
  const Time now = std::chrono::steady_clock::now();
  for (auto& [id, shutdown] : shutdowns_) {
    if (shutdown.cut_at <= wall) {
      hooks_.cut_power(shutdown.ref);
      shutdown.cut_at = wall + kCutRetry;
    } else if (shutdown.ask_at <= now) {
      hooks_.ask_to_shut_down(shutdown.ref);
      shutdown.ask_at = now + kAskAgain;
    }
  }
}

Status Observer::read_all(virConnectPtr host) {
  auto domains = TRY(owned_list<Domain>(
      [&](virDomainPtr** out) { return ask(virConnectListAllDomains, host, out, 0U); }, "list the machines"));
  std::vector<Machine> machines;
  shutdowns_.clear();
  pursuits_.clear();
  for (Domain& domain : domains) {
    const auto found = read_configuration(std::move(domain));
    if (!found.ok() && found.error().is(Code::kNotFound)) continue;
    if (!found.ok()) return found.error();
    if (found->existence != provider::Existence::kOurs) continue;
    auto reading = complete(host, *found, sightings_);
    if (!reading.ok() && reading.error().is(Code::kNotFound)) continue;
    if (!reading.ok()) return reading.take_error();
    if (reading->live.agent_connected)
      pursuits_[reading->machine.ref.machine_id] = {0, std::chrono::steady_clock::now(), {}};
    learn(*reading);
    machines.push_back(std::move(reading->machine));
  }
  feed_.replace_all(std::move(machines));
  return {};
}

// An error is left to the next event or reading: the feed keeps what it knew, which is not "gone".
void Observer::refresh(virConnectPtr host, const std::string& machine_id) {
  const auto reading = publish(host, machine_id, sightings_, feed_);
  if (reading.ok()) return learn(*reading);
  if (!reading.error().is(Code::kNotFound)) return;
  pursuits_.erase(machine_id);  // a foreign machine's agent is not ours to ask
  shutdowns_.erase(machine_id);
}

void Observer::learn(const Reading& reading) {
  const provider::MachineRef& ref = reading.machine.ref;
  if (const auto pursuit = pursuits_.find(ref.machine_id); pursuit != pursuits_.end()) {
    pursuit->second.macs.clear();
    for (const auto& nic : reading.live.spec.nics) pursuit->second.macs.push_back(nic.mac);
  }
  if (!reading.live.power_off_at) {
    shutdowns_.erase(ref.machine_id);
    return;
  }
  const Time ask_at = std::chrono::steady_clock::now() + kAskAgain;
  auto& shutdown = shutdowns_.try_emplace(ref.machine_id, Shutdown{ref, {}, ask_at}).first->second;
  shutdown.cut_at = *reading.live.power_off_at;
}

}  // namespace rig::libvirt
