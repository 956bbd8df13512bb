// fleet/greet.cc — see greet.h.
#include "fleet/greet.h"

#include <condition_variable>
#include <mutex>

#include "fleet/limits.h"

namespace rig::fleet {

bool greet(provider::Provider& provider, const Clock& clock, Duration patience, const std::stop_token& stop,
           const std::function<void(const Error&)>& on_silence) {
  while (true) {
    const auto answer = provider.check({.deadline = clock.now() + patience, .stop = stop, .request_id = {}});
    if (stop.stop_requested()) return false;
    if (answer.ok()) return true;
    on_silence(answer.error());
    wait(stop, kRestartMin);
  }
}

void wait(const std::stop_token& stop, Duration time) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any stopped;
  stopped.wait_for(lock, stop, time, [] { return false; });
}

}  // namespace rig::fleet
