// base/run.h — a program that is run to its end. No shell sees its arguments.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace rig {

struct Program {
  std::vector<std::string> arguments;                                 // [0] without a slash is looked for in PATH
  std::vector<std::pair<std::string, std::string>> environment = {};  // besides this process's own
};
struct Ran {
  int status = 0;              // the exit status, or 128 and the signal that ended it
  std::string output, errors;  // what it wrote to stdout and stderr, at most kRanBytesMax of each
};

// kNotFound: there is no such program. kDeadlineExceeded: it was killed, with all of its group. kUnavailable: it could
// not be started.
Result<Ran> run(const Program& program, Time deadline);

}  // namespace rig
