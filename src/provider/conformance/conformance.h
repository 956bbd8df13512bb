// provider/conformance/conformance.h — one text of what every provider promises, as a table of functions.
//
// GoogleTest and the `vcts` program only wrap it. A case gets a Subject: the provider under test, in process or over
// gRPC, and the means to look at and meddle with its host from outside.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "provider/provider.h"

namespace rig::provider::conformance {

// The host behind the provider, seen without it. Methods that a subject cannot offer return kUnimplemented, and the
// case is then "not applicable" for that subject (listed, never silently passed).
class Host {
 public:
  virtual ~Host() = default;
  virtual Result<std::vector<std::string>> machine_names() = 0;  // all, ours and others'
  virtual Result<std::vector<std::string>> volumes() = 0;        // every disk and image file, full names
  virtual Status add_foreign_machine(const std::string& name, const std::string& uuid) = 0;  // without our stamp
  virtual Result<std::string> fingerprint(const std::string& name) = 0;  // of all bytes of that machine's configuration
  virtual Status pull_power(const std::string& id) = 0;          // behind our back
  virtual Status restart_provider() = 0;                         // tasks are forgotten
  virtual Result<std::int64_t> calls() = 0;                      // to the hypervisor so far
  virtual Result<std::string> seed_bytes(const std::string& id, std::string_view document) = 0;  // "user-data", ...
  virtual Status clean() = 0;                                    // remove everything that tests made
};

struct Subject {
  std::string name;                         // "fake in process", "libvirt over gRPC"
  std::function<Provider&()> provider;      // again after Host::restart_provider()
  Host* host = nullptr;
  MachineSpec small;                        // the smallest machine that boots here, with an image and one NIC
  ImageRequest image;                       // a good image on this host
  Duration boot_time{};                     // how long it may take to be up; 0: machines here do not boot
  std::function<void()> wait;               // lets a little time pass between polls (steps a StepClock, or waits)
};

// "" : passed; "n/a: why" : does not apply to this subject; else what is wrong.
struct Case {
  std::string_view name, proves;
  std::string (*run)(Subject&);
};
std::span<const Case> cases();

}  // namespace rig::provider::conformance
