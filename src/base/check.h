// base/check.h — CHECK: an invariant of ours that does not hold ends the process.
//
// For what the world or a user did wrong there is Error (base/result.h), never CHECK.
#pragma once

namespace rig {

// Prints the failed condition with its place and the last log lines, then aborts.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace rig

#define CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::rig::check_failed(#condition, __FILE__, __LINE__))
