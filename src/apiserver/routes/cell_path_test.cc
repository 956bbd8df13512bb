// apiserver/routes/cell_path_test.cc — the paths of printer columns, one case a line.
#include "apiserver/routes/cell_path.h"

#include <gtest/gtest.h>

namespace rig::apiserver {
namespace {

TEST(CellPath, FindsTheFirstMatch) {
  const json::Value object = json::parse(R"({"a":{"b":1,"c.d/e":"dotted"},"list":["x","y"],"empty":[],
      "conditions":[{"type":"Other","status":"False"},{"type":"Ready","status":"True"},{"type":"Ready","status":"False"}]})")
                                 .take();
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
  }
}

}  // namespace
}  // namespace rig::apiserver
