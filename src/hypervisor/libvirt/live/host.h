// libvirt/live/host.h — a real host for tests: the provider under test, and a connection of our own to look from
// outside.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/eventually_test.h"
#include "hypervisor/libvirt/handle.h"
#include "hypervisor/libvirt/provider.h"

namespace rig::libvirt::live {

// From RIG_TEST_LIBVIRT_URI, RIG_TEST_GUEST_IMAGE, RIG_TEST_LIBVIRT_POOL_DIR and RIG_TEST_HOST_EXEC, a program that
// runs its arguments inside the host; main() refuses to run without them.
struct Environment {
  std::string uri, guest_image, pool_folder, exec;
};
const Environment& environment();

inline constexpr Duration kBootMax = std::chrono::minutes(3);  // emulated, on a machine that builds at the same time

Call within(Duration time);

// A connection of our own to the host. libvirtd 9.0 dies at times when its clients do, and is started again: whoever
// asks for the connection then waits, and has a new one.
class Outside {
 public:
  virConnectPtr get();

 private:
  Session session_;
};

// Opens a provider, and removes every machine and volume that the test made.
class LiveTest : public testing::Test {
 protected:
  LiveTest();
  ~LiveTest() override;

  provider::Provider& provider() { return *provider_; }
  void restart_provider();
  virConnectPtr outside() { return outside_.get(); }

  // A small machine of that name with the guest image, and a ref for it. The seed names its host.
  provider::MachineSpec small(const std::string& name);
  provider::MachineRef reserve(const provider::MachineSpec& spec);
  // Waits until the task is over. Fails the test unless it is done.
  Status finish(const Result<provider::TaskId>& task, Duration time = std::chrono::seconds(60));
  provider::Machine describe(const provider::MachineRef& ref);
  provider::MachineRef running(const provider::MachineSpec& spec);  // created and started
  // Waits for the guest's address by its agent, and answers it.
  std::string booted(const provider::MachineRef& ref);

  Domain domain(const provider::MachineRef& ref);
  std::vector<std::string> volume_names(const std::string& pool = "default");  // sorted
  Status virsh_destroy(const provider::MachineRef& ref);

  const SystemClock clock_{};
  Options options_;

 private:
  std::unique_ptr<provider::Provider> provider_;
  Outside outside_;
  std::vector<std::string> machine_ids_;
  std::vector<std::string> volumes_before_;
};

}  // namespace rig::libvirt::live
