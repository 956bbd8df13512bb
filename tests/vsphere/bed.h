// vsphere/bed.h — a provider for vSphere in front of some vCenter, and that vCenter as the conformance suite sees and
// meddles with it: by calls of its own, so that any vCenter will do.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>

#include "base/clock.h"
#include "base/mutex.h"
#include "hypervisor/vsphere/provider.h"
#include "hypervisor/vsphere/session.h"
#include "provider/conformance/conformance.h"
#include "vsphere/middle.h"

namespace rig::vsphere {

// A vCenter for tests, and what is to be known of it.
struct Center {
  Login login;                        // of an account that may do everything
  std::string template_name;          // of a small machine, to clone
  provider::MachineSpec small;        // with a place and a network
  Duration boot_time{};               // Subject::boot_time
  provider::ImageRequest image = {};  // one to fetch; else the template
  std::optional<provider::MachineSpec> too_large = {};
};

// govmomi's simulator of RIG_TEST_VCSIM_DIR, the folder of tools/lab/vcsim/up.
Center vcsim();

class Bed : public provider::conformance::Host {
 public:
  explicit Bed(Center center, Duration patience = kAnswerMax);  // of the provider, for an answer
  ~Bed() override;
  provider::Provider& provider() { return *provider_; }
  Middle& middle() { return *middle_; }
  Session& session() { return *session_; }  // not the provider's
  Options options() const { return options_; }
  provider::conformance::Subject subject(std::string name);
  // Told before the provider goes, and when the next one is there.
  void on_restart(std::function<void()> before, std::function<void(provider::Provider&)> after);

  Result<std::vector<std::string>> machine_names() override;
  Result<std::vector<std::string>> volumes() override;  // of machines: files that are no machine's are not seen
  Status add_foreign_machine(const std::string& name, const std::string& uuid) override;
  Result<std::string> fingerprint(const std::string& name) override;
  Status set_power(const std::string& id, provider::Power power) override;
  Status erase(const std::string& id) override;
  Status edit(const std::string& id) override;
  Status restart_provider() override;
  Result<std::int64_t> calls() override { return middle_->calls(); }
  Result<std::string> seed_bytes(const std::string& id, std::string_view document) override;
  Result<std::string> log() override;
  Result<bool> plan_fault(std::optional<provider::conformance::Fault> fault, int effect) override;
  Status clean() override;
  Result<bool> doubt(int kind) override;
  Result<std::string> move(const std::string& id) override;
  // In a folder of its own, as a copy of the machine.
  Result<std::string> make_template(const std::string& id, const std::string& name, const std::string& secret) override;
  Result<std::string> be_quicker_than_removal(const std::string& id) override;
  Status end_sessions() override;
  Result<std::int64_t> logins() override { return middle_->calls("Login"); }

 private:
  Status be_quicker_than(const std::string& method, const std::string& body);
  std::optional<http::Reply> instead(const std::string& method, const std::string& body);
  Result<MoRef> find(const std::string& name);  // or id
  template <class Method>
  Status carry_out(const Method& method);
  // Those that the room has no use for. `parameters`: XML.
  Result<std::string> send(const std::string& method, const MoRef& self, const std::string& parameters);
  Status carry_out(const std::string& method, const MoRef& self, const std::string& parameters);
  Result<std::string> property(const MoRef& self, const std::string& path);  // as it is answered

  const SystemClock clock_{};
  const Center center_;
  const std::unique_ptr<Session> session_;
  std::unique_ptr<Middle> middle_;
  Options options_;
  std::set<MoRef> before_all_;  // machines that are no test's
  std::unique_ptr<provider::Provider> provider_;
  std::atomic<int> doubt_ = -1;  // its kind; none
  std::vector<MoRef> folders_;   // of templates
  struct Race {
    std::string id, name, uuid;
  };
  Mutex race_mutex_;
  std::optional<Race> race_ GUARDED_BY(race_mutex_);  // at the next removal of that machine
  std::function<void()> before_;
  std::function<void(provider::Provider&)> after_;
};

}  // namespace rig::vsphere
