// tests/bench/lab.h — a hypervisor that is not there and counts what it is asked, for provider_bench.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "provider/provider.h"

namespace rig::e2e {

// A hypervisor that is not there, and what its provider is started with.
class Lab {
 public:
  virtual ~Lab() = default;
  virtual std::string type() const = 0;
  virtual std::map<std::string, std::string> environment() const = 0;
  virtual std::map<std::string, std::string> credentials() const = 0;
  virtual provider::MachineSpec small() const = 0;
  virtual provider::ImageRequest image() const = 0;
  virtual std::vector<provider::MachineRef> fill(const provider::MachineRef& model,
                                                 std::size_t count) = 0;  // machines like that one
  virtual std::int64_t calls() = 0;                                       // to the hypervisor, so far
  virtual std::int64_t bytes() = 0;                                       // of its answers
  virtual void set_power(const std::string& id, bool on) = 0;
};

std::unique_ptr<Lab> proxmox_lab();
std::unique_ptr<Lab> vsphere_lab();

}  // namespace rig::e2e
