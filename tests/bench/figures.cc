// tests/bench/figures.cc — see figures.h.
#include "bench/figures.h"

#include <algorithm>
#include <cstdio>
#include <fstream>

#include "base/eventually_test.h"

namespace rig::e2e {

double ms_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void report(const std::string& what, std::vector<double> ms) {
  if (ms.empty()) {
    std::printf("%-58s no samples\n", what.c_str());
    return;
  }
  std::ranges::sort(ms);
  const auto at = [&](double share) {
    return ms[std::min(ms.size() - 1, static_cast<std::size_t>(share * static_cast<double>(ms.size())))];
  };
  std::printf("%-58s n=%-3zu min %7.1f  median %7.1f  p99 %7.1f  max %7.1f ms\n", what.c_str(), ms.size(), ms.front(),
              at(0.5), at(0.99), ms.back());
}

std::int64_t rss_kib(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  while (std::getline(status, line))
    if (line.starts_with("VmRSS:")) return std::stoll(line.substr(6));
  return 0;
}

void pass(Duration time) {
  eventually(time, [] { return false; });
}

}  // namespace rig::e2e
