// provider/wire/as_old_manager.h — speaks to a provider as the reference's manager does: a machine by its name, its
// wish as JSON in strings, neither owner nor machine id. For tests of any provider; tests/golden/wire has what was
// recorded.
#pragma once

#include <memory>
#include <string>

#include "provider/provider.h"

namespace rig::provider::wire {

class AsOldManager {
 public:
  enum class Op : std::uint8_t { kOn, kOff, kShutdown, kReboot };
  struct Made {
    std::string id, task;  // task "" : it is done, here and below
  };
  struct Seen {
    bool exists = false;
    std::string power;  // "On", "Off"
  };
  struct Image {
    std::string path, task;
  };

  static Result<std::unique_ptr<AsOldManager>> connect(const std::string& address);
  virtual ~AsOldManager() = default;

  virtual Result<std::string> validate(const Call& call) = 0;  // why it is not well; "" : it is
  virtual Result<Image> prepare_image(const ImageRequest& image, const Call& call) = 0;
  // Sizes of disks are whole GiB there, rounded up. What the reference has no word for is left out.
  virtual Result<Made> create(const MachineSpec& spec, const Call& call) = 0;
  virtual Result<Seen> describe(const std::string& id, const Call& call) = 0;
  virtual Result<std::string> power(const std::string& id, Op op, int graceful_seconds, const Call& call) = 0;
  virtual Result<std::string> reconfigure(const std::string& id, const MachineSpec& wish, const Call& call) = 0;
  virtual Result<std::string> remove(const std::string& id, const Call& call) = 0;
  virtual Result<bool> is_done(const std::string& task, const Call& call) = 0;  // kUnknown: what it failed with
};

}  // namespace rig::provider::wire
