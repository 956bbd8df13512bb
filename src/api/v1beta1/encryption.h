// api/v1beta1/encryption.h — who keeps the key of an encrypted machine or snapshot.
#pragma once

#include <cstdint>

#include "schema/type_info.h"

namespace rig::api::v1beta1 {

enum class KeyProvider : std::uint8_t { kStandard, kHardware, kExternal };

}  // namespace rig::api::v1beta1

// clang-format off
template <> struct rig::schema::Describe<rig::api::v1beta1::KeyProvider> { static const TypeInfo& info(); };
// clang-format on
