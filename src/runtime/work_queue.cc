// runtime/work_queue.cc — the rules of the queue, and its one blocking call.
#include "runtime/work_queue.h"

#include <algorithm>

#include "base/check.h"
#include "runtime/limits.h"

namespace rig::runtime {
namespace {

std::size_t index_of(Priority priority) { return static_cast<std::size_t>(priority); }

}  // namespace

void WorkQueueCore::set_lane(const ObjectKey& key, std::string lane) {
  State& state = states_[key];
  if (state.lane != lane) {
    const bool ready = state.wanted && !state.working;
    if (ready) unmake_ready(state);
    if (state.working) let_go_of_lane(state.lane);
    state.lane = std::move(lane);
    if (state.working && !state.lane.empty()) ++working_in_lane_[state.lane];
    if (ready) make_ready(key, state);
  }
  drop_if_unused(key);
}

void WorkQueueCore::add(const ObjectKey& key, Priority priority) {
  State& state = states_[key];
  if (state.delayed) priority = std::min(priority, state.delayed_as);
  if (state.wanted && *state.wanted <= priority) return;
  if (state.wanted && !state.working) unmake_ready(state);
  if (!state.wanted) state.turn = next_turn_++;
  state.wanted = priority;
  if (!state.working) make_ready(key, state);
}

void WorkQueueCore::make_ready(const ObjectKey& key, State& state) {
  ready_[index_of(*state.wanted)][state.lane].emplace(state.turn, key);
}

void WorkQueueCore::unmake_ready(const State& state) {
  Lanes& lanes = ready_[index_of(*state.wanted)];
  const auto lane = lanes.find(state.lane);
  lane->second.erase(state.turn);
  if (lane->second.empty()) lanes.erase(lane);
}

void WorkQueueCore::add_at(const ObjectKey& key, Time when) {
  State& state = states_[key];
  if (!state.delayed) state.delayed_as = Priority::kDue;
  if (state.working && state.taken_as == Priority::kUser) state.delayed_as = Priority::kUser;
  if (state.delayed && *state.delayed <= when) return;
  if (state.delayed) delayed_.erase({*state.delayed, key});
  state.delayed = when;
  delayed_.emplace(when, key);
}

void WorkQueueCore::add_failed(const ObjectKey& key, Time now, Duration at_least) {
  State& state = states_[key];
  const Duration delay = limits::kRetryMin * (1LL << std::min(state.failures, 20U));
  ++state.failures;
  add_at(key, now + std::max(at_least, std::min(limits::kRetryMax, delay)));
}

void WorkQueueCore::forget(const ObjectKey& key) {
  const auto it = states_.find(key);
  if (it == states_.end()) return;
  it->second.failures = 0;
  drop_if_unused(key);
}

void WorkQueueCore::wake_lane(const std::string& lane) {
  for (auto it = delayed_.begin(); it != delayed_.end();) {
    const ObjectKey key = (it++)->second;
    if (states_.at(key).lane == lane) end_delay(key, Priority::kEvent);
  }
}

void WorkQueueCore::end_delay(const ObjectKey& key, Priority priority) {
  State& state = states_.at(key);
  add(key, priority);  // knows of the delay's own
  delayed_.erase({*state.delayed, key});
  state.delayed.reset();
}

std::optional<ObjectKey> WorkQueueCore::take(Time now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now)
    end_delay(ObjectKey(delayed_.begin()->second), Priority::kDue);
  for (const Lanes& lanes : ready_) {
    const Turns* oldest = nullptr;
    for (const auto& [lane, turns] : lanes) {
      if (!has_room(lane)) continue;
      if (oldest == nullptr || turns.begin()->first < oldest->begin()->first) oldest = &turns;
    }
    if (oldest == nullptr) continue;
    const ObjectKey key = oldest->begin()->second;
    State& state = states_.at(key);
    unmake_ready(state);
    state.taken_as = *state.wanted;
    state.wanted.reset();
    state.working = true;
    ++working_;
    if (!state.lane.empty()) ++working_in_lane_[state.lane];
    return key;
  }
  return std::nullopt;
}

bool WorkQueueCore::has_room(const std::string& lane) const {
  const auto it = working_in_lane_.find(lane);
  return it == working_in_lane_.end() || it->second < lane_max_;
}

void WorkQueueCore::done(const ObjectKey& key) {
  State& state = states_.at(key);
  CHECK(state.working);
  state.working = false;
  --working_;
  let_go_of_lane(state.lane);
  if (state.wanted) make_ready(key, state);
  drop_if_unused(key);
}

void WorkQueueCore::let_go_of_lane(const std::string& lane) {
  const auto it = working_in_lane_.find(lane);
  if (it != working_in_lane_.end() && --it->second == 0) working_in_lane_.erase(it);
}

void WorkQueueCore::drop_if_unused(const ObjectKey& key) {
  const auto it = states_.find(key);
  const State& state = it->second;
  const bool used = state.working || state.wanted || state.delayed || state.failures > 0 || !state.lane.empty();
  if (!used) states_.erase(it);
}

std::optional<Time> WorkQueueCore::next_delayed() const {
  if (delayed_.empty()) return std::nullopt;
  return delayed_.begin()->first;
}

std::size_t WorkQueueCore::depth() const {
  std::size_t depth = 0;
  for (const Lanes& lanes : ready_) {
    for (const auto& [lane, turns] : lanes) depth += turns.size();
  }
  return depth;
}

bool WorkQueueCore::idle() const { return working_ == 0 && depth() == 0; }

std::optional<ObjectKey> WorkQueue::take(std::stop_token stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (auto key = core_.take(std::chrono::steady_clock::now())) {
      changed_.notify_one();
      return key;
    }
    const auto woken = [this, seen = edits_] { return edits_ != seen; };
    if (const auto next = core_.next_delayed()) {
      changed_.wait_until(lock, stop, *next, woken);
    } else {
      changed_.wait(lock, stop, woken);
    }
  }
  return std::nullopt;
}

}  // namespace rig::runtime
