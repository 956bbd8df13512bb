// proxmox/size_test.cc — sizes there and back.
#include "hypervisor/proxmox/size.h"

#include <gtest/gtest.h>

#include <limits>

namespace rig::proxmox {
namespace {

TEST(Size, IsReadAsProxmoxReadsIt) {
  struct Case {
    const char* text;
    std::int64_t bytes;
  };
  const Case cases[] = {
      {"0", 0},
      {"1", 1},
      {"528K", 540672},
      {"4M", 4194304},
      {"64M", 67108864},
      {"1G", 1LL << 30},
      {"1.5G", 1610612736},
      {"0.0001K", 0},
      {"0.5", 0},
      {"2T", 2LL << 40},
      {"1.000000000000000000999T", 1LL << 40},
      {"9223372036854775807", std::numeric_limits<std::int64_t>::max()},
      {"8388607.999999T", 9223372036853676296},
  };
  for (const Case& c : cases) {
    const auto bytes = parse_size(c.text);
    ASSERT_TRUE(bytes.ok()) << c.text << ": " << bytes.error().to_string();
    EXPECT_EQ(*bytes, c.bytes) << c.text;
  }
}

TEST(Size, IsRefusedWhenItIsNone) {
  for (const char* text : {"", "G", "1g", "1GiB", "-1G", "+1G", "1.G", ".5G", "1.2.3G", "1 G", "1P", "0x10"}) {
    const auto bytes = parse_size(text);
    ASSERT_FALSE(bytes.ok()) << text;
    EXPECT_TRUE(bytes.error().is(Code::kInvalidArgument)) << bytes.error().to_string();
  }
  for (const char* text : {"8388608T", "9223372036854775808", "99999999999999999999G"}) {
    const auto bytes = parse_size(text);
    ASSERT_FALSE(bytes.ok()) << text;
    EXPECT_TRUE(bytes.error().is(Code::kOutOfRange)) << bytes.error().to_string();
  }
}

TEST(Size, IsWrittenInTheLargestWholeUnit) {
  EXPECT_EQ(format_size(0), "0");
  EXPECT_EQ(format_size(1025), "1025");
  EXPECT_EQ(format_size(1536), "1536");
  EXPECT_EQ(format_size(1610612736), "1536M");
  EXPECT_EQ(format_size(32LL << 30), "32G");
  EXPECT_EQ(format_size(1LL << 40), "1T");
  EXPECT_EQ(format_size(1LL << 50), "1024T");
}

TEST(Size, ComesBackAsItWas) {
  for (std::int64_t step = 1; step < std::numeric_limits<std::int64_t>::max() / 7; step *= 7) {
    for (const std::int64_t bytes : {step - 1, step, step / 1024 * 1024, step / 3}) {
      const auto again = parse_size(format_size(bytes));
      ASSERT_TRUE(again.ok()) << format_size(bytes);
      EXPECT_EQ(*again, bytes);
    }
  }
}

}  // namespace
}  // namespace rig::proxmox
