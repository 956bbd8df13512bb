// fleet/greet.h — waiting until a provider answers.
#pragma once

#include <functional>
#include <stop_token>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::fleet {

// False: `stop` came first. An attempt waits for the server until `patience` is over; what each that failed says goes
// to `on_silence`.
bool greet(provider::Provider& provider, const Clock& clock, Duration patience, const std::stop_token& stop,
           const std::function<void(const Error&)>& on_silence);

void wait(const std::stop_token& stop, Duration time);

}  // namespace rig::fleet
