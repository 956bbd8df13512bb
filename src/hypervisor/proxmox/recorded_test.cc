// proxmox/recorded_test.cc — reading the recordings.
#include "hypervisor/proxmox/recorded_test.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace rig::proxmox {

json::Array recorded(const std::string& file) {
  const std::string path = std::string(RIG_SOURCE_DIR) + "/tests/golden/proxmox/" + file;
  const auto text = read_file(path);
  const auto value = text.ok() ? json::parse(*text) : Result<json::Value>(text.error());
  const auto* entries = value.ok() ? value->as<json::Array>() : nullptr;
  EXPECT_TRUE(entries != nullptr && !entries->empty()) << path;
  return entries == nullptr ? json::Array{} : *entries;
}

json::Value recorded_data(const std::string& file, std::string_view member, std::string_view text) {
  for (const json::Value& entry : recorded(file))
    if (entry.text({member}) == text) return *entry.find("data");
  ADD_FAILURE() << file << " has no " << member << " " << text;
  return {};
}

}  // namespace rig::proxmox
