// apiserver/go_time.h — what Go's time.Parse says about a time that the API server does not read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rig::apiserver {

// RFC 3339; with `micro` exactly six fraction digits. "" reads as no time. Nothing when it is good.
std::optional<std::string> go_time_error(std::string_view text, bool micro);

}  // namespace rig::apiserver
