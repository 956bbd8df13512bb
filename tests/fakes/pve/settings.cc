#include "fakes/pve/settings.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

// Parameters of create and config that are no keys of the file.
constexpr auto kSteering = std::to_array<std::string_view>(
    {"archive", "background_delay", "bwlimit", "delete", "digest", "force", "ha-managed", "import-working-storage",
     "live-restore", "node", "pool", "revert", "skiplock", "start", "storage", "unique", "vmid"});
// What changes in a running machine (qemu-server: $fast_plug_option).
constexpr auto kFast =
    std::to_array<std::string_view>({"description", "hookscript", "lock", "migrate_downtime", "migrate_speed", "name",
                                     "onboot", "protection", "shares", "startup", "tags", "vmstatestorage"});
template <class Names>
bool is_in(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> list_in(const std::string& text) {
  std::string spaced = text;
  for (char& c : spaced)
    if (c == ';' || c == ' ') c = ',';
  std::vector<std::string> out = split(spaced, ',');
  std::erase(out, "");
  return out;
}

Status check_root_only(const Asked& asked, const std::string& key, const std::string& value) {
  if (asked.caller.is_root()) return {};
  if (key == "args" || key == "lock") return die("only root can set '" + key + "' config");
  if (is_of_family(key, "hostpci") && value.find("mapping=") == std::string::npos)
    return die("only root can set '" + key + "' config for non-mapped devices");
  const bool is_device = is_of_family(key, "serial") || is_of_family(key, "parallel");
  if (is_device && value.starts_with("/dev/")) return die("only root can modify '" + key + "' config for real devices");
  return {};
}

// qemu-server: check_vm_modify_config_perm, in part.
std::string right_for(const std::string& key, const std::string& value) {
  if (is_drive(key)) return is_cdrom(parse_drive(value)) ? "VM.Config.CDROM" : "VM.Config.Disk";
  if (is_network(key)) return "VM.Config.Network";
  if (key == "memory" || key == "balloon") return "VM.Config.Memory";
  if (key == "cores" || key == "sockets" || key == "cpu" || key == "vcpus" || key == "numa") return "VM.Config.CPU";
  if (key.starts_with("ci") || key == "sshkeys" || key.starts_with("ipconfig")) return "VM.Config.Cloudinit";
  return "VM.Config.Options";
}

Status check_value(Cluster& cluster, const Asked& asked, const std::string& key, const std::string& value) {
  const std::string right = right_for(key, value);
  if (cluster.denied.contains(right) && !asked.caller.is_root())
    return refuse(403, "Permission check failed (/vms/" + asked.text("vmid") + ", " + right + ")");
  TRY(check_root_only(asked, key, value));
  if (is_drive(key)) return check_drive(cluster, asked, key, value);
  if (key == "hookscript" && cluster.volume(asked.node(), value) == nullptr)
    return bad_parameters({{key, "script '" + value + "' does not exist\n"}});
  if (key == "sshkeys") {
    const Result<std::string> keys = percent_decode(value);
    if (!keys.ok() || !are_ssh_keys(*keys)) return die("SSH public key validation error");
  }
  return {};
}

std::string with_mac(Cluster& cluster, const std::string& value) {
  Texts net = parse_properties(value, "model");
  std::string model, mac = value_of(net, "macaddr");
  for (const std::string_view known :
       {"virtio", "e1000", "e1000e", "vmxnet3", "rtl8139", "e1000-82540em", "ne2k_pci"}) {
    if (const auto found = net.find(std::string(known)); found != net.end()) {
      model = known;
      mac = found->second;
      net.erase(found);
    }
  }
  if (const auto named = net.find("model"); named != net.end()) {
    model = named->second;
    net.erase(named);
  }
  net.erase("macaddr");
  net["model"] = model + "=" + (mac.empty() ? cluster.new_mac() : mac);
  return print_properties(net, "model");
}

// Which kinds of device come and go while the machine runs: the default of `hotplug` is network,disk,usb.
bool is_hot(const Vm& vm, std::string_view key) {
  if (is_in(kFast, key)) return true;
  const std::string hotplug = vm.config.contains("hotplug") ? vm.value("hotplug") : "network,disk,usb";
  const auto has = [&](std::string_view kind) { return hotplug == "1" || hotplug.find(kind) != std::string::npos; };
  if (is_network(key)) return has("network");
  if (is_of_family(key, "scsi") || is_of_family(key, "virtio") || is_of_family(key, "unused")) return has("disk");
  return is_of_family(key, "usb") && has("usb");
}

void drop_key(Cluster& cluster, Vm& vm, const std::string& key, bool destroys) {
  const auto found = vm.config.find(key);
  if (found == vm.config.end()) return;
  const Texts drive = is_drive(key) || is_of_family(key, "unused") ? parse_drive(found->second) : Texts{};
  vm.config.erase(found);
  if (drive.empty() || owner_of(drive.at("file")) != vm.id) return;
  if (destroys || is_of_family(key, "unused") || is_cloudinit(drive))
    cluster.remove_volume(vm.node, drive.at("file"));
  else
    keep_as_unused(vm, drive.at("file"));
}

void set_key(Vm& vm, const std::string& key, const std::string& value) {
  const auto old = vm.config.find(key);
  if (old != vm.config.end() && is_drive(key)) {
    const Texts before = parse_drive(old->second);
    const bool is_replaced = before.at("file") != parse_drive(value).at("file");
    if (is_replaced && owner_of(before.at("file")) == vm.id) keep_as_unused(vm, before.at("file"));
  }
  vm.config[key] = value;
}

void apply(Cluster& cluster, Vm& vm, const Change& change, const Texts& settings) {
  for (const std::string& key : change.reverts) {
    vm.pending.erase(key);
    vm.pending_deletes.erase(key);
  }
  for (const std::string& key : change.deletes) {
    vm.pending.erase(key);
    if (!vm.is_running() || is_hot(vm, key))
      drop_key(cluster, vm, key, change.force);
    else if (vm.config.contains(key))
      vm.pending_deletes.insert(key);
  }
  for (const auto& [key, value] : settings) {
    const bool is_swapped = is_drive(key) && vm.config.contains(key) &&
                            parse_drive(vm.config.at(key)).at("file") != parse_drive(value).at("file");
    vm.pending_deletes.erase(key);
    vm.pending.erase(key);
    if (!vm.is_running() || (is_hot(vm, key) && !is_swapped))
      set_key(vm, key, value);
    else if (vm.value(key) != value)
      vm.pending[key] = value;
  }
}

}  // namespace

Texts settings_in(const Asked& asked) {
  Texts out = asked.parameters;
  for (const std::string_view name : kSteering) out.erase(std::string(name));
  if (const auto cdrom = out.find("cdrom"); cdrom != out.end()) {
    out["ide2"] = cdrom->second + ",media=cdrom";
    out.erase(cdrom);
  }
  return out;
}

bool is_setting(const Asked& asked, const std::string& key) {
  return !is_in(kSteering, key) && Schema::parameter(*asked.method, key) != nullptr;
}

Status check_settings(Cluster& cluster, const Asked& asked, const Texts& settings) {
  if (asked.has("skiplock") && !asked.caller.is_root())
    return bad_parameters({{"skiplock", "Only root may use this option."}});
  for (const auto& [key, value] : settings) TRY(check_value(cluster, asked, key, value));
  return {};
}

std::string completed(Cluster& cluster, const std::string& key, const std::string& value) {
  if (is_network(key)) return with_mac(cluster, value);
  if (key == "cipassword" && !value.starts_with("$")) return "$5$fake$" + sha256_hex(value).substr(0, 43);
  if (key == "description") return std::string(value.substr(0, value.find_last_not_of("\n") + 1));
  return value;
}

Status check_unlocked(const Vm& vm, bool skips_lock) {
  const std::string lock = vm.value("lock");
  if (lock.empty() || skips_lock) return {};
  return die("VM is locked (" + lock + ")");
}

void keep_as_unused(Vm& vm, const std::string& volume_id) {
  int number = 0;
  while (vm.config.contains("unused" + std::to_string(number))) ++number;
  vm.config["unused" + std::to_string(number)] = volume_id;
}

Change change_in(const Asked& asked) {
  Change out;
  out.node = asked.node();
  out.vmid = asked.vmid();
  out.settings = settings_in(asked);
  out.deletes = list_in(asked.text("delete"));
  out.reverts = list_in(asked.text("revert"));
  out.digest = asked.text("digest");
  out.skips_lock = asked.is_true("skiplock");
  out.force = asked.is_true("force");
  return out;
}

Status check_change(Cluster& cluster, const Asked& asked, const Change& change) {
  TRY(check_settings(cluster, asked, change.settings));
  for (const std::string& key : change.deletes) TRY(check_root_only(asked, key, ""));
  TRY(cluster.machine(change.node, change.vmid));
  return {};
}

std::deque<Step> change_steps(Cluster& cluster, const Change& change, const MadePtr& made) {
  std::deque<Step> out;
  out.push_back({.takes = {}, .act = [&cluster, change](Task&) -> Status {
                   const Vm& vm = *TRY(cluster.machine(change.node, change.vmid));
                   if (!change.digest.empty() && change.digest != vm.digest())
                     return die("checksum mismatch (file change by other user?)");
                   return check_unlocked(vm, change.skips_lock);
                 }});
  for (const Drive& drive : drives_of(change.settings))
    for (Step& step : drive_steps(cluster, drive.key, change.settings.at(drive.key), made))
      out.push_back(std::move(step));
  out.push_back({.takes = {}, .act = [&cluster, change, made](Task&) -> Status {
                   Vm& vm = *TRY(cluster.machine(change.node, change.vmid));
                   Texts settings = made->config;
                   for (const auto& [key, value] : change.settings)
                     if (!is_drive(key)) settings[key] = completed(cluster, key, value);
                   apply(cluster, vm, change, settings);
                   made->volumes.clear();  // from here on they are the machine's
                   return {};
                 }});
  return out;
}

}  // namespace rig::fakes::pve
