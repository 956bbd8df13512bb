// libvirt/sightings.h — what was seen of running machines and stands in no description: boots, and their agents' word.
#pragma once

#include <condition_variable>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "base/mutex.h"
#include "hypervisor/libvirt/addresses.h"

namespace rig::libvirt {

// Thread-safe. By machine id.
class Sightings {
 public:
  // What the agent said before is void. Firmware may reset a machine once more right after a reset: a sign within
  // kResetEcho of a boot is no other boot.
  void boot(const std::string& machine_id, WallTime when);
  void stop(const std::string& machine_id);
  void gone(const std::string& machine_id);
  void hear(const std::string& machine_id, GuestWord word);

  std::optional<GuestWord> last_word(const std::string& machine_id) const;
  std::optional<WallTime> last_boot(const std::string& machine_id) const;
  // Whether a sign of a boot after `then` was seen; waits for one until `until` or stop.
  bool wait_for_boot(const std::string& machine_id, WallTime then, Time until, const std::stop_token& stop) const;

 private:
  struct Seen {
    std::optional<GuestWord> word;
    std::optional<WallTime> boot, sign;
  };
  mutable Mutex mutex_;
  mutable std::condition_variable_any booted_;
  std::map<std::string, Seen> seen_ GUARDED_BY(mutex_);
};

}  // namespace rig::libvirt
