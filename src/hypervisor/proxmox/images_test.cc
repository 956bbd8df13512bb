// proxmox/images_test.cc — what a downloaded file is called.
#include "hypervisor/proxmox/images.h"

#include <gtest/gtest.h>

namespace rig::proxmox {
namespace {

TEST(ImageFile, IsNamedForItsKeyAndEndsAsItsFormat) {
  struct Case {
    const char *format, *url, *name;  // name "": refused
  };
  const Case cases[] = {
      {"", "https://x/debian.qcow2", "virtrigaud-k.qcow2"},
      {"", "https://x/ubuntu.img", "virtrigaud-k.qcow2"},
      {"", "https://x/a.raw?sig=b.c", "virtrigaud-k.raw"},
      {"raw", "https://x/a.img", "virtrigaud-k.raw"},
      {"VMDK", "https://x/a", "virtrigaud-k.vmdk"},
      {"", "https://x/noending", "virtrigaud-k.qcow2"},
      {"vhdx", "https://x/a.vhdx", ""},
  };
  for (const Case& c : cases) {
    provider::ImageRequest request;
    request.key = "k";
    request.format = c.format;
    request.url = c.url;
    const auto name = image_file_name(request);
    EXPECT_EQ(name.ok() ? *name : "", c.name) << c.url;
    EXPECT_TRUE(name.ok() || name.error().is(Code::kInvalidArgument));
  }
}

}  // namespace
}  // namespace rig::proxmox
