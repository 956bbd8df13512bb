// api/quantity_test.cc — what quantities mean.
#include "api/quantity.h"

#include <gtest/gtest.h>

namespace rig::api {
namespace {

TEST(Quantity, IsReadAsAWholeNumber) {
  struct Case {
    const char* text;
    std::int64_t value;
  };
  const Case cases[] = {
      {"0", 0},
      {"1", 1},
      {"+1", 1},
      {"-1", -1},
      {"4Gi", 4294967296},
      {"1.5Gi", 1610612736},
      {"0.5Ki", 512},
      {".5Ki", 512},
      {"1.", 1},
      {"1.5G", 1500000000},
      {"1k", 1000},
      {"2e3", 2000},
      {"2E3", 2000},
      {"2E+3", 2000},
      {"1500e-3", 2},
      {"1E", 1000000000000000000},
      {"7Ei", 8070450532247928832},
      {"500m", 1},
      {"1000m", 1},
      {"1001m", 2},
      {"-500m", -1},
      {"0.1k", 100},
      {"0.0001Ki", 1},
      {"1n", 1},
      {"1000000u", 1},
      {"0e999", 0},
      {"1e-999", 1},
      {"9223372036854775807", INT64_MAX},
      {"-9223372036854775807", -INT64_MAX},
      {"0000000000000000000000000000001", 1},
      {"1.00000000000000000000000000000", 1},
      {"1.00000000000000000000000000001", 2},
  };
  for (const Case& c : cases) {
    const Result<std::int64_t> value = to_integer({c.text});
    ASSERT_TRUE(value.ok()) << c.text << ": " << value.error().to_string();
    EXPECT_EQ(*value, c.value) << c.text;
  }
}

TEST(Quantity, IsRefusedWhenItIsNone) {
  struct Case {
    const char* text;
    Code code;
  };
  const Case cases[] = {
      {"", Code::kInvalidArgument},
      {"Gi", Code::kInvalidArgument},
      {"4 Gi", Code::kInvalidArgument},
      {"4GB", Code::kInvalidArgument},
      {"4gi", Code::kInvalidArgument},
      {"1.2.3", Code::kInvalidArgument},
      {"--1", Code::kInvalidArgument},
      {"1e", Code::kInvalidArgument},
      {"1e1.5", Code::kInvalidArgument},
      {".", Code::kInvalidArgument},
      {"1e99999", Code::kInvalidArgument},
      {"1e--5", Code::kInvalidArgument},
      {"1e+-5", Code::kInvalidArgument},
      {"0x10", Code::kInvalidArgument},
      {"8Ei", Code::kOutOfRange},
      {"10E", Code::kOutOfRange},
      {"1e19", Code::kOutOfRange},
      {"1e999", Code::kOutOfRange},
      {"9223372036854775808", Code::kOutOfRange},
      {"99999999999999999999999999999999999999999999", Code::kOutOfRange},
  };
  for (const Case& c : cases) {
    const Result<std::int64_t> value = to_integer({c.text});
    ASSERT_FALSE(value.ok()) << c.text;
    EXPECT_EQ(value.error().code(), c.code) << c.text;
  }
}

TEST(Quantity, IsWrittenWithTheLargestSuffixThatIsExact) {
  struct Case {
    std::int64_t value;
    const char* text;
  };
  const Case cases[] = {
      {0, "0"},        {1, "1"},           {1023, "1023"},
      {1024, "1Ki"},   {1536, "1536"},     {4294967296, "4Gi"},
      {-2048, "-2Ki"}, {1LL << 60, "1Ei"}, {INT64_MAX, "9223372036854775807"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(binary_quantity(c.value).text, c.text);
    EXPECT_EQ(*to_integer(binary_quantity(c.value)), c.value);
  }
}

}  // namespace
}  // namespace rig::api
