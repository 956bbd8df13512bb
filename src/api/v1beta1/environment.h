// api/v1beta1/environment.h — what an object is used for, in the `metadata` blocks of several kinds.
#pragma once

#include <cstdint>

#include "schema/type_info.h"

namespace rig::api::v1beta1 {

enum class Environment : std::uint8_t { kDev, kTest, kQa, kUat, kStaging, kProd };

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::Environment> { static const TypeInfo& info(); };
// clang-format on
