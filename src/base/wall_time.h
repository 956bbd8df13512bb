// base/wall_time.h — times as the Kubernetes API writes them (RFC 3339, UTC).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace rig {

std::string format_time(WallTime time);              // 2026-01-01T00:00:00Z (metav1.Time: whole seconds, cut off)
std::string format_micro_time(WallTime time);        // 2026-01-01T00:00:00.000000Z (metav1.MicroTime)
std::string format_http_time(WallTime time);         // Thu, 01 Jan 2026 00:00:00 GMT (RFC 9110 5.6.7)
Result<WallTime> parse_time(std::string_view text);  // either, and any offset; kInvalidArgument

// "30s", "5m", "1h30m", "1.5s", "250ms" as Go's time.Duration prints and reads. kInvalidArgument.
Result<Duration> parse_duration(std::string_view text);
std::string format_duration(Duration duration);  // the shortest Go form: "1m30s"
std::string format_age(Duration age);            // kubectl's: "45s", "12m", "3h5m", "2d4h", "6y327d"

}  // namespace rig
