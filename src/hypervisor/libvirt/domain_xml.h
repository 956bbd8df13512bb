// libvirt/domain_xml.h — a MachineSpec as domain XML, and back. Pure.
//
// Names of disks and interfaces travel as user aliases ("ua-disk-data", "ua-nic-eth0"): libvirt keeps them with the
// device, whatever file or network it is given later.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hypervisor/libvirt/stamp.h"
#include "provider/machine.h"

namespace rig::libvirt {

// What the host adds to the wish.
struct HostParts {
  std::string virt_type;                          // "kvm", "qemu"
  std::string cpu_vendor_feature;                 // "vmx", "svm": what nested virtualization needs here
  std::string root_path, seed_path;               // seed "": none
  std::map<std::string, std::string> disk_paths;  // by disk name
};

std::string domain_xml(const provider::MachineSpec& spec, const Stamp& stamp, const HostParts& host);
// One device, for attaching and detaching.
std::string disk_xml(const std::string& disk_name, const std::string& path, const std::string& target);
std::string nic_xml(const provider::NicSpec& nic);

struct DiskDevice {
  std::string name;    // "root", "seed", a disk's name; "" : not ours
  std::string target;  // "vda"
  std::string path;    // "" : no file (network disk, empty drive)
};

struct DomainFacts {
  std::string name, uuid, type;
  std::optional<Stamp> stamp;
  std::optional<WallTime> power_off_at, booted_at;
  provider::MachineSpec spec;  // without sizes of disks, image and seed texts, which stand elsewhere
  std::vector<DiskDevice> disks;
  bool has_agent_channel = false, agent_connected = false;
};
// Reads what libvirt printed, for domains of any origin. kDataLoss: it is not domain XML.
Result<DomainFacts> parse_domain(std::string_view xml);

// The device element of that alias in a domain's XML, "" when there is none: what detaching wants.
std::string device_element(std::string_view domain_xml, const std::string& alias);
std::string disk_alias(const std::string& disk_name);
std::string nic_alias(const std::string& nic_name);

// The first of vdb to vdy that no disk of the domain has. kResourceExhausted: none is left.
Result<std::string> free_target(const DomainFacts& domain);

}  // namespace rig::libvirt
