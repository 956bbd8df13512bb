// libvirt/stamp.h — the marks that we put into a domain's <metadata>.
//
// The stamp says whose machine it is. It is written with the domain, in one step, and changes when the owner releases
// the machine (then it names nobody, and keeps the machine id) and when another takes it over. The two others are facts
// of one run: they stand in the live description only, so libvirt drops them when the machine stops.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "provider/machine.h"

namespace rig::libvirt {

inline constexpr char kStampUri[] = "https://virtrigaud.io/ns/machine/1";
inline constexpr char kPowerOffUri[] = "https://virtrigaud.io/ns/power-off/1";  // when the power will be cut
inline constexpr char kBootedUri[] = "https://virtrigaud.io/ns/booted/1";       // when the machine was started or reset

struct Stamp {
  provider::Owner owner;  // nobody: released
  std::string machine_id;
  bool operator==(const Stamp&) const = default;
};

bool is_released(const Stamp& stamp);
// Whether it is the stamp of this machine. The name may differ: an object that was moved keeps its uid.
bool is_of(const Stamp& stamp, const provider::MachineRef& ref);

std::string stamp_mark(const Stamp& stamp);  // the element that stands under kStampUri, without its namespace
std::string time_mark(WallTime time);        // the element that stands under kPowerOffUri, kBootedUri
std::optional<WallTime> parse_time_mark(std::string_view element);  // nullopt: not one of ours

}  // namespace rig::libvirt
