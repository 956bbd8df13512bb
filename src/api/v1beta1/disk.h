// api/v1beta1/disk.h — a data disk of a machine.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "schema/type_info.h"

namespace rig::api::v1beta1 {

enum class DiskType : std::uint8_t { kThin, kThick, kEagerzeroedthick, kSsd, kHdd };

enum class ExpandPolicy : std::uint8_t { kOnline, kOffline };

enum class ScsiControllerType : std::uint8_t { kLsilogic, kBuslogic, kLsilogicSas, kPvscsi };

enum class ScsiSharedBus : std::uint8_t { kNone, kVirtual, kPhysical };

struct DiskScsi {
  std::optional<std::int32_t> controller;
  ScsiControllerType controller_type = ScsiControllerType::kPvscsi;
  ScsiSharedBus shared_bus = ScsiSharedBus::kNone;
};

struct Disk {
  std::string name;
  std::int32_t size_gib = 0;
  DiskType type = DiskType::kThin;
  ExpandPolicy expand_policy = ExpandPolicy::kOffline;
  std::string storage_class;
  std::optional<DiskScsi> scsi;
};

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::DiskType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ExpandPolicy> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ScsiControllerType> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::ScsiSharedBus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::DiskScsi> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::v1beta1::Disk> { static const TypeInfo& info(); };
// clang-format on
