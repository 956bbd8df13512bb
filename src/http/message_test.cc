// http/message_test.cc — requests cut in every way, malformed ones, heads of replies.
#include "http/message.h"

#include <gtest/gtest.h>

namespace rig::http {
namespace {

constexpr std::size_t kHeaderMax = 512, kBodyMax = 64;
using State = RequestParser::State;

struct Case {
  const char* name;
  std::string bytes;
  int status;  // 0: a request
};
const std::vector<Case> kCases = {
    {"simple", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"any method", "BREW /a HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"old version needs no host", "GET /a HTTP/1.0\r\n\r\n", 0},
    {"bytes above ASCII in the target", "GET /\xC3\xA9 HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"body", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 0},
    {"chunks", "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 0},
    {"no chunks", "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", 0},
    {"chunk extension and trailer",
     "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nA;b=c\r\n0123456789\r\n0;x\r\nT: u\r\n\r\n", 0},
    {"empty lines before it", "\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", 0},
    {"empty header", "GET /a HTTP/1.1\r\nHost:\r\n\r\n", 0},
    {"longest body", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 64\r\n\r\n" + std::string(64, 'x'), 0},
    {"body one too long", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 65\r\n\r\n", 413},
    {"chunks too long", "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n41\r\n" + std::string(65, 'x'),
     413},
    {"header too long", "GET /a HTTP/1.1\r\nHost: x\r\nA: " + std::string(kHeaderMax, 'x'), 431},
    {"chunk line too long",
     "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;" + std::string(2 * kHeaderMax, 'x'), 431},
    {"no host", "GET /a HTTP/1.1\r\n\r\n", 400},
    {"two hosts", "GET /a HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
    {"no version", "GET /a\r\n\r\n", 400},
    {"version of tomorrow", "GET /a HTTP/9.1\r\nHost: x\r\n\r\n", 400},
    {"blank in target", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    {"TLS hello", "\x16\x03\x01\x02\x01\x01\r\n\r\n", 400},
    {"rubbish", std::string("\0\xFF\r\n\r\n", 6), 400},
    {"length that is no number", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
    {"two lengths", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
    {"chunk size that is no number", "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
    {"chunk longer than it says", "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n", 400},
    {"length and chunks", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"chunks within chunks", "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400},
    {"chunks in an old version", "PUT /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
    {"two equal lengths", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 400},
    {"length beyond 64 bits", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
    {"length with a sign", "PUT /a HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\n", 400},
    {"folded header", "GET /a HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", 400},
    {"bare line feed", "GET /a HTTP/1.1\nHost: x\r\n\r\n", 400},
    {"line feed within a header", "GET /a HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n", 400},
    {"blank before the colon", "GET /a HTTP/1.1\r\nHost : x\r\n\r\n", 400},
    {"trailers too long",
     "PUT /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + std::string(300, 'x') +
         "\r\nB: " + std::string(300, 'x') + "\r\n\r\n",
     431},
    {"header without a name", "GET /a HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
    {"unknown expectation", "GET /a HTTP/1.1\r\nHost: x\r\nExpect: nothing\r\n\r\n", 417},
};

// Whether bytes come all at once or one by one, the answer is the same.
TEST(RequestParser, ReadsOrRefusesEachCaseHoweverItIsCut) {
  for (const Case& c : kCases) {
    for (const std::size_t piece : {c.bytes.size(), std::size_t{1}, std::size_t{7}}) {
      RequestParser parser(kHeaderMax, kBodyMax);
      State state = State::kMore;
      for (std::size_t at = 0; at < c.bytes.size() && state == State::kMore; at += piece) {
        state = parser.add(std::string_view(c.bytes).substr(at, piece));
      }
      EXPECT_EQ(state, c.status == 0 ? State::kDone : State::kRefused) << c.name;
      if (state == State::kRefused) {
        EXPECT_EQ(parser.refusal().status, c.status) << c.name << ": " << parser.refusal().why;
      }
    }
  }
}

TEST(RequestParser, YieldsRequestsThatCameTogetherOneAfterAnother) {
  RequestParser parser(kHeaderMax, kBodyMax);
  ASSERT_EQ(
      parser.add(
          "PUT /1 HTTP/1.1\r\nHost: x\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhiGET /2 HTTP/1.1\r\nHost: x\r\n\r\n"),
      State::kDone);
  const ServerRequest first = parser.take();
  EXPECT_EQ(first.method, "PUT");
  EXPECT_EQ(first.target, "/1");
  EXPECT_EQ(first.header("x-a"), "b");
  EXPECT_EQ(first.body, "hi");
  EXPECT_TRUE(parser.has_begun());
  ASSERT_EQ(parser.add({}), State::kDone);
  EXPECT_EQ(parser.take().target, "/2");
  EXPECT_FALSE(parser.has_begun());
}

TEST(RequestParser, ReadsTargetsAndHeaderValuesOfAnyLengthWithinItsLimit) {
  const std::string longest(500'000, 'x');  // past every 16-bit length
  RequestParser parser(1U << 20, kBodyMax);
  ASSERT_EQ(parser.add("GET /" + longest + " HTTP/1.1\r\nHost: x\r\nA: " + longest + "\r\n\r\n"), State::kDone);
  const ServerRequest request = parser.take();
  EXPECT_EQ(request.target.size(), longest.size() + 1);
  EXPECT_EQ(request.header("A"), longest);
}

TEST(RequestParser, SaysWhetherTheConnectionStays) {
  const std::vector<std::pair<std::string, bool>> cases = {
      {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
      {"GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade, Close\r\n\r\n", false},
      {"GET / HTTP/1.0\r\n\r\n", false},
      {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
  };
  for (const auto& [bytes, wanted] : cases) {
    RequestParser parser(kHeaderMax, kBodyMax);
    ASSERT_EQ(parser.add(bytes), State::kDone);
    EXPECT_EQ(parser.keeps_alive(), wanted) << bytes;
  }
}

TEST(RequestParser, KeepsWhatFollowsAnUpgrade) {
  RequestParser parser(kHeaderMax, kBodyMax);
  ASSERT_EQ(parser.add("GET /c HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n\x01\x02"),
            State::kDone);
  (void)parser.take();
  EXPECT_EQ(parser.take_rest(), "\x01\x02");
}

TEST(RequestParser, AsksOnceForABodyThatIsHeldBack) {
  RequestParser parser(kHeaderMax, kBodyMax);
  ASSERT_EQ(parser.add("PUT /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"),
            State::kMore);
  EXPECT_TRUE(parser.wants_continue());
  EXPECT_FALSE(parser.wants_continue());
  EXPECT_EQ(parser.add("x"), State::kDone);
}

TEST(ReplyHead, NeverLetsAValueBeginAnotherHeader) {
  const std::string head = reply_head(200, {{"Warning", "299 - \"a\r\nSet-Cookie: x\""}}, Framing::kLength, 2, true);
  EXPECT_NE(head.find("Warning: 299 - \"a  Set-Cookie: x\"\r\n"), std::string::npos) << head;
  EXPECT_NE(head.find("Content-Length: 2\r\n"), std::string::npos);
  EXPECT_EQ(head.find("Connection:"), std::string::npos);
}

TEST(ReplyHead, SaysHowTheBodyEnds) {
  EXPECT_EQ(reply_head(304, {}, Framing::kLength, 0, true).find("Content-Length"), std::string::npos);
  EXPECT_NE(reply_head(200, {}, Framing::kChunked, 0, true).find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_NE(reply_head(404, {}, Framing::kLength, 0, false).find("HTTP/1.1 404 Not Found\r\n"), std::string::npos);
  EXPECT_TRUE(reply_head(404, {}, Framing::kLength, 0, false, "no\r\nX: y").starts_with("HTTP/1.1 404 no  X: y\r\n"));
  EXPECT_NE(reply_head(404, {}, Framing::kLength, 0, false).find("Connection: close\r\n"), std::string::npos);
}

}  // namespace
}  // namespace rig::http
