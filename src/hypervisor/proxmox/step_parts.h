// proxmox/step_parts.h — what the orders of steps.h and apply.h are put together from. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "hypervisor/proxmox/steps.h"

namespace rig::proxmox {

inline constexpr char kSeed[] = "seed", kRoot[] = "root";  // names of our own disks

Step wait(std::string why);
Step call(std::string name, std::string method, const std::vector<std::string>& path, Form form, bool is_task);
std::vector<std::string> machine_path(const There& there, const provider::MachineRef& ref,
                                      const std::vector<std::string>& more);
std::optional<Step> somebody_at_work(const There& there);
// kNotFound: it is gone; kFailedPrecondition: it is not ours, or not whole.
Status check_ours(const std::optional<Config>& config, const provider::MachineRef& ref);

// Adds to the stamp which option will carry each disk and interface that it does not name yet: one that neither the
// stamp nor the configuration has. kResourceExhausted: none is left.
Status add_names(const provider::MachineSpec& spec, const std::string& root_option, const Config* config, Stamp& stamp);

// A new interface, or `is` with what the wish says otherwise. kInvalidArgument: Proxmox VE would refuse it.
Result<std::string> nic_option(const std::string& option, std::optional<Nic> is, const provider::NicSpec& wish,
                               const CreateSettings& settings);
std::string cpu_option(const provider::MachineSpec& spec, const CreateSettings& settings);

struct WantedDrive {
  std::string option, step;
  Drive drive;
};
std::string storage_for(const std::string& asked, const provider::MachineSpec& spec, const CreateSettings& settings);
Drive imported(const std::string& storage, const std::string& volume);
Drive empty_disk(const std::string& storage, std::int64_t bytes);
Drive data_disk(Drive drive, std::string_view option = "scsi0");  // with what disks of machines have

Result<Step> add_drive(const There& there, const provider::MachineRef& ref, const WantedDrive& wanted,
                       const Stamp& stamp);
Step resize(const There& there, const provider::MachineRef& ref, const std::string& option, std::int64_t bytes);

}  // namespace rig::proxmox
