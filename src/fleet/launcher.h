// fleet/launcher.h — what starts the processes that serve Provider objects, and connects to them.
#pragma once

#include <functional>

#include "provider/directory.h"
#include "provider/runtime.h"

namespace rig::fleet {

// The state of this Provider's process changed; from any thread.
using OnChange = std::function<void(const ObjectKey&)>;

class Launcher : public provider::Runtime, public provider::Directory {
 public:
  virtual void stop() = 0;  // everything, at once; after it ensure() fails
};

}  // namespace rig::fleet
