// fleet/guard.h — metrics and a circuit breaker around a Provider.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/object_key.h"
#include "provider/provider.h"

namespace rig::fleet {

// Counts calls by method and code, and answers kUnavailable itself while the breaker is open.
std::shared_ptr<provider::Provider> guard(std::unique_ptr<provider::Provider> provider, const ObjectKey& key,
                                          std::string type, const Clock& clock);

}  // namespace rig::fleet
