// api/quantity.h — resource quantities: "4Gi", "1.5G", "500m", "2e3".
#pragma once

#include <cstdint>

#include "base/result.h"
#include "schema/type_info.h"

namespace rig::api {

// Whole bytes (or whatever is counted), rounded away from zero. kInvalidArgument: not a quantity; kOutOfRange: beyond
// int64.
Result<std::int64_t> to_integer(const schema::Quantity& quantity);
// The largest binary suffix that is exact: 4294967296 -> "4Gi".
schema::Quantity binary_quantity(std::int64_t value);

}  // namespace rig::api
