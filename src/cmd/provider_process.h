// cmd/provider_process.h — the part that all provider programs have in common: flags, signals, serving.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::cmd {

struct ProviderFlags {
  std::string name;             // "provider-libvirt"
  std::string credentials_dir;  // one file per key of the Secret
  std::string endpoint;         // $PROVIDER_ENDPOINT
};
using OpenProvider = std::function<Result<std::unique_ptr<provider::Provider>>(const ProviderFlags&, const Clock&)>;

// Serves until SIGTERM, SIGINT, or the end of the parent (end of file on descriptor 3, when started with --socket).
// Returns the exit code.
int run_provider(const std::string& name, int argc, char** argv, const OpenProvider& open);

}  // namespace rig::cmd
