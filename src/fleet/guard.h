// fleet/guard.h — metrics and a circuit breaker around a Provider.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/object_key.h"
#include "provider/provider.h"

namespace rig::fleet {

// Counts calls by method and code, and answers kUnavailable itself while the breaker is open. Once `over` is requested,
// because this provider is ended or replaced, calls end at once, those that wait for an answer too: kUnavailable.
std::shared_ptr<provider::Provider> guard(std::unique_ptr<provider::Provider> provider, const ObjectKey& key,
                                          std::string type, const Clock& clock, std::stop_token over);

}  // namespace rig::fleet
