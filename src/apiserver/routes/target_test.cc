// apiserver/routes/target_test.cc — request targets taken apart, one a line.
#include "apiserver/routes/target.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace rig::apiserver {
namespace {

TEST(Target, IsTakenApart) {
  struct {
    const char* text;
    const char* path;
  } const cases[] = {
      {"/", ""},
      {"/apis/g/v1", "apis|g|v1"},
      {"/apis/g/", "apis|g"},
      {"/apis//g", "apis||g"},
      {"/a%20b/%6Fne", "a b|one"},
      {"/vms/one%2Fstatus", "vms|one|status"},
      {"/vms/o\xC3\xA9", "vms|o\xC3\xA9"},
      {"/vms/../x", "vms|..|x"},
      {"http://other:1/api?x=1", "api"},
      {"http://other", ""},
      {"/vms/one#two", "vms|one#two"},
  };
  for (const auto& c : cases) EXPECT_EQ(join(parse_target(c.text)->path, "|"), c.path) << c.text;
  EXPECT_EQ(parse_target("/vms/%zz").error().code(), Code::kInvalidArgument);
}

TEST(Target, ReadsParametersAsGoDoes) {
  const Target target = parse_target("/x?a=1&a=2&b=c+d%20e&%zz=1&f=%zz&g;h=1&watch&=&i=%3D").take();
  EXPECT_EQ(target.get("a"), "1");  // the first one counts
  EXPECT_EQ(target.get("b"), "c d e");
  EXPECT_FALSE(target.find("f"));  // what cannot be decoded is dropped
  EXPECT_FALSE(target.find("g"));
  EXPECT_TRUE(target.is_set("watch"));
  EXPECT_EQ(target.get("i"), "=");
  for (const char* no : {"/x", "/x?watch=false", "/x?watch=0"}) EXPECT_FALSE(parse_target(no)->is_set("watch")) << no;
  for (const char* yes : {"/x?watch=1", "/x?watch=maybe", "/x?watch="})
    EXPECT_TRUE(parse_target(yes)->is_set("watch")) << yes;
}

}  // namespace
}  // namespace rig::apiserver
