// transfer/http_source_test.cc — against an HTTP server on this machine.
#include "transfer/http_source.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

#include "base/eventually_test.h"
#include "base/text.h"
#include "http/server.h"

namespace rig::transfer {
namespace {

using namespace std::chrono_literals;

class HttpSourceTest : public testing::Test {
 protected:
  void serve(http::Handler handler) { server_ = std::move(*http::Server::start({}, std::move(handler))); }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  Result<std::string> read(const std::string& where, Duration stall_max = 30s, std::size_t enough = SIZE_MAX) {
    auto source = TRY(http_source(where, stall_max));
    std::string all;
    size_ = source->size(call());
    TRY(source->read(
        [&](std::string_view bytes) {
          all += bytes;
          return all.size() < enough;
        },
        call()));
    return all;
  }
  static Call call() { return {std::chrono::steady_clock::now() + 60s, {}, ""}; }

  std::unique_ptr<http::Server> server_;
  std::int64_t size_ = -1;
};

TEST_F(HttpSourceTest, GivesTheBytesAndTheirNumber) {
  const std::string body(3'000'000, 'b');
  serve([&](const http::ServerRequest&, http::Responder& out) { out.send({200, {}, body}); });
  const auto got = read(url("/image"));
  ASSERT_TRUE(got.ok()) << got.error().to_string();
  EXPECT_TRUE(*got == body);
  EXPECT_EQ(size_, 3'000'000);
}

TEST_F(HttpSourceTest, FollowsARedirectAndNotForEver) {
  serve([&](const http::ServerRequest& in, http::Responder& out) {
    if (in.target == "/image") return out.send({200, {}, "bytes"});
    out.send({302, {{"Location", in.target == "/start" ? "/image" : "/loop"}}, ""});
  });
  EXPECT_EQ(*read(url("/start")), "bytes");
  EXPECT_FALSE(read(url("/loop")).ok());
}

TEST_F(HttpSourceTest, SaysWhatTheServerRefused) {
  serve([&](const http::ServerRequest& in, http::Responder& out) {
    out.send({static_cast<int>(*parse_int(in.target.substr(1))), {}, "<html>no</html>"});
  });
  struct Case {
    int status;
    Code code;
  };
  for (const Case& c :
       {Case{401, Code::kPermissionDenied}, Case{403, Code::kPermissionDenied}, Case{404, Code::kNotFound},
        Case{410, Code::kNotFound}, Case{400, Code::kFailedPrecondition}, Case{408, Code::kUnavailable},
        Case{429, Code::kUnavailable}, Case{500, Code::kUnavailable}, Case{503, Code::kUnavailable}}) {
    const auto got = read(url("/" + std::to_string(c.status)));
    ASSERT_FALSE(got.ok()) << c.status;
    EXPECT_EQ(got.error().code(), c.code) << got.error().to_string();
    EXPECT_NE(got.error().message().find(std::to_string(c.status)), std::string::npos);
    EXPECT_EQ(size_, 0);
  }
}

TEST_F(HttpSourceTest, EndsWhenItsReaderHasEnough) {
  serve([&](const http::ServerRequest&, http::Responder& out) {
    out.begin(200, {});
    while (out.write(std::string(100'000, 'x'))) {}
  });
  const auto got = read(url("/"), 30s, 200'000);
  ASSERT_TRUE(got.ok()) << got.error().to_string();
  EXPECT_GE(got->size(), 200'000U);
}

TEST_F(HttpSourceTest, GivesUpOnAServerThatStopsSending) {
  serve([&](const http::ServerRequest& in, http::Responder& out) {
    if (in.method == "HEAD") return out.send({405, {}, ""});
    out.begin(200, {});
    out.write("beginning");
    std::mutex mutex;
    std::condition_variable never;
    std::unique_lock lock(mutex);
    while (out.is_open()) never.wait_for(lock, 10ms);
  });
  const auto got = read(url("/"), 200ms);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().code(), Code::kUnavailable);
  EXPECT_NE(got.error().message().find("stopped sending"), std::string::npos) << got.error().to_string();
}

TEST_F(HttpSourceTest, DoesNotTakeItsReadersTimeForTheServers) {
  const std::string body(3'000'000, 'b');
  serve([&](const http::ServerRequest&, http::Responder& out) { out.send({200, {}, body}); });
  auto source = http_source(url("/"), 50ms).take();
  std::size_t got = 0;
  const Status read = source->read(
      [&](std::string_view bytes) {
        const Time end = std::chrono::steady_clock::now() + (got == 0 ? 200ms : 0ms);
        EXPECT_TRUE(eventually(30s, [&] { return std::chrono::steady_clock::now() >= end; }));
        got += bytes.size();
        return true;
      },
      call());
  EXPECT_TRUE(read.ok()) << read.error().to_string();
  EXPECT_EQ(got, body.size());
}

TEST_F(HttpSourceTest, OfNobodyIsUnavailable) {
  serve([](const http::ServerRequest&, http::Responder& out) { out.send({200, {}, ""}); });
  const std::string gone = url("/");
  server_.reset();
  const auto got = read(gone);
  ASSERT_FALSE(got.ok());
  EXPECT_EQ(got.error().code(), Code::kUnavailable) << got.error().to_string();
}

TEST(HttpSource, TakesOnlyHttpUrls) {
  for (const char* url : {"", "file:///etc/passwd", "ftp://h/x", "/etc/passwd"}) {
    EXPECT_EQ(http_source(url, 1s).error().code(), Code::kInvalidArgument) << url;
  }
}

TEST(HttpSource, IsShownWithoutSecrets) {
  EXPECT_EQ(shown_url("https://u:p@h:8/a@b?token=1#x"), "https://h:8/a@b");
  EXPECT_EQ(shown_url("http://h/a"), "http://h/a");
  EXPECT_EQ(shown_url("http://u@h"), "http://h");
  EXPECT_EQ(shown_url("nothing"), "nothing");
}

}  // namespace
}  // namespace rig::transfer
