// proxmox/recorded_test.h — what real daemons were recorded to say: tests/golden/proxmox.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "base/file.h"
#include "base/json/json.h"

namespace rig::proxmox {

// The entries of one file; a test that gets none has failed already.
inline json::Array recorded(const std::string& file) {
  const std::string path = std::string(RIG_SOURCE_DIR) + "/tests/golden/proxmox/" + file;
  const auto text = read_file(path);
  const auto value = text.ok() ? json::parse(*text) : Result<json::Value>(text.error());
  const auto* entries = value.ok() ? value->as<json::Array>() : nullptr;
  EXPECT_TRUE(entries != nullptr && !entries->empty()) << path;
  return entries == nullptr ? json::Array{} : *entries;
}

// The `data` of the first entry whose member has that text.
inline json::Value recorded_data(const std::string& file, std::string_view member, std::string_view text) {
  for (const json::Value& entry : recorded(file))
    if (entry.text({member}) == text) return *entry.find("data");
  ADD_FAILURE() << file << " has no " << member << " " << text;
  return {};
}

}  // namespace rig::proxmox
