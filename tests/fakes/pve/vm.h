// fakes/pve/vm.h — one virtual machine: its configuration file with pending changes and snapshots, and its guest.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json/json.h"
#include "fakes/pve/refusal.h"

namespace rig::fakes::pve {

// What answers inside. Tests set it; a machine that PVE makes has the default.
struct Guest {
  enum class Agent : std::uint8_t { kSilent, kAnswers, kHangs };
  bool obeys_shutdown = true;
  Duration shutdown_takes{};
  Agent agent = Agent::kSilent;
  std::string host_name;
  json::Value interfaces{json::Array{}}, os_info{json::Object{}};
};

struct Vm {
  int id = 0;
  std::string node;
  Texts config;                                      // without digest
  Texts pending;                                     // of a running machine, until it starts anew
  std::set<std::string> pending_deletes;             // likewise
  std::map<std::string, Texts> snapshots;            // with snaptime, description, parent, vmstate
  std::optional<WallTime> running_since, starts_at;  // starts_at: the second half of a reboot
  bool is_paused = false;
  int pid = 0;
  Guest guest;

  bool is_running() const { return running_since.has_value(); }
  bool is_template() const { return value("template") == "1"; }
  std::string value(const std::string& key) const;
  Texts merged() const;        // with what is pending, as GET config shows it
  std::string file() const;    // the text of ID.conf
  std::string digest() const;  // sha1 of it
  void apply_pending();
};

bool is_drive(std::string_view key);    // scsi0, efidisk0; not unused0
bool is_network(std::string_view key);  // net0
bool is_of_family(std::string_view key, std::string_view family);
bool is_cdrom(const Texts& drive);
bool is_cloudinit(const Texts& drive);
Texts parse_drive(std::string_view text);  // the volume is "file"
std::string print_drive(const Texts& drive);

struct Drive {
  std::string key;
  Texts properties;
  std::string volume() const { return properties.at("file"); }
};
// In PVE's order: ide, scsi, virtio, sata, efidisk, tpmstate. `and_unused`: unused0 and so on, too.
std::vector<Drive> drives_of(const Texts& config, bool and_unused = false);
std::string default_boot_order(const Texts& config);
std::string boot_disk(const Texts& config);  // key of the first disk of the boot order, or ""

// Whether somebody could log in with these (ssh-keygen -l): one key a line, decoded.
bool are_ssh_keys(std::string_view text);

// As GET config shows it: numbers and booleans of the schema as numbers, the rest as texts, no password.
json::Value shown(const std::string& key, const std::string& value);
bool is_shown_as_number(std::string_view key);

std::string missing_file(int vmid, const std::string& node);  // how PVE says that there is no such machine

}  // namespace rig::fakes::pve
