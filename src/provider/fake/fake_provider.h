// provider/fake/fake_provider.h — a hypervisor in memory, stricter than the real ones.
//
// Serves provider-mock, the conformance suite, the simulator and tests of controllers. It has no thread: things that
// take time happen when they are due and somebody calls (any method, or advance()). It refuses what a real host
// refuses (names and ids taken by others, full storage, unknown images and networks) and counts its effects. The
// same calls at the same times give the same ids, versions and addresses. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::provider::fake {

struct Options {
  // How long tasks take; the reference's mock: create 2 s, power and remove 1 s, apply 3 s. Zero: finished within the
  // call. boot: from power on to the first address.
  Duration create{}, remove{}, power{}, apply{}, image{}, boot{};
  std::vector<std::string> networks = {"default", "isolated"}, bridges = {"br0"};
  std::int64_t storage_bytes = 1LL << 40;
  bool obeys_shutdown = true;  // false: graceful shutdown is ignored until hard_at
  // Path or URL -> the bytes of the image file there. Empty: whatever is asked for is there, and its checksum is
  // believed (provider-mock).
  std::map<std::string, std::string> sources;
};

// Key of MachineSpec::extra_config: a machine with the value "ignored" does not obey a request to shut down.
inline constexpr std::string_view kShutdown = "fake.shutdown";

// What happens right after an effect on the host.
enum class After : std::uint8_t {
  kGoOn,
  kReplyLost,  // the provider does not learn of the effect: its task fails kUnavailable
  kKilled,     // the provider process ends: until forget_tasks() every call is kUnavailable
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
  // A deadline that has come (by the clock) ends the watch after everything known was delivered, so that a caller
  // with one thread can look without waiting.
  Status watch(const std::string& cluster_id, const std::string& resume, const OnEvent&, const Call&) override;
  Result<Plan> plan(const MachineRef&, const MachineSpec&, const Call&) override;
  Result<TaskId> apply(const MachineRef&, const MachineSpec&, const Plan&, const Call&) override;
  Result<TaskId> power_on(const MachineRef&, const Call&) override;
  Result<TaskId> power_off(const MachineRef&, std::optional<WallTime> hard_at, const Call&) override;
  Result<TaskId> reboot(const MachineRef&, WallTime if_booted_before, const Call&) override;
  Result<TaskId> remove(const MachineRef&, const Call&) override;
  Result<TaskId> release(const MachineRef&, const Call&) override;
  Result<TaskState> poll(const TaskId&, const Call&) override;
  Status cancel(const TaskId&, const Call&) override;
  Images& images() override;
  Console& console() override;

  // ---- what tests and the simulator do behind the interface ----
  // Lets what is due take effect; called by every method too. Returns when the next thing is due.
  std::optional<Time> advance();
  std::vector<Machine> machines() const;
  std::vector<std::string> volumes() const;         // disks, seeds and images
  std::vector<std::string> images_on_host() const;  // their locations
  Seed seed(const std::string& id) const;           // as the machine would read it; empty when there is none
  std::int64_t mutations() const;                   // effects on the host so far
  // A machine of somebody else: machine.ref.id, ref.machine_id, power and configured are taken over; it carries
  // the stamp ref.owner, or none when that is empty.
  void add_foreign(Machine machine);
  void set_power(const std::string& id, Power power);  // somebody used the hypervisor's own tools
  void edit(const std::string& id, const std::function<void(MachineSpec&)>& change);  // the same: configuration
  void erase(const std::string& id);                                                  // somebody removed it
  void set_available(bool available);  // false: check() says so, every other call is kUnavailable
  void forget_tasks();                 // as a restart does: tasks and events are gone, a killed provider is back
  // Asked before each task starts: an Error makes it fail. For planned failures.
  void on_task(std::function<Status(std::string_view verb, const MachineRef&)> decide);
  // Asked after each effect on the host.
  void on_effect(std::function<After(std::string_view verb, std::string_view step)> decide);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::provider::fake
