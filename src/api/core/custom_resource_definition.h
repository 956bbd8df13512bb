// api/core/custom_resource_definition.h — apiextensions.k8s.io/v1 CustomResourceDefinition; api/crd.h writes ours.
#pragma once

#include "api/meta/meta.h"

namespace rig::api::core {

struct CustomResourceDefinition {
  ObjectMeta meta;
  json::Value spec, status;  // passed through
  static constexpr Resource kResource{"apiextensions.k8s.io", "v1", "CustomResourceDefinition",
                                      "customresourcedefinitions", false};
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::CustomResourceDefinition> { static const TypeInfo& info(); };
// clang-format on
