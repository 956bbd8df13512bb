// controllers/identity.h — how a VirtualMachine is known on a hypervisor: pure functions of the object.
#pragma once

#include <string>
#include <string_view>

#include "api/v1beta1/virtual_machine.h"
#include "provider/machine.h"

namespace rig::controllers {

// The reference's, so that both see each other's objects as held.
inline constexpr std::string_view kMachineFinalizer = "virtualmachine.infra.virtrigaud.io/finalizer";
inline constexpr std::string_view kProviderFinalizer = "provider.infra.virtrigaud.io/finalizer";
inline constexpr std::string_view kMachineIdAnnotation = "virtrigaud.io/machine-id";
inline constexpr std::string_view kForceDeleteAnnotation = "virtrigaud.io/force-delete";  // "true"
inline constexpr std::string_view kRecreateAnnotation = "virtrigaud.io/recreate";         // "<generation>"
inline constexpr std::string_view kReleaseAnnotation = "virtrigaud.io/release";           // "<uid>"

// The annotation, else the object's uid.
std::string machine_id_of(const api::ObjectMeta& meta);
// The machine is given up. The annotation names one object by its uid: a copy of it, which is how the machine moves to
// another control plane, has another uid and asks for nothing.
bool is_to_be_released(const api::ObjectMeta& meta);
bool is_moved(const api::ObjectMeta& meta);  // such a copy: its machine is there already, made for the other object
// "<name, dots to '-', cut to 54>-<first 8 of the machine id>": a DNS label, unique per machine.
std::string display_name(std::string_view name, std::string_view machine_id);
// A MAC that stays the same for this NIC of this machine. `prefix` is its first octets, at most five: "52:54".
std::string derived_mac(std::string_view prefix, std::string_view machine_id, std::string_view nic);
provider::MachineRef ref_of(const api::v1beta1::VirtualMachine& vm, std::string_view cluster_id);

}  // namespace rig::controllers
