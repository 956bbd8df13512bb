// fakes/vcenter/machine.h — machines: their devices and files, and what a ConfigSpec makes of them.
#pragma once

#include "fakes/vcenter/center.h"

namespace rig::fakes::vcenter {

bool is_on(const Tree& machine);
bool is_nic(const Center& center, const Tree& device);
Trees devices_of(const Tree& machine);
Tree device_with_key(const Trees& devices, std::int64_t key);  // null: none

Tree with_option(const Tree& config, std::string_view key, std::string_view value);  // of its extraConfig; "" : goes
Tree derived_of_machine(const Center& center, const Object& machine, std::string_view name);

// Without disks and cards.
Tree blank_config(const Center& center, const std::string& name);
Tree blank_runtime(const Ref& host);
Tree blank_guest();
std::string new_instance_uuid(Center& center, const std::string& wish, const Ref& self);  // another one if it is taken
std::string new_mac(Center& center);
Ref host_in(const Center& center, const Ref& pool_or_host);  // of a pool's cluster; empty: none

// "[store] folder/name.vmdk", not there yet.
std::string new_disk_path(const Center& center, const std::string& store, const std::string& folder);
// NoDiskSpace where it does not fit.
Status check_room(const Center& center, const std::string& store, std::int64_t bytes);

// Makes the spec true of the machine, or changes nothing. ConcurrentAccess, InvalidPowerState, CpuHotPlugNotSupported,
// MemoryHotPlugNotSupported, InvalidDeviceSpec, InvalidDeviceBacking, NoDiskSpace, FileNotFound, DuplicateName, ...
Status reconfigure(Center& center, Object& machine, const Tree& spec);

}  // namespace rig::fakes::vcenter
