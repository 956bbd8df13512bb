// provider/fake/internal/host.h — what stands on the invented host: machines, volumes, images, and effects on them.
//
// No clock and no tasks: the caller brings the time. Every effect counts one mutation and is told to `touched`. No call
// looks at all machines or volumes: load tests put tens of thousands here.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "provider/fake/fake_provider.h"

namespace rig::provider::fake {

struct Record {
  MachineRef ref;            // owner and machine_id: the stamp; an owner without uid is no stamp
  bool is_released = false;  // no stamp, because its owner took it off
  bool is_complete = true;
  std::string detail;  // of an incomplete one
  Power power = Power::kOff;
  std::optional<WallTime> booted_at;
  std::optional<WallTime> off_at;  // a shutdown was asked for: the power goes off then. Survives the provider
  bool addresses_told = false;
  std::int64_t version = 1;
  std::string address_base;
  MachineSpec configured, running;
};

struct StoredImage {
  std::string format;
  std::int64_t size_bytes = 0;
};

class Host {
 public:
  explicit Host(Options host_options) : options(std::move(host_options)) {}

  const Options options;
  std::function<void(const Record&, bool is_gone)> touched;
  std::map<std::string, StoredImage> images;  // by location
  std::int64_t mutations = 0;

  const std::map<std::string, Record>& machines() const { return machines_; }  // by id
  Record& add(const MachineRef& ref);                                          // one that is not there, or another's
  Record* by_id(const std::string& id);
  Record* by_machine_id(const std::string& machine_id);  // of several the first by id
  Record* ours(const MachineRef& ref);                   // null: gone or not ours
  Record* released(const MachineRef& ref);               // the machine of this machine id, given up by its owner
  Status check_free(const MachineRef& ref);              // kAlreadyExists: the name or the id is another's
  Status check_spec(const MachineSpec& spec) const;      // networks and image are there, values make sense
  Machine show(const Record& record, WallTime now) const;

  // The effects of one create, in order; each may be repeated.
  static std::vector<std::string> create_steps(const MachineSpec& spec);
  Status create_step(const MachineRef& ref, const MachineSpec& spec, const std::string& step);
  void undo_create(const MachineRef& ref);  // after a definite failure: nothing stays
  Status remove_step(const MachineRef& ref, const std::string& step);

  void release(Record& record);
  void take_over(Record& record, const Owner& owner);
  void power_on(Record& record, WallTime now);
  void power_off(Record& record);
  void ask_off(Record& record, WallTime hard_at, WallTime now);
  void set_power(Record& record, Power power, WallTime now);
  void reboot(Record& record, WallTime now);
  Status apply(Record& record, const MachineSpec& wish, const std::vector<Change>& changes);
  void edit(Record& record, const std::function<void(MachineSpec&)>& change);
  Status store_image(const std::string& location, StoredImage image);
  void touch(Record& record);  // one effect on it
  void erase(const std::string& id);

  // What happens by itself: a machine shuts down, a machine gets its addresses.
  std::optional<WallTime> next_timer();
  void run_timer(WallTime due);  // the one that next_timer() told

  std::vector<std::string> volume_names() const;

 private:
  Status change_volume(const std::string& machine_id, const MachineSpec& wish, const Change& change);
  Status add_volume(const std::string& name, const std::string& machine_id, std::int64_t bytes);
  Status resize_volume(const std::string& name, std::int64_t bytes);
  void drop_volume(const std::string& name);
  void drop_volumes(const std::string& machine_id);
  Status take_room(const std::string& what, std::int64_t bytes);
  std::int64_t root_bytes(const MachineSpec& spec) const;

  struct Volume {
    std::string machine_id;
    std::int64_t bytes = 0;
  };
  bool addresses_due(const Record& record, WallTime due) const;

  std::map<std::string, Record> machines_;                       // by id
  std::set<std::pair<std::string, std::string>> by_machine_id_;  // machine id, id
  std::set<std::pair<WallTime, std::string>> timers_;            // when, id; some are no longer true
  std::map<std::string, Volume> volumes_;                        // by name, which begins with the machine id
  std::int64_t bytes_used_ = 0;                                  // by volumes and images
  int addresses_given_ = 0;
};

// "the host has: a, b" for messages that name what was not found.
std::string candidates(const std::vector<std::string>& names);

}  // namespace rig::provider::fake
