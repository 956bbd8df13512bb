// vsphere/recorded_test.cc — see recorded_test.h.
#include "hypervisor/vsphere/recorded_test.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace rig::vsphere {
namespace {

void replace_all(std::string& text, std::string_view part, std::string_view instead) {
  for (std::size_t at; (at = text.find(part)) != std::string::npos;) text.replace(at, part.size(), instead);
}

}  // namespace

std::string recorded(const std::string& name) {
  const std::string path = std::string(RIG_SOURCE_DIR) + "/tests/golden/vsphere/" + name + ".xml";
  const auto text = read_file(path);
  EXPECT_TRUE(text.ok()) << path;
  return text.ok() ? *text : "";
}

std::string with_xsi(std::string text) {
  replace_all(text, " xmlns:_XMLSchema-instance=\"http://www.w3.org/2001/XMLSchema-instance\"", "");
  replace_all(text, "_XMLSchema-instance:", "xsi:");
  return text;
}

}  // namespace rig::vsphere
