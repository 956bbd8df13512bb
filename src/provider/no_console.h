// provider/no_console.h — a console for hypervisors whose consoles are not passed on.
#pragma once

#include <memory>
#include <string>

#include "provider/provider.h"

namespace rig::provider {

// kUnimplemented, with where to find the hypervisor's own.
class NoConsole final : public Console {
 public:
  NoConsole(std::string hypervisor, std::string hint) : hypervisor_(std::move(hypervisor)), hint_(std::move(hint)) {}
  Result<std::unique_ptr<ByteStream>> open_serial(const MachineRef& ref, const Call&) override {
    return Error(Code::kUnimplemented,
                 "console of '" + ref.id + "': consoles of " + hypervisor_ + " are not passed on yet")
        .with_hint(hint_);
  }

 private:
  const std::string hypervisor_, hint_;
};

}  // namespace rig::provider
