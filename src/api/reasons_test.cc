// api/reasons_test.cc — every reason and condition type is explained, and nothing else is.
#include "api/reasons.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "base/file.h"
#include "base/text.h"

namespace rig::api {
namespace {

// The constants of one namespace, read from the header: text between the first and the last quote of a line.
std::set<std::string> constants_of(const std::string& name_space) {
  const std::string path = std::string(RIG_SOURCE_DIR) + "/src/api/reasons.h";
  const std::string text = read_file(path).take();
  const std::size_t begin = text.find("namespace " + name_space + " {");
  const std::size_t end = text.find("}  // namespace " + name_space);
  std::set<std::string> found;
  for (const std::string& line : split(text.substr(begin, end - begin), '\n')) {
    const std::size_t first = line.find('"'), last = line.rfind('"');
    if (first != std::string::npos) found.insert(line.substr(first + 1, last - first - 1));
  }
  EXPECT_GT(found.size(), 5U);
  return found;
}

TEST(Reasons, HaveARowEachAndNoRowIsOfAnother) {
  std::set<std::string> reasons, conditions;
  std::set<std::pair<std::string_view, std::string_view>> pairs;
  for (const ReasonRow& row : reason_rows()) {
    reasons.insert(std::string(row.reason));
    conditions.insert(std::string(row.condition));
    EXPECT_TRUE(pairs.emplace(row.condition, row.reason).second) << row.condition << " " << row.reason;
    EXPECT_TRUE(row.meaning.ends_with('.')) << row.condition << " " << row.reason;
  }
  EXPECT_EQ(reasons, constants_of("reason"));
  EXPECT_EQ(conditions, constants_of("condition"));
}

}  // namespace
}  // namespace rig::api
