// provider/machine.h — machines as every hypervisor sees them: identity, wish, fact, price of a change.
//
// Plain data. Sizes are bytes or MiB as the name says. Text is UTF-8.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json/json.h"
#include "base/result.h"

namespace rig::provider {

// Whose machine it is: the stamp that stands beside the machine on the hypervisor (docs/ARCHITECTURE.md, Identity).
struct Owner {
  std::string cluster_id, name_space, name, uid;
  auto operator<=>(const Owner&) const = default;
};

struct MachineRef {
  Owner owner;
  std::string machine_id;  // UUID, chosen by us before the first effect
  std::string id;          // the hypervisor's own: domain name, VMID, moid; "" before reserve()
  bool legacy = false;     // made by the reference, or adopted: carries no stamp yet
  auto operator<=>(const MachineRef&) const = default;
};

enum class Firmware : std::uint8_t { kBios, kUefi };

struct DiskSpec {
  std::string name;  // unique within the machine; the image's own disk is not in this list
  std::int64_t size_bytes = 0;
  std::string provisioning;  // "thin", "thick", ...; "" is the provider's choice
  std::string storage;       // pool, datastore, storage id; "" is the provider's choice
  auto operator<=>(const DiskSpec&) const = default;
};

struct NicSpec {
  std::string name;             // unique within the machine
  std::string mac;              // lower case; "" lets the provider choose
  std::string network, bridge;  // both "": user-mode or the provider's default network
  std::string model;            // "" is the provider's choice
  std::optional<std::int32_t> vlan, mtu;
  json::Value native;  // the hypervisor-shaped subtree, for its own provider
  // What the guest shall know of it, for providers that can tell without cloud-init. "192.0.2.7/24"; none: DHCP.
  std::vector<std::string> addresses = {}, gateways = {}, nameservers = {};
  bool operator==(const NicSpec&) const = default;
};

struct ImageSpec {
  std::string location;  // what Images::prepare() answered; "" boots from an empty root disk
  std::string format;    // "qcow2", "raw", ...
  auto operator<=>(const ImageSpec&) const = default;
};

// The three documents of a NoCloud seed, exactly as the guest shall see them. All empty: no seed.
struct Seed {
  std::string user_data, meta_data, network_config;
  bool empty() const { return user_data.empty() && meta_data.empty() && network_config.empty(); }
  auto operator<=>(const Seed&) const = default;
};

struct Placement {
  std::string host, cluster, folder, resource_pool, storage, storage_cluster;
  auto operator<=>(const Placement&) const = default;
};

// What the hypervisor keeps for a machine, and what it withholds. None: as it is.
struct Limits {
  std::optional<std::int64_t> cpu_reservation_mhz, cpu_limit_mhz, cpu_shares, memory_reservation_mib, memory_limit_mib;
  auto operator<=>(const Limits&) const = default;
};

struct MachineSpec {
  std::string display_name, hostname;
  std::int32_t cpus = 1;
  std::int64_t memory_mib = 512;
  Firmware firmware = Firmware::kBios;
  bool secure_boot = false, tpm = false, nested_virtualization = false;
  ImageSpec image;
  std::int64_t root_disk_bytes = 0;  // the image's size when smaller or 0
  std::vector<DiskSpec> disks;
  std::vector<NicSpec> nics;
  Seed seed;
  Placement placement;
  Limits limits;
  std::vector<std::string> tags;
  std::map<std::string, std::string> extra_config;
  bool operator==(const MachineSpec&) const = default;
};

// Doubt is an Error, never a value of this.
enum class Existence : std::uint8_t {
  kOurs,
  kPartial,   // ours, cut off half-way; Machine::detail says where. create() goes on with it
  kForeign,   // the id is taken by a machine without our stamp
  kReleased,  // there, and nobody's: its owner gave it up. Who names its machine id takes it over by create()
  kGone,      // proven: the hypervisor answered that there is no such machine
};
enum class Power : std::uint8_t { kOn, kOff, kPaused, kSuspended };

struct Machine {
  MachineRef ref;  // of a foreign machine: its id and the stamp that it carries, empty when it carries none
  Existence existence = Existence::kGone;
  std::string detail, host;
  std::string version;  // changes when the configuration does; the token of apply()
  Power power = Power::kOff;
  std::optional<WallTime> booted_at, addresses_read_at;
  std::vector<std::string> addresses;  // without prefix length; link-local and loopback are left out
  std::string guest_hostname, console_url;
  MachineSpec running, configured;  // differ while a change waits for a power cycle. Seed texts are never read back
  std::map<std::string, std::string> facts;  // shown in status.provider: slow-changing, no counters, no secrets
  bool operator==(const Machine&) const = default;
};

enum class Cost : std::uint8_t { kOnline, kPowerCycle, kRecreate, kImpossible };
struct Change {
  std::string path, from, to;  // path within MachineSpec: "cpus", "disks[data].size_bytes"
  Cost cost = Cost::kOnline;
  std::string why;
  bool operator==(const Change&) const = default;
};
struct Plan {
  std::string version;
  std::vector<Change> changes;
  bool operator==(const Plan&) const = default;
};

}  // namespace rig::provider
