// ssh/quote.h — an argument vector as a command line for a POSIX shell.
#pragma once

#include <span>
#include <string>

#include "base/result.h"

namespace rig::ssh {

// Every shell that follows POSIX takes the answer apart into exactly these arguments again, whatever is in them.
// kInvalidArgument: no arguments, or a NUL byte, which no argument can hold.
Result<std::string> quote(std::span<const std::string> arguments);

}  // namespace rig::ssh
