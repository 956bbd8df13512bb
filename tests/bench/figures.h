// tests/bench/figures.h — what the benchmarks share: times and sizes, a line for each.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace rig::e2e {

double ms_since(std::chrono::steady_clock::time_point start);
// Minimum, median, p99 (the maximum below 100 samples), maximum.
void report(const std::string& what, std::vector<double> ms);
std::int64_t rss_kib(pid_t pid);  // 0: there is no such process
void pass(Duration time);         // nothing is asked of anybody meanwhile

}  // namespace rig::e2e
