// base/check.cc — the end of a process that found itself wrong.
#include "base/check.h"

#include <cstdio>
#include <cstdlib>

#include "base/log.h"

namespace rig {

void check_failed(const char* condition, const char* file, int line) {
  for (const std::string& earlier : log::last_lines()) std::fprintf(stderr, "  %s\n", earlier.c_str());
  std::fprintf(stderr, "CHECK failed: %s at %s:%d (the last log lines are above)\n", condition, file, line);
  std::abort();
}

}  // namespace rig
