// api/meta/meta.h — what every API object carries besides its spec and status.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/resource.h"
#include "base/object_key.h"
#include "schema/type_info.h"

namespace rig::api {

struct OwnerReference {
  std::string api_version, kind, name, uid;
  std::optional<bool> controller, block_owner_deletion;
};

struct ObjectMeta {
  std::string name, generate_name, namespace_, uid, resource_version, self_link;
  std::int64_t generation = 0;
  std::optional<WallTime> creation_timestamp, deletion_timestamp;
  std::optional<std::int64_t> deletion_grace_period_seconds;
  std::map<std::string, std::string> labels, annotations;
  std::vector<OwnerReference> owner_references;
  std::vector<std::string> finalizers;
  json::Value managed_fields;  // the API server's own bookkeeping, passed through

  ObjectKey key() const { return {namespace_, name}; }
  bool is_deleting() const { return deletion_timestamp.has_value(); }
  bool has_finalizer(std::string_view finalizer) const;
  std::string annotation(std::string_view key) const;  // "" when absent
};

// metav1.Condition. `type` and `reason` come from api/reasons.h.
enum class ConditionStatus : std::uint8_t { kTrue, kFalse, kUnknown };
struct Condition {
  std::string type;
  ConditionStatus status = ConditionStatus::kUnknown;
  std::optional<std::int64_t> observed_generation;
  WallTime last_transition_time{};
  std::string reason, message;
};
const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type);
// Adds or replaces by type; last_transition_time moves only when `status` changes.
void set_condition(std::vector<Condition>& conditions, Condition condition, WallTime now);
void remove_condition(std::vector<Condition>& conditions, std::string_view type);

struct LocalRef {
  std::string name;  // in the same namespace
};

struct ObjectRef {
  std::string name, namespace_;  // namespace_ empty: the referrer's
};
ObjectKey resolve(const ObjectRef& ref, const ObjectMeta& referrer);

}  // namespace rig::api

// clang-format off
template <> struct rig::schema::Describe<rig::api::OwnerReference> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::ObjectMeta> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::ConditionStatus> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::Condition> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::LocalRef> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::ObjectRef> { static const TypeInfo& info(); };
// clang-format on
