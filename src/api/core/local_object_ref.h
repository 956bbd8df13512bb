// api/core/local_object_ref.h — core/v1 LocalObjectReference: unlike LocalRef its name may be empty.
#pragma once

#include <string>

#include "schema/type_info.h"

namespace rig::api::core {

struct LocalObjectRef {
  std::string name;
};

}  // namespace rig::api::core

// clang-format off
template <> struct rig::schema::Describe<rig::api::core::LocalObjectRef> { static const TypeInfo& info(); };
// clang-format on
