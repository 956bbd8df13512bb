// libvirt/sightings.cc — a map and a lock.
#include "hypervisor/libvirt/sightings.h"

#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {

void Sightings::boot(const std::string& machine_id, WallTime when) {
  {
    const Lock lock(mutex_);
    Seen& seen = seen_[machine_id];
    seen.word.reset();
    if (!seen.sign || when - *seen.sign > kResetEcho) seen.boot = when;
    seen.sign = when;
  }
  booted_.notify_all();
}

void Sightings::stop(const std::string& machine_id) {
  const Lock lock(mutex_);
  seen_[machine_id].word.reset();
}

void Sightings::gone(const std::string& machine_id) {
  const Lock lock(mutex_);
  seen_.erase(machine_id);
}

void Sightings::hear(const std::string& machine_id, GuestWord word) {
  const Lock lock(mutex_);
  seen_[machine_id].word = std::move(word);
}

std::optional<GuestWord> Sightings::last_word(const std::string& machine_id) const {
  const Lock lock(mutex_);
  const auto seen = seen_.find(machine_id);
  return seen == seen_.end() ? std::nullopt : seen->second.word;
}

std::optional<WallTime> Sightings::last_boot(const std::string& machine_id) const {
  const Lock lock(mutex_);
  const auto seen = seen_.find(machine_id);
  return seen == seen_.end() ? std::nullopt : seen->second.boot;
}

bool Sightings::wait_for_boot(const std::string& machine_id, WallTime then, Time until,
                              const std::stop_token& stop) const {
  Lock lock(mutex_);
  return booted_.wait_until(lock, stop, until, [&]() REQUIRES(mutex_) {
    const auto seen = seen_.find(machine_id);
    return seen != seen_.end() && seen->second.sign > then;
  });
}

}  // namespace rig::libvirt
