// apiserver/janitor.cc — the thread that tidies up.
#include "apiserver/janitor.h"

#include "base/log.h"

namespace rig::apiserver {
namespace {

constexpr Duration kEvery = std::chrono::seconds(30);  // when nothing changes: Events grow old, history too

}  // namespace

Janitor::Janitor(Registry& registry, const Clock& clock) {
  thread_ = std::jthread([&registry, &clock](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const Revision seen = registry.store().revision();
      if (const Result<bool> done = registry.collect(); !done.ok()) {
        log::warn("collecting garbage", {{"error", done.error()}});
      }
      (void)registry.store().wait("", seen, clock.now() + kEvery, stop);  // the next round sees what there is
    }
  });
}

Janitor::~Janitor() = default;

}  // namespace rig::apiserver
