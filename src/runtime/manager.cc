// runtime/manager.cc — the order in which a controller process starts and stops.
#include "runtime/manager.h"

#include <algorithm>
#include <cstdlib>

#include "base/log.h"
#include "runtime/limits.h"

namespace rig::runtime {

Status Manager::run(std::stop_token stop) {
  Status outcome = start_and_wait(stop);
  ready_ = false;
  for (; !running_.empty(); running_.pop_back()) running_.back().stop();
  return outcome;
}

Status Manager::start_and_wait(const std::stop_token& stop) {
  TRY(start(servers_));
  elect();
  ready_ = elect_ != nullptr;  // one that waits for the lead is as ready as it will be
  wait_for_lead(stop);
  if (stop.stop_requested()) return {};
  ready_ = false;
  TRY(start(caches_));
  wait_for_caches(stop);
  if (stop.stop_requested()) return {};
  ready_ = true;
  TRY(start(controllers_));
  wait_for_stop(stop);
  return {};
}

Status Manager::start(const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    TRY(part.start().context("start " + part.name));
    running_.push_back(part);
  }
  return {};
}

void Manager::elect() {
  if (!elect_) return gain_lead();
  elector_ = elect_([this] { gain_lead(); }, [] { std::_Exit(1); });
  running_.push_back({"leader election", {}, [this] { elector_.reset(); }});
}

void Manager::wait_for_caches(const std::stop_token& stop) {
  const auto all = [this] {
    return std::all_of(synced_.begin(), synced_.end(), [](auto& synced) { return synced(); });
  };
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested() && !all()) changed_.wait_for(lock, stop, limits::kSyncPoll, [] { return false; });
}

void Manager::gain_lead() {
  {
    const std::lock_guard lock(mutex_);
    leads_ = true;
  }
  changed_.notify_all();
}

bool Manager::leads() const {
  const std::lock_guard lock(mutex_);
  return leads_;
}

void Manager::wait_for_lead(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [this] { return leads_; });
}

void Manager::wait_for_stop(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [] { return false; });
}

}  // namespace rig::runtime
