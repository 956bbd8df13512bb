// proxmox/properties_test.cc — lists of key=value, and values by rows.
#include "hypervisor/proxmox/properties.h"

#include <gtest/gtest.h>

namespace rig::proxmox {
namespace {

struct Sample {
  std::string file, mode, rate;
  std::optional<bool> flag;
  std::optional<std::int64_t> count, size;
};
constexpr PropertyRow<Sample> kRows[] = {
    {.key = "", .member = &Sample::file, .name = "file"},
    {.key = "mode", .member = &Sample::mode, .choices = "fast|slow"},
    {.key = "rate", .member = &Sample::rate, .form = PropertyForm::kDecimal},
    {.key = "flag", .member = &Sample::flag},
    {.key = "count", .member = &Sample::count, .min = 1, .max = 9},
    {.key = "size", .member = &Sample::size, .form = PropertyForm::kSize, .min = 0},
};

Result<Sample> read(std::string_view text) {
  Sample sample;
  const Properties properties = TRY(split_properties("x0", text));
  TRY(read_values("x0", properties, values_of(kRows, sample)));
  return sample;
}

Result<std::string> rewrite(std::string_view text, void (*change)(Sample&)) {
  Sample sample = TRY(read(text));
  change(sample);
  Properties properties = TRY(split_properties("x0", text));
  TRY(write_values("x0", values_of(kRows, sample), properties));
  return join_properties("x0", properties);
}

TEST(Properties, AreReadByRows) {
  const auto sample = read("st:a,mode=slow,rate=0.5,flag=on,count=9,size=2G,unknown=1");
  ASSERT_TRUE(sample.ok()) << sample.error().to_string();
  EXPECT_EQ(sample->file, "st:a");
  EXPECT_EQ(sample->mode, "slow");
  EXPECT_EQ(sample->rate, "0.5");
  EXPECT_EQ(sample->flag, true);
  EXPECT_EQ(sample->count, 9);
  EXPECT_EQ(sample->size, 2LL << 30);
  EXPECT_EQ(read("file=st:b=c")->file, "st:b=c");
  EXPECT_EQ(read(",, ,")->file, "");
}

TEST(Properties, SayWhatIsWrongAndWhere) {
  struct Case {
    const char* text;
    const char* says;
  };
  const Case cases[] = {
      {"mode=quick", "x0.mode: found 'quick', wanted one of fast, slow"},
      {"rate=1.", "x0.rate: found '1.', wanted a number"},
      {"flag=2", "x0.flag: found '2', wanted 0 or 1"},
      {"count=10", "x0.count: found '10', wanted a whole number of 1 to 9"},
      {"count=x", "x0.count: found 'x', wanted a whole number of 1 to 9"},
      {"size=1X", "x0.size: found '1X', wanted a size such as 32G"},
      {"size=99999999999G", "x0.size: found '99999999999G', wanted a size such as 32G"},
      {"count=", "x0.count: found 'count=', wanted key=value"},
      {"=1", "x0: found '=1', wanted key=value"},
      {"count=1,count=2", "x0.count: found twice in 'count=1,count=2'"},
      {"a,b", "x0: found twice in 'a,b'"},
  };
  for (const Case& c : cases) {
    const auto sample = read(c.text);
    ASSERT_FALSE(sample.ok()) << c.text;
    EXPECT_EQ(sample.error().message(), c.says);
    EXPECT_TRUE(sample.error().is(Code::kDataLoss)) << c.text;
  }
}

TEST(Properties, AreChangedWhereTheValueChangedAndNowhereElse) {
  struct Case {
    const char* text;
    void (*change)(Sample&);
    const char* wanted;
  };
  const Case cases[] = {
      {"u=1,flag=yes,st:a,size=1024M,v=2", [](Sample&) {}, "u=1,flag=yes,st:a,size=1024M,v=2"},
      {"st:a,flag=yes", [](Sample& s) { s.flag = false; }, "st:a,flag=0"},
      {"st:a,u=1,count=3,v=2", [](Sample& s) { s.count.reset(); }, "st:a,u=1,v=2"},
      {"st:a,u=1", [](Sample& s) { s.size = 3LL << 30, s.mode = "fast"; }, "st:a,u=1,mode=fast,size=3G"},
      {"file=st:a,u=1", [](Sample& s) { s.file = "st:b"; }, "file=st:b,u=1"},
      {"u=1", [](Sample& s) { s.file = "st:b"; }, "st:b,u=1"},
  };
  for (const Case& c : cases) {
    const auto text = rewrite(c.text, c.change);
    ASSERT_TRUE(text.ok()) << c.text << ": " << text.error().to_string();
    EXPECT_EQ(*text, c.wanted) << c.text;
  }
}

TEST(Properties, AreNotWrittenWhenProxmoxWouldRefuseThem) {
  struct Case {
    void (*change)(Sample&);
    const char* says;
  };
  const Case cases[] = {
      {[](Sample& s) { s.file = "a,b"; }, "x0: 'a,b' cannot stand"},
      {[](Sample& s) { s.file = "a\nb"; }, "x0: 'a\nb' cannot stand"},
      {[](Sample& s) { s.file = "a=b"; }, "x0: 'a=b' cannot stand"},
      {[](Sample& s) { s.mode = "quick"; }, "x0.mode: 'quick', wanted one of fast, slow"},
      {[](Sample& s) { s.count = 0; }, "x0.count: '0', wanted a whole number of 1 to 9"},
      {[](Sample& s) { s.rate = "fast"; }, "x0.rate: 'fast', wanted a number"},
      {[](Sample& s) { s.size = -1; }, "x0.size: '-1', wanted a size such as 32G"},
  };
  for (const Case& c : cases) {
    const auto text = rewrite("", c.change);
    ASSERT_FALSE(text.ok()) << c.says;
    EXPECT_TRUE(text.error().message().starts_with(c.says)) << text.error().message();
    EXPECT_TRUE(text.error().is(Code::kInvalidArgument));
  }
}

}  // namespace
}  // namespace rig::proxmox
