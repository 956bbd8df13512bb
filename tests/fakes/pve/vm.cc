#include "fakes/pve/vm.h"

#include <algorithm>
#include <array>

#include "base/digest.h"
#include "base/text.h"
#include "fakes/pve/property_string.h"

namespace rig::fakes::pve {
namespace {

constexpr std::array<std::string_view, 6> kBuses = {"ide", "scsi", "virtio", "sata", "efidisk", "tpmstate"};

// The integers and booleans among the keys of a configuration file, and of a snapshot in it. A test holds them against
// the schema.
constexpr auto kNumbers = std::to_array<std::string_view>(
    {"acpi",          "allow-ksm", "autostart", "balloon",       "ciupgrade", "cores",  "cpuunits",   "freeze",
     "keephugepages", "kvm",       "localtime", "migrate_speed", "numa",      "onboot", "protection", "reboot",
     "shares",        "smp",       "snaptime",  "sockets",       "tablet",    "tdf",    "template",   "vcpus"});

std::string section(const Texts& config) {
  std::string out;
  if (const auto text = config.find("description"); text != config.end())
    for (const std::string& line : split(text->second, '\n')) out += "#" + percent_encode(line) + "\n";
  for (const auto& [key, value] : config)
    if (key != "description") out.append(key).append(": ").append(value) += "\n";
  return out;
}

int number_of(std::string_view key) {
  const std::size_t digits = key.find_last_not_of("0123456789") + 1;
  const Result<std::int64_t> number = parse_int(key.substr(digits));
  return number.ok() ? static_cast<int>(*number) : -1;
}

std::optional<std::string> take_field(std::string_view& blob) {
  if (blob.size() < 4) return std::nullopt;
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) size = size << 8U | static_cast<unsigned char>(blob[static_cast<std::size_t>(i)]);
  if (blob.size() - 4 < size) return std::nullopt;
  std::string out(blob.substr(4, size));
  blob.remove_prefix(4 + size);
  return out;
}

// RFC 4253 6.6: the algorithm's name, then its numbers, each after its length.
bool is_ssh_key(std::string_view line) {
  const std::vector<std::string> words = split(line, ' ');
  if (words.size() < 2) return false;
  const Result<std::string> blob = parse_base64(words[1]);
  if (!blob.ok()) return false;
  std::string_view rest = *blob;
  if (take_field(rest) != words[0] || rest.empty()) return false;
  while (!rest.empty())
    if (!take_field(rest)) return false;
  return true;
}

}  // namespace

bool is_of_family(std::string_view key, std::string_view family) {
  return key.starts_with(family) && key.size() > family.size() &&
         key.find_first_not_of("0123456789", family.size()) == std::string_view::npos;
}

bool is_drive(std::string_view key) {
  return std::any_of(kBuses.begin(), kBuses.end(), [&](std::string_view bus) { return is_of_family(key, bus); });
}
bool is_network(std::string_view key) { return is_of_family(key, "net"); }
bool is_cdrom(const Texts& drive) { return value_of(drive, "media") == "cdrom"; }
bool is_cloudinit(const Texts& drive) { return value_of(drive, "file").find("cloudinit") != std::string::npos; }
Texts parse_drive(std::string_view text) {
  Texts out = parse_properties(text, "file");
  if (const auto alias = out.find("volume"); alias != out.end()) {
    out["file"] = alias->second;
    out.erase(alias);
  }
  return out;
}
std::string print_drive(const Texts& drive) { return print_properties(drive, "file"); }

std::vector<Drive> drives_of(const Texts& config, bool and_unused) {
  std::vector<std::string_view> families(kBuses.begin(), kBuses.end());
  if (and_unused) families.emplace_back("unused");
  std::vector<Drive> out;
  for (const std::string_view family : families) {
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    for (const auto& [key, value] : config)
      if (is_of_family(key, family)) out.push_back({key, parse_drive(value)});
    std::sort(out.begin() + begin, out.end(),
              [](const Drive& a, const Drive& b) { return number_of(a.key) < number_of(b.key); });
  }
  return out;
}

std::string default_boot_order(const Texts& config) {
  std::vector<std::string> order;
  const std::vector<Drive> drives = drives_of(config);
  for (const bool cdrom : {false, true}) {
    const auto first = std::find_if(drives.begin(), drives.end(), [&](const Drive& drive) {
      return is_cdrom(drive.properties) == cdrom && drive.key != "efidisk0" && drive.key != "tpmstate0";
    });
    if (first != drives.end()) order.push_back(first->key);
  }
  const auto net = std::find_if(config.begin(), config.end(), [](const auto& row) { return is_network(row.first); });
  if (net != config.end()) order.push_back(net->first);
  return order.empty() ? " " : "order=" + join(order, ";");
}

std::string boot_disk(const Texts& config) {
  const Texts boot = parse_properties(value_of(config, "boot"), "legacy");
  for (const std::string& key : split(value_of(boot, "order"), ';'))
    if (is_drive(key) && config.contains(key) && !is_cdrom(parse_drive(config.at(key)))) return key;
  return "";
}

std::string Vm::value(const std::string& key) const { return value_of(config, key); }

Texts Vm::merged() const {
  Texts out = config;
  for (const std::string& key : pending_deletes) out.erase(key);
  for (const auto& [key, value] : pending) out[key] = value;
  return out;
}

std::string Vm::file() const {
  std::string out = section(config);
  if (!pending.empty() || !pending_deletes.empty()) {
    const std::vector<std::string> deletes(pending_deletes.begin(), pending_deletes.end());
    out +=
        "\n[PENDING]\n" + (deletes.empty() ? std::string() : "delete: " + join(deletes, ",") + "\n") + section(pending);
  }
  for (const auto& [name, snapshot] : snapshots) out += "\n[" + name + "]\n" + section(snapshot);
  return out;
}

std::string Vm::digest() const {
  Digest sum = Digest::start("sha1").take();
  sum.add(file());
  return sum.finish_hex();
}

void Vm::apply_pending() {
  config = merged();
  pending.clear();
  pending_deletes.clear();
}

bool are_ssh_keys(std::string_view text) {
  for (const std::string& line : split(text, '\n'))
    if (!trim(line).empty() && !is_ssh_key(trim(line))) return false;
  return true;
}

bool is_shown_as_number(std::string_view key) {
  return std::find(kNumbers.begin(), kNumbers.end(), key) != kNumbers.end();
}

json::Value shown(const std::string& key, const std::string& value) {
  if (is_shown_as_number(key))
    if (const Result<std::int64_t> number = parse_int(value); number.ok()) return *number;
  return key == "cipassword" ? "**********" : json::Value(value);
}

std::string missing_file(int vmid, const std::string& node) {
  return "Configuration file 'nodes/" + node + "/qemu-server/" + std::to_string(vmid) + ".conf' does not exist";
}

}  // namespace rig::fakes::pve
