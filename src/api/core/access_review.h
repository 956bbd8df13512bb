// api/core/access_review.h — authorization.k8s.io/v1: questions about rights. Nothing of them is stored.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/meta/meta.h"

namespace rig::api::core {

struct ResourceAttributes {
  std::string namespace_, verb, group, version, resource, subresource, name;
  json::Value field_selector, label_selector;  // passed through; RBAC does not know them
};

struct NonResourceAttributes {
  std::string path, verb;
};

struct SelfAccessSpec {
  std::optional<ResourceAttributes> resource_attributes;
  std::optional<NonResourceAttributes> non_resource_attributes;
};

struct AccessSpec {
  std::optional<ResourceAttributes> resource_attributes;
  std::optional<NonResourceAttributes> non_resource_attributes;
  std::string user, uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
};

struct SelfSubjectAccessReview {
  ObjectMeta meta;
  SelfAccessSpec spec;
  json::Value status;
  static constexpr Resource kResource{"authorization.k8s.io", "v1", "SelfSubjectAccessReview",
                                      "selfsubjectaccessreviews", false};
};

struct SubjectAccessReview {
  ObjectMeta meta;
  AccessSpec spec;
  json::Value status;
  static constexpr Resource kResource{"authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews",
                                      false};
};

struct LocalSubjectAccessReview {
  ObjectMeta meta;
  AccessSpec spec;
  json::Value status;
  static constexpr Resource kResource{"authorization.k8s.io", "v1", "LocalSubjectAccessReview",
                                      "localsubjectaccessreviews"};
};

struct RulesSpec {
  std::string namespace_;
};

struct SelfSubjectRulesReview {
  ObjectMeta meta;
  RulesSpec spec;
  json::Value status;
  static constexpr Resource kResource{"authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews",
                                      false};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::ResourceAttributes> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::NonResourceAttributes> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::SelfAccessSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::AccessSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::SelfSubjectAccessReview> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::SubjectAccessReview> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::LocalSubjectAccessReview> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::RulesSpec> { static const TypeInfo& info(); };
template <> struct rig::schema::Describe<rig::api::core::SelfSubjectRulesReview> { static const TypeInfo& info(); };
// clang-format on
