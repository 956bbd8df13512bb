// provider/fake/fake_provider.h — a hypervisor in memory, stricter than the real ones.
//
// Serves provider-mock, the conformance suite and tests of controllers. Tasks take the time that Options say; a
// fraction may fail or be forgotten at once. It refuses what a real host refuses (names taken by others, full
// storage, unknown images and networks) and counts mutations.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::provider::fake {

struct Options {
  // The reference's mock: Create 2 s, Power and Delete 1 s, Reconfigure 3 s. Zero: finished within the call.
  Duration create{}, remove{}, power{}, apply{}, image{};
  std::vector<std::string> networks = {"default", "isolated"};
  std::int64_t storage_bytes = 1LL << 40;
  bool obeys_shutdown = true;  // false: graceful shutdown is ignored until hard_at
};

class FakeProvider final : public Provider {
 public:
  FakeProvider(const Clock& clock, Options options);
  ~FakeProvider() override;

  Result<Health> check(const Call& call) override;
  Result<Capabilities> capabilities(const Call& call) override;
  Result<MachineRef> reserve(const Owner&, const std::string& machine_id, const MachineSpec&, const Call&) override;
  Result<TaskId> create(const MachineRef&, const MachineSpec&, const Call&) override;
  Result<Machine> describe(const MachineRef&, const Call&) override;
  Result<std::vector<Machine>> describe_many(std::span<const MachineRef>, const Call&) override;
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent&, const Call&) override;
  Result<Plan> plan(const MachineRef&, const MachineSpec&, const Call&) override;
  Result<TaskId> apply(const MachineRef&, const MachineSpec&, const Plan&, const Call&) override;
  Result<TaskId> power_on(const MachineRef&, const Call&) override;
  Result<TaskId> power_off(const MachineRef&, std::optional<WallTime> hard_at, const Call&) override;
  Result<TaskId> reboot(const MachineRef&, WallTime if_booted_before, const Call&) override;
  Result<TaskId> remove(const MachineRef&, const Call&) override;
  Result<TaskState> poll(const TaskId&, const Call&) override;
  Status cancel(const TaskId&, const Call&) override;
  Images& images() override;
  Console& console() override;

  // ---- what tests and the simulator do behind the interface ----
  // Lets tasks that are due take effect; called by every method too. Returns when the next one is due.
  std::optional<Time> advance();
  std::vector<Machine> machines() const;
  void add_foreign(Machine machine);            // a machine that is not ours
  void set_power(const std::string& id, Power power);  // somebody used the hypervisor's own tools
  void erase(const std::string& id);            // somebody removed it
  void set_available(bool available);           // false: every call is kUnavailable
  void forget_tasks();                          // as a restart does
  std::int64_t mutations() const;               // effects on the host so far
  std::vector<std::string> images_on_host() const;
  // Asked before each task starts: an Error makes it fail. For planned failures.
  void on_task(std::function<Status(std::string_view verb, const MachineRef&)> decide);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::provider::fake
