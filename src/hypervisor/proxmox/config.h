// proxmox/config.h — all options of a machine, as Proxmox VE tells them and as they are asked to become. Pure.
//
// The answer of .../pending has both configurations of a machine in one: what runs, and what the next start will use.
// GET .../config gives the second only. Values are texts or numbers as they happen to be ("memory" is a text, "cores" a
// number); here they are texts. Secrets are shown as stars (cipassword) and are left out.
//
// Source: recorded exchanges (tests/golden/proxmox/configs.json, pending.json).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json/json.h"
#include "hypervisor/proxmox/drive.h"
#include "hypervisor/proxmox/nic.h"

namespace rig::proxmox {

struct Config {
  std::map<std::string, std::string, std::less<>> options;  // without digest
  std::string digest;  // SHA-1 of the file with both configurations: the token of a change
  std::string_view text(std::string_view option) const;  // "" when it is not set
  std::int64_t number(std::string_view option, std::int64_t otherwise) const;
  bool flag(std::string_view option, bool otherwise = false) const;
  bool operator==(const Config&) const = default;
};

Result<Config> parse_config(const json::Value& data);  // of GET config; kDataLoss: it is no configuration

struct Configs {
  Config running;     // of the machine as it runs; as configured when it is off
  Config configured;  // of its next start
  bool differ = false;
};
Result<Configs> parse_pending(const json::Value& data);  // of GET pending

// What carries a name of ours or might: in the order of slots. kDataLoss: one of them cannot be read.
Result<std::vector<std::pair<Slot, Drive>>> drives_of(const Config& config);
Result<std::vector<std::pair<int, Nic>>> nics_of(const Config& config);

// The first free slot on a bus, or interface. kResourceExhausted: none is left.
Result<std::string> free_slot(const Config& config, Bus bus);
Result<std::string> free_nic(const Config& config);

// Parameters of a request, in the order given; the same name twice is a mistake of ours.
using Form = std::vector<std::pair<std::string, std::string>>;
std::string form_text(const Form& form);  // application/x-www-form-urlencoded
// As the option sshkeys wants them: percent-encoded once more than the form itself is.
std::string ssh_keys_text(const std::vector<std::string>& keys);

}  // namespace rig::proxmox
