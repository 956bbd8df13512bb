// http/gzip_test.cc — gzip against zlib, and who is given it.
#include "http/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

namespace rig::http {
namespace {

TEST(Gzip, IsReadBackByZlib) {
  for (const std::string& text : {std::string(), std::string("short"), std::string(300'000, 'x')}) {
    const std::string packed = gzip(text);
    std::string out(text.size() + 1, '\0');
    z_stream stream{};
    ASSERT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    EXPECT_EQ(out, text);
  }
}

TEST(Gzip, IsUsedForThoseWhoNameIt) {
  for (const char* yes : {"gzip", "deflate, gzip", "GZIP;q=0.5", "gzip;q=1.0, identity"})
    EXPECT_TRUE(accepts_gzip(yes)) << yes;
  for (const char* no : {"", "*", "deflate", "gzip;q=0", "gzip; q=0.0", "xgzip"}) EXPECT_FALSE(accepts_gzip(no)) << no;
}

}  // namespace
}  // namespace rig::http
