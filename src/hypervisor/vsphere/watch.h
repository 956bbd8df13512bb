// vsphere/watch.h — following all machines of a vCenter: one call that waits, however many machines there
// are. It keeps the session alive, too.
#pragma once

#include <optional>

#include "hypervisor/vsphere/inventory.h"
#include "hypervisor/vsphere/look.h"

namespace rig::vsphere {

// One thread's.
class Watch {
 public:
  explicit Watch(Session& session) : session_(session) {}
  ~Watch();  // its collector goes, with a deadline of its own

  struct Round {
    Happenings happened;
    bool began = false;   // nothing that was told before counts: the inventory starts empty with this round
    bool synced = false;  // from this round on the inventory has all machines
    bool is_over =
        false;  // vCenter has ended the session (it idled, or somebody ended it): the next round begins again
  };
  // Waits until something happens, at most kWaitMax. The first rounds tell what is there. After any error the next
  // round begins again. A login that ended takes the collector with it, which is no error once there was one.
  Result<Round> wait(const Call& call);

  const Inventory& inventory() const { return inventory_; }

 private:
  Status begin(const Call& call);
  void drop_collector();

  Session& session_;
  Inventory inventory_;
  std::optional<View> view_;
  MoRef collector_;
  std::string version_;
  std::uint64_t login_ = 0;  // the collector is of
  bool is_good_ = false;     // the collector answered last time
  bool synced_ = false;
};

}  // namespace rig::vsphere
