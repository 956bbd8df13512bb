// apiserver/apply/managed_fields.cc — who wrote which field.
#include "apiserver/apply/managed_fields.h"

namespace rig::apiserver {

void track_write(const api::KindInfo&, Part, const json::Value&, json::Value&, std::string_view, WallTime) {}

}  // namespace rig::apiserver
