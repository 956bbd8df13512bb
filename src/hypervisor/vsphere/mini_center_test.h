// vsphere/mini_center_test.h — a vCenter in miniature, for the orders of steps.h and apply.h.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>

#include "hypervisor/vsphere/devices.h"
#include "hypervisor/vsphere/sample_test.h"
#include "hypervisor/vsphere/steps.h"

namespace rig::vsphere {

// Room for one machine. It does what vSphere does with the orders of steps.h, and nothing else.
struct MiniCenter {
  std::optional<Sight> machine;
  Sight source = sample_sight();  // its stamp is another's, and is inherited
  bool forgetful = false;         // as the simulator: a clone takes over no firmware and no flags
  int clones = 0, writes = 0;

  // False: refused, and nothing is changed.
  bool act(const Step& step) {
    return std::visit([&](const auto& order) { return take(order); }, step.order);
  }

  bool take(const CloneMachine& order) {
    if (machine) return false;  // DuplicateName
    ++clones;
    Sight made = source;
    made.self = {"VirtualMachine", "vm-96"};
    made.props.name = order.name;
    made.props.instance_uuid = order.spec.config->instance_uuid;
    ConfigSpec config = *order.spec.config;
    if (forgetful) {
      config.firmware.clear();
      config.boot_options.reset();
      config.cpu_hot_add.reset();
      config.memory_hot_add.reset();
      config.nested_hv.reset();
    }
    for (const DeviceChange& change : config.device_change)
      EXPECT_FALSE(is_disk(change.device) && change.operation == "edit") << "disks are not grown by a clone";
    machine = made;
    change(config);
    if (order.spec.customization) {
      EXPECT_EQ(order.spec.customization->adapters.size(), nics_of(machine->props.devices).size());
    }
    return true;
  }

  bool take(const Reconfigure& order) {
    if (!machine || order.spec.change_version != machine->props.change_version) return false;  // ConcurrentAccess
    change(order.spec);
    return true;
  }
  bool take(const UpgradeHardware& order) {
    if (!machine || power_of(machine->props) != provider::Power::kOff) return false;  // InvalidPowerState
    EXPECT_GT(order.version, machine->props.hardware_version) << "hardware does not get older";
    machine->props.hardware_version = order.version;
    return true;
  }
  bool take(const PowerOn&) { return set_power("poweredOn"); }
  bool take(const PowerOff&) { return set_power("poweredOff"); }
  bool take(const ShutdownGuest&) { return true; }
  bool take(const Destroy&) {
    if (!machine || power_of(machine->props) != provider::Power::kOff) return false;
    machine.reset();
    return true;
  }
  bool take(const std::monostate&) {
    ADD_FAILURE() << "nothing to do";
    return false;
  }

  bool set_power(const std::string& state) {
    if (!machine || machine->props.power_state == state) return false;  // InvalidPowerState
    machine->props.power_state = state;
    return true;
  }

  void change(const ConfigSpec& spec) {
    MachineProps& is = machine->props;
    if (power_of(is) != provider::Power::kOff) {
      EXPECT_TRUE(!spec.cpus || is.cpu_hot_add.value_or(false));
      EXPECT_TRUE(!spec.memory_mib || is.memory_hot_add.value_or(false));
      EXPECT_TRUE(!spec.nested_hv && spec.firmware.empty());
    }
    if (spec.cpus) is.cpus = spec.cpus;
    if (spec.memory_mib) is.memory_mib = static_cast<std::int32_t>(*spec.memory_mib);
    if (spec.cpu_hot_add) is.cpu_hot_add = spec.cpu_hot_add;
    if (spec.memory_hot_add) is.memory_hot_add = spec.memory_hot_add;
    if (spec.nested_hv) is.nested_hv = spec.nested_hv;
    if (!spec.firmware.empty()) is.firmware = spec.firmware;
    if (spec.boot_options) is.secure_boot = spec.boot_options->efi_secure_boot;
    const auto allocate = [](std::optional<Allocation>& allocation, const std::optional<Allocation>& wish) {
      if (!wish) return;
      if (!allocation) allocation.emplace(Allocation{0, -1, Shares{0, "normal"}});
      if (wish->reservation) allocation->reservation = wish->reservation;
      if (wish->limit) allocation->limit = wish->limit;
      if (wish->shares) allocation->shares = wish->shares;
    };
    allocate(is.cpu_allocation, spec.cpu_allocation);
    allocate(is.memory_allocation, spec.memory_allocation);
    for (const OptionValue& option : spec.extra_config)
      if (option.key == kStampKey) is.stamp = option;
    std::map<std::int32_t, std::int32_t> keys;  // of what is added, as it was called and as it is called
    for (const DeviceChange& change : spec.device_change) change_device(change, keys);
    is.change_version = "write-" + std::to_string(++writes);
  }

  void change_device(const DeviceChange& change, std::map<std::int32_t, std::int32_t>& keys) {
    auto& devices = machine->props.devices;
    Device device = change.device;
    if (change.operation != "add") {
      const auto at = std::ranges::find(devices, device.key, &Device::key);
      ASSERT_NE(at, devices.end()) << "no device " << device.key;
      if (is_disk(device) && change.operation == "edit") {
        EXPECT_LE(bytes_of(*at), bytes_of(device)) << "disks do not shrink";
      }
      if (change.operation == "remove")
        devices.erase(at);
      else
        *at = device;
      return;
    }
    EXPECT_LT(device.key, 0);
    EXPECT_EQ(change.file_operation, is_disk(device) ? "create" : "");
    EXPECT_FALSE(keys.contains(device.key)) << "two new devices with one key";
    if (device.controller_key && keys.contains(*device.controller_key))
      device.controller_key = keys[*device.controller_key];
    if (is_disk(device)) {
      EXPECT_NE(with_key(devices, *device.controller_key), nullptr) << "no controller";
      for (const Device& other : devices)
        EXPECT_FALSE(other.controller_key == device.controller_key && other.unit_number == device.unit_number)
            << "the place is taken";
    }
    const std::int32_t first = is_nic(device) ? 4000 : is_disk(device) ? 2000 : bus_of(device).empty() ? 11000 : 1000;
    std::int32_t key = first;
    while (with_key(devices, key) != nullptr) ++key;
    keys[device.key] = key;
    device.key = key;
    devices.push_back(device);
  }
};

}  // namespace rig::vsphere
