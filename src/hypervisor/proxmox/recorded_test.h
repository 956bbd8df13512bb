// proxmox/recorded_test.h — what real daemons were recorded to say: tests/golden/proxmox.
#pragma once

#include <string>
#include <string_view>

#include "base/json/json.h"

namespace rig::proxmox {

// The entries of one file; a test that gets none has failed already.
json::Array recorded(const std::string& file);
// The `data` of the first entry whose member has that text.
json::Value recorded_data(const std::string& file, std::string_view member, std::string_view text);

}  // namespace rig::proxmox
