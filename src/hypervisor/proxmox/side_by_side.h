// proxmox/side_by_side.h — what blocks for each of many, done for a few of them at a time.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace rig::proxmox {

// Calls work(0) to work(count - 1), at most `threads` at once, this one among them. Returns when all have returned.
template <class Work>
void side_by_side(std::size_t count, std::size_t threads, const Work& work) {
  std::atomic<std::size_t> next = 0;
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> helpers;
  for (std::size_t i = 1; i < std::min(count, threads); ++i) helpers.emplace_back(take);
  take();
}

}  // namespace rig::proxmox
