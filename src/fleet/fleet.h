// fleet/fleet.h — a process and a connection for each Provider object.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "fleet/launcher.h"

namespace rig::fleet {

struct Options {
  std::string programs_dir;  // where provider-TYPE lies
  std::string runtime_dir;   // 0700, short: sockets and credentials
  std::string log_dir;       // a file per Provider
  OnChange on_change;
};

// Children on this machine: one per Provider object, with a supervising thread each. What dies is started again with
// backoff; nobody else notices. Everything ends with the Fleet, and children end by themselves when this process dies.
class Fleet final : public Launcher {
 public:
  // kInvalidArgument: runtime_dir is too long for a socket's path.
  static Result<std::unique_ptr<Fleet>> make(Options options, const Clock& clock);
  ~Fleet() override;

  Result<provider::RuntimeState> ensure(const provider::ProviderProcess& process) override;
  void remove(const ObjectKey& key) override;
  Result<std::shared_ptr<provider::Provider>> find(const ObjectKey& key) override;
  void stop() override;

 private:
  struct Impl;
  explicit Fleet(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::fleet
