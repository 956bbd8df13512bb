// cmd/manager_process.cc — see manager_process.h.
#include "cmd/manager_process.h"

#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/log.h"
#include "base/metrics.h"
#include "cmd/signals.h"
#include "controllers/identity.h"
#include "kube/api.h"

namespace rig::cmd {

using api::v1beta1::VirtualMachine;

ManagerProcess::ManagerProcess(kube::Transport& api, ManagerOptions options, const Clock& clock)
    : api_(api), options_(std::move(options)), clock_(clock) {}

Result<std::unique_ptr<ManagerProcess>> ManagerProcess::make(kube::Transport& api, ManagerOptions options,
                                                             const Clock& clock) {
  std::unique_ptr<ManagerProcess> out(new ManagerProcess(api, std::move(options), clock));
  // Called for processes that a controller has asked for.
  out->launcher_ = TRY(
      out->options_.launcher([self = out.get()](const ObjectKey& key) { self->controllers_->provider_changed(key); }));
  out->controllers_ = std::make_unique<controllers::Controllers>(
      api, *out->launcher_, *out->launcher_, clock, out->options_.cluster_id,
      controllers::Options{.lead = out->options_.lease ? &out->lead_ : nullptr});
  metrics::set(metrics::Metric::kBuildInfo, {RIG_VERSION, "", "", out->options_.component}, 1);
  return out;
}

Status ManagerProcess::run(int signals) {
  controllers_->add_to(manager_);
  if (options_.lease) {
    manager_.elect_with([this](std::function<void()> on_gain, std::function<void()> on_loss) {
      return std::make_unique<runtime::LeaderElector>(api_, *options_.lease, clock_, lead_, std::move(on_gain),
                                                      std::move(on_loss));
    });
  }
  Status ended;
  std::jthread working([&](const std::stop_token& stop) {
    ended = manager_.run(stop);
    ::kill(::getpid(), SIGTERM);  // one that ends by itself ends all of it
  });
  pollfd signal{signals, POLLIN, 0};
  wait_for_end({&signal, 1}, std::chrono::seconds(30), [] {});
  log::info("stopping");
  working.request_stop();
  working.join();
  launcher_->stop();
  return ended;
}

Result<std::string> ManagerProcess::state() const {
  if (!manager_.is_ready()) return Error(Code::kUnavailable, "the caches are not filled yet");
  return std::string(manager_.leads() ? "leader" : "standby");
}

Result<std::unique_ptr<ByteStream>> ManagerProcess::open_console(const ObjectKey& machine, const Call& call) {
  const auto vm = TRY(kube::Api<VirtualMachine>(api_).get(machine, call));
  const auto provider = TRY(launcher_->find(api::resolve(vm.spec.provider_ref, vm.meta)));
  return provider->console().open_serial(controllers::ref_of(vm, options_.cluster_id), call);
}

}  // namespace rig::cmd
