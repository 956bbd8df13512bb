// fleet/find.h — Directory::find() over what a Launcher keeps for each Provider.
#pragma once

#include <map>
#include <memory>

#include "provider/directory.h"
#include "provider/runtime.h"

namespace rig::fleet {

// `Kept` has state() and provider(). kUnavailable, with why, unless the provider has answered.
template <class Kept>
Result<std::shared_ptr<provider::Provider>> find_running(const std::map<ObjectKey, std::shared_ptr<Kept>>& all,
                                                         const ObjectKey& key) {
  const std::string who = "Provider " + key.to_string();
  const auto found = all.find(key);
  if (found == all.end())
    return Error(Code::kUnavailable, who + " is not running").with_hint("See the conditions of the Provider.");
  const provider::RuntimeState state = found->second->state();
  if (state.phase == provider::RuntimeState::Phase::kRunning) return found->second->provider();
  return Error(Code::kUnavailable,
               who + " is not ready: " + (state.message.empty() ? "it is starting" : state.message));
}

}  // namespace rig::fleet
