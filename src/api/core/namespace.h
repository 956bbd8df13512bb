// api/core/namespace.h — core/v1 Namespace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"

namespace rig::api::core {

struct NamespaceSpec {
  std::vector<std::string> finalizers;
};

struct NamespaceCondition {
  std::string type, status, reason, message;
  std::optional<WallTime> last_transition_time;
};

struct NamespaceStatus {
  std::string phase;  // Active, Terminating
  std::vector<NamespaceCondition> conditions;
};

struct Namespace {
  ObjectMeta meta;
  NamespaceSpec spec;
  NamespaceStatus status;
  static constexpr Resource kResource{"", "v1", "Namespace", "namespaces", false};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::NamespaceSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::NamespaceCondition> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::NamespaceStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::Namespace> { static const TypeInfo& info(); };
// clang-format on
