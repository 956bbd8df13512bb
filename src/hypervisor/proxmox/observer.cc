// proxmox/observer.cc — what is due, reading it, and what is learned from it.
#include "hypervisor/proxmox/observer.h"

#include <algorithm>
#include <atomic>

#include "base/log.h"
#include "hypervisor/proxmox/limits.h"
#include "hypervisor/proxmox/look.h"
#include "hypervisor/proxmox/options.h"
#include "hypervisor/proxmox/side_by_side.h"

namespace rig::proxmox {
namespace {

using provider::Existence;

Time now() { return std::chrono::steady_clock::now(); }  // as deadlines are reckoned

void forget(const std::string& vmid, Knowledge& known) {
  const std::string machine_id = known.sightings.machine_of(vmid);
  known.sightings.gone(vmid);
  if (!machine_id.empty()) known.feed.gone(machine_id);
}

Result<std::string> version_of(Session& session, const Call& call) {
  ApiCall ask;
  ask.path = "/version";
  const json::Value answer = TRY(session.send(ask, call));
  return "Proxmox VE " + std::string(answer.text({"version"}));
}

}  // namespace

Result<Reading> publish(Session& session, const std::string& vmid, Knowledge& known, const Clock& clock,
                        const Call& call, const std::string& node) {
  const std::string at = node.empty() ? known.sightings.node_of(vmid) : node;
  const auto sight = TRY(look(session, vmid, at, clock, call));
  const auto stamp = sight ? TRY(own_stamp(sight->configs.configured, vmid)) : std::nullopt;
  if (!stamp) {
    forget(vmid, known);
    return Reading{};
  }
  const std::string before = known.sightings.machine_of(vmid);
  if (!before.empty() && before != stamp->machine_id) forget(vmid, known);
  Reading reading;
  reading.is_new_boot = known.sightings.saw(*sight, stamp->machine_id);
  provider::Machine machine =
      TRY(read_machine(*sight, {.owner = stamp->owner, .machine_id = stamp->machine_id, .id = vmid}));
  if (machine.existence == Existence::kReleased) known.feed.gone(stamp->machine_id);
  if (machine.existence != Existence::kOurs) return reading;  // half-way, here or away: whoever is at it knows
  known.sightings.complete(machine);
  const auto agent = parse_agent(sight->configs.running.text("agent"));
  reading.has_agent = sight->status.running && agent.ok() && agent->enabled.value_or(false);
  for (const provider::NicSpec& nic : machine.running.nics) reading.macs.push_back(nic.mac);
  known.feed.put(std::move(machine));
  return reading;
}

Observer::Observer(Connection& connection, Knowledge& known, const Clock& clock, Duration interval, Duration look_max,
                   std::function<void(const std::string& vmid)> ask_agent)
    : connection_(connection),
      known_(known),
      clock_(clock),
      interval_(interval),
      look_max_(look_max),
      ask_agent_(std::move(ask_agent)) {}

void Observer::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Observer::stop() { thread_ = {}; }

void Observer::correct(const std::string& vmid) {
  const Lock lock(mutex_);
  if (!under_way_.contains(vmid)) return;
  to_look_at_.insert(vmid);
  asked_.notify_all();
}

void Observer::await_shutdown(const std::string& vmid) {
  const Lock lock(mutex_);
  pursuits_[vmid] = {.tries = 0, .next = now() + kPursuitFirst, .macs = {}, .until_off = true};
  asked_.notify_all();
}

void Observer::run(const std::stop_token& stop) {
  Time next_round = now();
  Duration backoff = kReconnectFirst;
  while (!stop.stop_requested()) {
    const std::set<std::string> asked = wait(next_round, stop);
    if (stop.stop_requested()) return;
    const Call call{now() + look_max_, stop, "observer"};
    if (!asked.empty()) {
      const auto session = connection_.session();
      std::map<std::string, std::string> wherever;
      for (const std::string& vmid : asked) wherever[vmid] = "";
      if (session.ok()) read_all(**session, wherever, call);
    }
    pursue_due();
    if (now() < next_round) continue;
    const Status looked = look_around(call);
    connection_.looked(looked, version_);
    if (looked.ok()) {
      backoff = kReconnectFirst;
      next_round = now() + (has_looked_ ? interval_ : Duration::zero());
      continue;
    }
    if (stop.stop_requested()) return;
    log::warn("the cluster does not answer", {{"error", looked.error()}});
    next_round = now() + std::min(backoff, interval_);
    backoff = std::min<Duration>(backoff * 2, interval_);
  }
}

std::set<std::string> Observer::wait(Time until, const std::stop_token& stop) {
  Lock lock(mutex_);
  for (const auto& [vmid, pursuit] : pursuits_) until = std::min(until, pursuit.next);
  const std::size_t pursued = pursuits_.size();
  asked_.wait_until(lock, stop, until,
                    [&]() REQUIRES(mutex_) { return !to_look_at_.empty() || pursuits_.size() != pursued; });
  return std::exchange(to_look_at_, {});
}

Status Observer::look_around(const Call& call) {
  const std::shared_ptr<Session> session = TRY(connection_.session());
  if (version_.empty()) version_ = TRY(version_of(*session, call));
  Inventory inventory = TRY(read_inventory(*session, call));
  std::vector<ListedTask> tasks = TRY(list_tasks(*session, call));
  if (inventory.nodes.empty()) {
    return Error(Code::kPermissionDenied, "the account sees no node of the cluster")
        .with_hint("Give it, and its token, Sys.Audit and VM.Audit: docs/reference/proxmox.md has the smallest role.");
  }
  std::map<std::string, std::string> there;
  for (const std::string& vmid : due(inventory, tasks)) {
    const auto listed = inventory.machines.find(vmid);
    there[vmid] = listed == inventory.machines.end() ? "" : listed->second.node;
  }
  const bool is_whole = read_all(*session, there, call);
  if (!turn_.empty() && known_.sightings.boot_of(turn_)) ask_agent_(turn_);
  before_ = std::move(inventory);
  tasks_before_ = std::move(tasks);
  // Until then nobody is told that these are all: what is not among them would be taken for gone.
  if (is_whole && !has_looked_) known_.feed.knows_all();
  has_looked_ = has_looked_ || is_whole;
  return {};
}

std::set<std::string> Observer::due(const Inventory& inventory, const std::vector<ListedTask>& tasks) {
  std::set<std::string> vmids;
  {
    const Lock lock(mutex_);
    vmids = std::exchange(again_, {});
  }
  const auto is_of_interest = [&](const std::string& vmid) {
    const auto found = inventory.machines.find(vmid);
    return !known_.sightings.machine_of(vmid).empty() ||
           (found != inventory.machines.end() && carries_our_tag(found->second));
  };
  for (const std::string& vmid : to_read(before_, inventory, tasks_before_, tasks))
    if (is_of_interest(vmid)) vmids.insert(vmid);
  if (!has_looked_) return vmids;
  turn_ = known_.sightings.next_after(turn_);
  if (!turn_.empty()) vmids.insert(turn_);
  return vmids;
}

// Side by side: at the start there may be thousands.
bool Observer::read_all(Session& session, const std::map<std::string, std::string>& vmids, const Call& call) {
  const std::vector<std::pair<std::string, std::string>> list(vmids.begin(), vmids.end());
  std::atomic<bool> is_whole = true;
  side_by_side(list.size(), kReadersMax, [&](std::size_t i) {
    const auto& [vmid, node] = list[i];
    const bool has_time = !call.stop.stop_requested() && now() < call.deadline;
    {
      const Lock lock(mutex_);
      (has_time ? under_way_ : again_).insert(vmid);
    }
    if (!has_time) {
      is_whole = false;
      return;
    }
    learn(vmid, publish(session, vmid, known_, clock_, call, node));
    const Lock lock(mutex_);
    under_way_.erase(vmid);
  });
  return is_whole;
}

// An error is left to the next interval: the feed keeps what it knew, which is not "gone".
void Observer::learn(const std::string& vmid, const Result<Reading>& reading) {
  if (!reading.ok()) log::debug("a machine cannot be read", {{"vmid", vmid}, {"error", reading.error()}});
  const Lock lock(mutex_);
  if (!reading.ok()) {
    again_.insert(vmid);
  } else if (reading->has_agent && reading->is_new_boot) {
    pursuits_[vmid] = {.tries = 0, .next = now() + kPursuitFirst, .macs = reading->macs};
    asked_.notify_all();
  } else if (const auto pursuit = pursuits_.find(vmid); pursuit != pursuits_.end()) {
    pursuit->second.macs = reading->macs;
  }
}

bool Observer::is_over(const std::string& vmid, const Pursuit& pursuit) const {
  if (pursuit.tries >= kPursuitTries) return true;
  if (pursuit.until_off) return !known_.sightings.boot_of(vmid);
  const auto word = known_.sightings.last_word(vmid);
  return word && std::ranges::all_of(pursuit.macs, [&](const std::string& mac) {
           return std::ranges::find(word->macs, mac) != word->macs.end();
         });
}

void Observer::pursue_due() {
  std::vector<std::string> to_ask;
  {
    const Lock lock(mutex_);
    std::erase_if(pursuits_,
                  [&](const auto& each) { return each.second.next <= now() && is_over(each.first, each.second); });
    for (auto& [vmid, pursuit] : pursuits_) {
      if (pursuit.next > now()) continue;
      pursuit.next = now() + std::min<Duration>(kPursuitFirst * (1LL << std::min(pursuit.tries, 10)), kPursuitMax);
      ++pursuit.tries;
      if (pursuit.until_off)
        to_look_at_.insert(vmid);
      else
        to_ask.push_back(vmid);
    }
  }
  for (const std::string& vmid : to_ask) ask_agent_(vmid);
}

}  // namespace rig::proxmox
