// apiserver/routes/cell_path_test.cc — the paths of printer columns, one case a line.
#include "apiserver/routes/cell_path.h"

#include <gtest/gtest.h>

namespace rig::apiserver {
namespace {

TEST(CellPath, FindsTheFirstMatch) {
  const std::string text = R"({"a":{"b":1,"c.d/e":"dotted"},"list":["x","y"],"empty":[],
      "conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"},{"type":"Ready","status":"False"}]})";
  const json::Value object = json::parse(text).take();
  struct {
    const char* path;
    const char* wanted;
  } const cases[] = {
      // "" : nothing
      {".a.b", "1"},
      {R"(.a.c\.d/e)", "\"dotted\""},
      {".list[*]", "\"x\""},
      {".list[1]", "\"y\""},
      {".list[2]", ""},
      {".list[-1]", ""},
      {".empty[*]", ""},
      {".list", R"(["x","y"])"},
      {R"(.conditions[?(@.type=="Ready")].status)", "\"True\""},
      {R"(.conditions[?(@.type=='Other')].status)", "\"False\""},
      {R"(.conditions[?(@.type=="None")].status)", ""},
      {".conditions[*].type", "\"Other\""},
      {".none.b", ""},
      {".a.b.c", ""},
      {".a[0]", ""},
      {".list[", ""},
      {"a", ""},
  };
  for (const auto& c : cases) {
    const json::Value* found = first_match(object, c.path);
    EXPECT_EQ(found == nullptr ? "" : json::to_text(*found), c.wanted) << c.path;
    json::Members only;
    only.below["other"];
    add_path(only, c.path);
    const json::Value less = json::parse(text, {.only = &only}).take();
    found = first_match(less, c.path);
    EXPECT_EQ(found == nullptr ? "" : json::to_text(*found), c.wanted) << c.path << " in " << json::to_text(less);
  }
}

TEST(CellPath, AddsWhatItLooksAt) {
  json::Members members;
  for (const char* path : {"", "none", ".a.b.c", ".a.b", ".a.b.d", R"(.list[?(@.type=="Ready")].status)", ".list[0]"})
    add_path(members, path);
  EXPECT_EQ(members.below.size(), 2U);
  EXPECT_EQ(members.below["a"].below.size(), 1U);
  EXPECT_TRUE(members.below["a"].below["b"].below.empty()) << "all of it";
  EXPECT_TRUE(members.below["list"].below.empty()) << "all of it";
}

}  // namespace
}  // namespace rig::apiserver
