// libvirt/domain_xml.cc — the writer. Every value goes through pugixml, which escapes it.
#include "hypervisor/libvirt/domain_xml.h"

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "base/wall_time.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {
namespace {

using provider::Firmware;
using pugi::xml_node;

xml_node child(xml_node parent, const char* name,
               std::initializer_list<std::pair<const char*, std::string>> attributes) {
  xml_node node = parent.append_child(name);
  for (const auto& [key, value] : attributes) node.append_attribute(key).set_value(value.c_str());
  return node;
}

xml_node child(xml_node parent, const char* name, const std::string& text) {
  xml_node node = parent.append_child(name);
  node.text().set(text.c_str());
  return node;
}

std::string printed(const xml_node& node) {
  std::ostringstream out;
  node.print(out, "  ", pugi::format_default | pugi::format_no_declaration);
  return out.str();
}

void fill_stamp(xml_node mark, const Stamp& stamp) {
  const provider::Owner& owner = stamp.owner;
  for (const auto& [key, value] : {std::pair{"id", stamp.machine_id},
                                   {"cluster", owner.cluster_id},
                                   {"namespace", owner.name_space},
                                   {"name", owner.name},
                                   {"uid", owner.uid}})
    mark.append_attribute(key).set_value(value.c_str());
}

// Without the features libvirt may choose a Secure Boot firmware with enrolled keys, which hangs on an unsigned loader.
void add_firmware(xml_node domain, const provider::MachineSpec& spec) {
  xml_node os = domain.append_child("os");
  child(os, "type", "hvm").append_attribute("machine").set_value("q35");
  if (spec.firmware != Firmware::kUefi) return;
  os.prepend_attribute("firmware").set_value("efi");
  xml_node firmware = os.append_child("firmware");
  const char* secure = spec.secure_boot ? "yes" : "no";
  child(firmware, "feature", {{"enabled", secure}, {"name", "enrolled-keys"}});
  child(firmware, "feature", {{"enabled", secure}, {"name", "secure-boot"}});
}

void add_cpu(xml_node domain, const provider::MachineSpec& spec, const HostParts& host) {
  const bool kvm = host.virt_type == "kvm";
  xml_node cpu = child(domain, "cpu", {{"mode", kvm ? "host-model" : "maximum"}});
  if (kvm && !host.cpu_vendor_feature.empty()) {
    const char* policy = spec.nested_virtualization ? "require" : "disable";
    child(cpu, "feature", {{"policy", policy}, {"name", host.cpu_vendor_feature}});
  }
}

xml_node add_disk(xml_node devices, const std::string& name, const std::string& path, const std::string& target,
                  const char* format) {
  xml_node disk = child(devices, "disk", {{"type", "file"}, {"device", "disk"}});
  child(disk, "driver", {{"name", "qemu"}, {"type", format}, {"discard", "unmap"}});
  child(disk, "source", {{"file", path}});
  child(disk, "target", {{"dev", target}, {"bus", "virtio"}});
  if (name != "root" && name != "seed") child(disk, "serial", name.substr(0, 20));  // virtio-blk's limit
  child(disk, "alias", {{"name", disk_alias(name)}});
  return disk;
}

void add_nic(xml_node devices, const provider::NicSpec& nic) {
  const char* type = !nic.bridge.empty() ? "bridge" : !nic.network.empty() ? "network" : "user";
  xml_node interface = child(devices, "interface", {{"type", type}});
  if (!nic.mac.empty()) child(interface, "mac", {{"address", nic.mac}});
  if (!nic.bridge.empty()) {
    child(interface, "source", {{"bridge", nic.bridge}});
  } else if (!nic.network.empty()) {
    child(interface, "source", {{"network", nic.network}});
  }
  if (nic.vlan) child(interface.append_child("vlan"), "tag", {{"id", std::to_string(*nic.vlan)}});
  child(interface, "model", {{"type", nic.model.empty() ? "virtio" : nic.model}});
  if (nic.mtu && type != std::string_view("user")) child(interface, "mtu", {{"size", std::to_string(*nic.mtu)}});
  child(interface, "alias", {{"name", nic_alias(nic.name)}});
}

// A device that is added to a running machine needs a free PCIe port, and ports cannot be added to it.
void add_ports(xml_node devices, const provider::MachineSpec& spec) {
  const std::size_t fixed = 4;  // root disk, virtio-serial, balloon, random numbers
  const std::size_t ports = fixed + spec.disks.size() + spec.nics.size() + (spec.seed.empty() ? 0 : 1) + kSparePorts;
  child(devices, "controller", {{"type", "pci"}, {"model", "pcie-root"}});
  for (std::size_t i = 0; i < ports; ++i) child(devices, "controller", {{"type", "pci"}, {"model", "pcie-root-port"}});
  child(devices, "controller", {{"type", "usb"}, {"model", "none"}});
}

void add_disks(xml_node devices, const provider::MachineSpec& spec, const HostParts& host) {
  xml_node root = add_disk(devices, "root", host.root_path, "vda", "qcow2");
  root.insert_child_before("boot", root.child("alias")).append_attribute("order").set_value("1");
  std::string target = "vdb";
  for (const provider::DiskSpec& disk : spec.disks) {
    add_disk(devices, disk.name, host.disk_paths.at(disk.name), target, "qcow2");
    ++target[2];
  }
  if (host.seed_path.empty()) return;
  // A virtio disk: cloud kernels have no AHCI, so they would not see a CD on this machine type. Named last, so that
  // the user's disks are vdb, vdc, ...
  xml_node seed = add_disk(devices, "seed", host.seed_path, "vdz", "raw");
  seed.insert_child_before("readonly", seed.child("alias"));
}

void add_devices(xml_node domain, const provider::MachineSpec& spec, const HostParts& host) {
  xml_node devices = domain.append_child("devices");
  add_ports(devices, spec);
  add_disks(devices, spec, host);
  for (const provider::NicSpec& nic : spec.nics) add_nic(devices, nic);
  child(devices, "serial", {{"type", "pty"}});
  child(devices, "console", {{"type", "pty"}});
  xml_node channel = child(devices, "channel", {{"type", "unix"}});
  child(channel, "target", {{"type", "virtio"}, {"name", "org.qemu.guest_agent.0"}});
  if (spec.tpm) {
    child(child(devices, "tpm", {{"model", "tpm-crb"}}), "backend", {{"type", "emulator"}, {"version", "2.0"}});
  }
  child(devices, "memballoon", {{"model", "virtio"}});
  child(child(devices, "rng", {{"model", "virtio"}}), "backend", {{"model", "random"}}).text().set("/dev/urandom");
}

}  // namespace

std::string disk_alias(const std::string& disk_name) { return "ua-disk-" + disk_name; }
std::string nic_alias(const std::string& nic_name) { return "ua-nic-" + nic_name; }

std::string stamp_mark(const Stamp& stamp) {
  pugi::xml_document document;
  fill_stamp(child(document, "machine", {}), stamp);
  return printed(document.first_child());
}

std::string domain_xml(const provider::MachineSpec& spec, const Stamp& stamp, const HostParts& host) {
  pugi::xml_document document;
  xml_node domain = child(document, "domain", {{"type", host.virt_type}});
  child(domain, "name", spec.display_name);
  child(domain, "uuid", stamp.machine_id);
  fill_stamp(child(domain.append_child("metadata"), "rig:machine", {{"xmlns:rig", kStampUri}}), stamp);
  child(domain, "memory", std::to_string(spec.memory_mib)).append_attribute("unit").set_value("MiB");
  child(domain, "vcpu", std::to_string(spec.cpus));
  add_firmware(domain, spec);
  xml_node features = domain.append_child("features");
  features.append_child("acpi");
  features.append_child("apic");
  if (spec.secure_boot) child(features, "smm", {{"state", "on"}});
  add_cpu(domain, spec, host);
  child(domain, "clock", {{"offset", "utc"}});
  child(domain, "on_poweroff", "destroy");
  child(domain, "on_reboot", "restart");
  child(domain, "on_crash", "destroy");
  add_devices(domain, spec, host);
  return printed(domain);
}

std::string disk_xml(const std::string& disk_name, const std::string& path, const std::string& target) {
  pugi::xml_document document;
  return printed(add_disk(document, disk_name, path, target, "qcow2"));
}

std::string nic_xml(const provider::NicSpec& nic) {
  pugi::xml_document document;
  add_nic(document, nic);
  return printed(document.first_child());
}

}  // namespace rig::libvirt
