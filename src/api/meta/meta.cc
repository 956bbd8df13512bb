// api/meta/meta.cc — conditions, references, and the rows of meta.h.
#include "api/meta/meta.h"

#include <algorithm>

#include "api/patterns.h"

namespace rig::api {

bool ObjectMeta::has_finalizer(std::string_view finalizer) const {
  return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

std::string ObjectMeta::annotation(std::string_view key) const {
  const auto found = annotations.find(std::string(key));
  return found == annotations.end() ? "" : found->second;
}

const Condition* find_condition(const std::vector<Condition>& conditions, std::string_view type) {
  for (const Condition& c : conditions)
    if (c.type == type) return &c;
  return nullptr;
}

void set_condition(std::vector<Condition>& conditions, Condition condition, WallTime now) {
  condition.last_transition_time = now;
  for (Condition& c : conditions) {
    if (c.type != condition.type) continue;
    if (c.status == condition.status) condition.last_transition_time = c.last_transition_time;
    c = std::move(condition);
    return;
  }
  conditions.push_back(std::move(condition));
}

void remove_condition(std::vector<Condition>& conditions, std::string_view type) {
  std::erase_if(conditions, [&](const Condition& c) { return c.type == type; });
}

ObjectKey resolve(const ObjectRef& ref, const ObjectMeta& referrer) {
  return {ref.namespace_.empty() ? referrer.namespace_ : ref.namespace_, ref.name};
}

}  // namespace rig::api

namespace rig::schema {

using namespace api;

// The rows are tables, laid out by hand.
// clang-format off

const TypeInfo& Describe<OwnerReference>::info() {
  static const TypeInfo t = object("OwnerReference", "An object that this one belongs to, and goes with.", {
      field<&OwnerReference::api_version>("apiVersion").required().doc("API version of the owner."),
      field<&OwnerReference::kind>("kind").required().doc("Kind of the owner."),
      field<&OwnerReference::name>("name").required().doc("Name of the owner."),
      field<&OwnerReference::uid>("uid").required().doc("UID of the owner."),
      field<&OwnerReference::controller>("controller").doc("Whether the owner is the one that manages this object."),
      field<&OwnerReference::block_owner_deletion>("blockOwnerDeletion")
          .doc("Whether the owner stays until this object is gone, when it is deleted in the foreground."),
  });
  return t;
}

const TypeInfo& Describe<ObjectMeta>::info() {
  static const TypeInfo t = object("ObjectMeta", "What every object carries besides its spec and status.", {
      field<&ObjectMeta::name>("name").doc("Name, unique in the namespace among objects of the kind."),
      field<&ObjectMeta::generate_name>("generateName").doc("Prefix of a name that the server chooses."),
      field<&ObjectMeta::namespace_>("namespace").doc("Namespace that the object is in."),
      field<&ObjectMeta::uid>("uid").doc("Identifies the object for ever."),
      field<&ObjectMeta::resource_version>("resourceVersion").doc("Changes with each write; opaque."),
      field<&ObjectMeta::generation>("generation").doc("Number of the spec; counts up when the spec changes."),
      field<&ObjectMeta::creation_timestamp>("creationTimestamp").doc("When the object was made."),
      field<&ObjectMeta::deletion_timestamp>("deletionTimestamp").doc("When it was asked to go; set by the server."),
      field<&ObjectMeta::deletion_grace_period_seconds>("deletionGracePeriodSeconds").doc("Seconds it has to go."),
      field<&ObjectMeta::labels>("labels").doc("Words to select objects by."),
      field<&ObjectMeta::annotations>("annotations").doc("Further words; nobody selects by them."),
      field<&ObjectMeta::owner_references>("ownerReferences").map_list({"uid"})
          .doc("Objects that this one belongs to."),
      field<&ObjectMeta::finalizers>("finalizers").set().doc("Who has to tidy up before the object may go."),
      field<&ObjectMeta::self_link>("selfLink").doc("No longer used."),
      field<&ObjectMeta::managed_fields>("managedFields").doc("Who wrote which field; kept by the server."),
  });
  return t;
}

const TypeInfo& Describe<ConditionStatus>::info() {
  using enum ConditionStatus;
  static const TypeInfo t = enumeration<ConditionStatus>("ConditionStatus", "Whether a condition holds.", {
      {kTrue, "True", "It holds."},
      {kFalse, "False", "It does not hold."},
      {kUnknown, "Unknown", "Nobody can tell."},
  });
  return t;
}

const TypeInfo& Describe<Condition>::info() {
  static const TypeInfo t = object("Condition", "Something that is or is not true of an object.", {
      field<&Condition::type>("type").required().max_length(316)
          .pattern(R"(^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?)"
                   R"((([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$)")
          .doc("What it is about."),
      field<&Condition::status>("status").required().doc("Whether it holds."),
      field<&Condition::observed_generation>("observedGeneration").min(0)
          .doc("The metadata.generation that was looked at."),
      field<&Condition::last_transition_time>("lastTransitionTime").required().doc("When `status` last changed."),
      field<&Condition::reason>("reason").required().min_length(1).max_length(1024)
          .pattern("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$").doc("Why, in one word for programs."),
      field<&Condition::message>("message").required().max_length(32768).doc("Why, in a sentence for people."),
  });
  return t;
}

const TypeInfo& Describe<LocalRef>::info() {
  static const TypeInfo t = object("LocalRef", "Name of an object in the same namespace.", {
      field<&LocalRef::name>("name").required().max_length(253).pattern(kNamePattern).doc("Name of the object."),
  });
  return t;
}

const TypeInfo& Describe<ObjectRef>::info() {
  static const TypeInfo t = object("ObjectRef", "Name of an object, in this namespace or another.", {
      field<&ObjectRef::name>("name").required().max_length(253).pattern(kNamePattern).doc("Name of the object."),
      field<&ObjectRef::namespace_>("namespace").max_length(63).pattern(kLabelPattern)
          .doc("Namespace of the object; that of the referring object when empty."),
  });
  return t;
}

// clang-format on

}  // namespace rig::schema
