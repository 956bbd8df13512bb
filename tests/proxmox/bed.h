// proxmox/bed.h — a provider for Proxmox VE in front of a fake cluster, and that cluster as the conformance suite sees
// and meddles with it.
#pragma once

#include <functional>
#include <memory>

#include "base/folder_test.h"
#include "fakes/pve/server.h"
#include "hypervisor/proxmox/provider.h"
#include "provider/conformance/conformance.h"

namespace rig::proxmox {

struct BedOptions {
  Duration interval = std::chrono::milliseconds(100);  // the provider looks at the cluster so often
  Duration patience = std::chrono::seconds(60);        // and waits for an answer so long
  Duration look_max = kLookMax;                        // and ends a look at all machines then
  bool has_password = false;                           // and so logs in; else an API token
};

class Bed final : public provider::conformance::Host {
 public:
  explicit Bed(const BedOptions& options = {});
  provider::Provider& provider() { return *provider_; }
  fakes::pve::Fake& fake() { return *fake_; }
  Options options() const { return options_; }
  provider::conformance::Subject subject(std::string name);
  // Told before the provider goes, and when the next one is there.
  void on_restart(std::function<void()> before, std::function<void(provider::Provider&)> after);

  Result<std::vector<std::string>> machine_names() override;  // VMIDs
  Result<std::vector<std::string>> volumes() override;
  Status add_foreign_machine(const std::string& name, const std::string& uuid) override;
  Result<std::string> fingerprint(const std::string& name) override;
  Status set_power(const std::string& id, provider::Power power) override;
  Status erase(const std::string& id) override;
  Status edit(const std::string& id) override;
  Status restart_provider() override;
  Result<std::int64_t> calls() override;
  Result<std::string> seed_bytes(const std::string& id, std::string_view document) override;
  Result<std::string> log() override;
  Result<bool> plan_fault(std::optional<provider::conformance::Fault> fault, int effect) override;
  Status clean() override;
  Result<bool> doubt(int kind) override;
  Result<std::string> move(const std::string& id) override;
  Result<std::string> make_template(const std::string& id, const std::string& name, const std::string& secret) override;
  Result<std::string> be_quicker_than_removal(const std::string& id) override;
  Result<std::string> hold(const std::string& id) override;
  Status let_go(const std::string& id) override;
  Result<std::vector<provider::MachineRef>> add_machines(const provider::MachineRef& model, std::size_t count) override;
  Result<std::int64_t> downloads() override;
  Status end_sessions() override;
  Result<std::int64_t> logins() override;

 private:
  const SystemClock clock_{};
  const TestFolder folder_;
  std::unique_ptr<fakes::pve::Fake> fake_;
  Options options_;
  std::unique_ptr<provider::Provider> provider_;
  bool is_crowded_ = false;  // by add_machines()
  std::function<void()> before_;
  std::function<void(provider::Provider&)> after_;
};

}  // namespace rig::proxmox
