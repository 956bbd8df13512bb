// provider/directory.h — who serves which Provider object.
#pragma once

#include <memory>

#include "base/object_key.h"
#include "provider/provider.h"

namespace rig::provider {

// Thread-safe. Implementations: fleet (connections to provider processes), a map (tests), the simulator.
class Directory {
 public:
  virtual ~Directory() = default;
  // kUnavailable: known, but cannot be reached now, with the reason; kNotFound: no such Provider is running.
  virtual Result<std::shared_ptr<Provider>> find(const ObjectKey& provider) = 0;
};

}  // namespace rig::provider
