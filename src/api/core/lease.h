// api/core/lease.h — coordination.k8s.io/v1 Lease: who leads, and until when.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/meta/meta.h"

namespace rig::api::core {

struct LeaseSpec {
  std::optional<std::string> holder_identity;  // "": given up
  std::optional<std::int32_t> lease_duration_seconds;
  std::optional<schema::MicroTime> acquire_time, renew_time;
  std::optional<std::int32_t> lease_transitions;
  std::optional<std::string> strategy, preferred_holder;
};

struct Lease {
  ObjectMeta meta;
  LeaseSpec spec;
  static constexpr Resource kResource{"coordination.k8s.io", "v1", "Lease", "leases"};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::LeaseSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::Lease> { static const TypeInfo& info(); };
// clang-format on
