// apiserver/janitor.h — the thread that lets Registry::collect() run after changes, and compacts the log.
#pragma once

#include <thread>

#include "apiserver/registry.h"

namespace rig::apiserver {

class Janitor {
 public:
  Janitor(Registry& registry, const Clock& clock);
  ~Janitor();

 private:
  std::jthread thread_;
};

}  // namespace rig::apiserver
