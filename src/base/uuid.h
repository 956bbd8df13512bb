// base/uuid.h — UUIDs as lower-case text, 36 characters.
#pragma once

#include <string>
#include <string_view>

namespace rig {

std::string random_uuid();                                                      // version 4
std::string name_uuid(std::string_view namespace_uuid, std::string_view name);  // version 5 (RFC 4122)
bool is_uuid(std::string_view text);

// For names that must be unique but not secret: `length` of bcdfghjklmnpqrstvwxz2456789, as the API server's.
std::string random_suffix(int length);

}  // namespace rig
