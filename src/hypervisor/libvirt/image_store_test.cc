// libvirt/image_store_test.cc — names and marks of fetched images.
#include "hypervisor/libvirt/image_store.h"

#include <gtest/gtest.h>

namespace rig::libvirt {
namespace {

TEST(ImageStore, NamesAreAFunctionOfTheKeyAndSafe) {
  EXPECT_EQ(image_volume("k"), image_volume("k"));
  EXPECT_NE(image_volume("k"), image_volume("l"));
  EXPECT_TRUE(is_image_volume(image_volume("../../etc/x y")));
  EXPECT_EQ(image_volume("../../etc").find('/'), std::string::npos);
  EXPECT_FALSE(is_image_volume("debian.img"));
  EXPECT_FALSE(is_image_volume(image_volume("k") + ".ready"));
}

TEST(ImageStore, AMarkReadsBackAndATornOneCountsForNothing) {
  const ReadyMark mark{"qcow2", 1 << 30, 12345};
  const std::string text = mark_text(mark);
  EXPECT_EQ(parse_mark(text), mark);
  for (std::size_t size = 0; size + 2 < text.size(); ++size) {
    EXPECT_EQ(parse_mark(text.substr(0, size)), std::nullopt) << size;
    EXPECT_EQ(parse_mark(text.substr(0, size) + std::string(text.size() - size, '\0')), std::nullopt) << size;
  }
  EXPECT_EQ(parse_mark(R"({"format":"qcow2","virtualBytes":1,"fileBytes":0})"), std::nullopt);
}

}  // namespace
}  // namespace rig::libvirt
