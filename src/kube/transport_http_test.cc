// kube/transport_http_test.cc — requests and watches over a client that answers from a script.
#include "kube/transport_http.h"

#include <gtest/gtest.h>

#include "kube/limits.h"

namespace rig::kube {
namespace {

using namespace std::chrono_literals;

// What one exchange answers, and what was asked for.
struct Script {
  Result<http::Reply> reply = http::Reply{.status = 200, .headers = {}, .body = "{}"};
  std::vector<std::string> chunks;  // of a stream
  http::Request asked;
  std::size_t chunks_taken = 0;
};

class ScriptedClient final : public http::Client {
 public:
  explicit ScriptedClient(Script& script) : script_(script) {}
  Result<http::Reply> send(const http::Request& request, const Call&) override {
    script_.asked = request;
    return script_.reply;
  }
  Result<http::Reply> stream(const http::Request& request, const Call&,
                             const std::function<bool(std::string_view)>& on_bytes) override {
    script_.asked = request;
    for (const std::string& chunk : script_.chunks) {
      ++script_.chunks_taken;
      if (!on_bytes(chunk)) break;
    }
    return script_.reply;
  }
  Result<http::Reply> upload(const http::Request&, std::int64_t, const http::ReadBody&, const Call&) override {
    return Error(Code::kUnimplemented, "no");
  }
  Result<std::unique_ptr<ByteStream>> upgrade(const http::Request&, std::string_view, const Call&) override {
    return Error(Code::kUnimplemented, "no");
  }

 private:
  Script& script_;
};

class HttpTransportTest : public ::testing::Test {
 protected:
  Code code_of_reply(int status, std::string body) {
    script_.reply = http::Reply{.status = status, .headers = {}, .body = std::move(body)};
    const auto answer = transport_->send(Request{.path = "/api"}, {});
    return answer.ok() ? Code::kUnknown : answer.error().code();
  }
  Status watch() {
    return transport_->stream(Request{.path = "/api"}, {}, [this](json::Value v) {
      events_.push_back(json::to_text(v));
      return events_.size() < stop_after_;
    });
  }

  Script script_;
  Result<std::string> token_ = std::string("t1");
  std::unique_ptr<Transport> transport_ =
      http_transport(std::make_unique<ScriptedClient>(script_), [this](std::string_view refused) {
        refused_ = refused;
        return token_;
      });
  std::string refused_;
  std::vector<std::string> events_;
  std::size_t stop_after_ = 100;
};

TEST_F(HttpTransportTest, SendsTypesAndTheTokenOfTheMoment) {
  ASSERT_TRUE(transport_->send(Request{.method = "PUT", .path = "/a b", .content_type = "x/y", .body = "z"}, {}).ok());
  EXPECT_EQ(script_.asked.method + " " + script_.asked.target + " " + script_.asked.body, "PUT /a%20b z");
  EXPECT_EQ(script_.asked.headers,
            (http::Headers{{"Accept", "application/json"}, {"Content-Type", "x/y"}, {"Authorization", "Bearer t1"}}));
  token_ = std::string();
  ASSERT_TRUE(transport_->send(Request{.path = "/"}, {}).ok());
  EXPECT_EQ(script_.asked.headers, (http::Headers{{"Accept", "application/json"}}));
}

TEST_F(HttpTransportTest, SendsNothingWithoutItsToken) {
  token_ = Error(Code::kNotFound, "no such file");
  EXPECT_FALSE(transport_->send(Request{.path = "/"}, {}).ok());
  EXPECT_EQ(script_.asked.target, "");
}

TEST_F(HttpTransportTest, TellsWhichTokenTheServerRefused) {
  EXPECT_EQ(code_of_reply(403, ""), Code::kPermissionDenied);
  EXPECT_EQ(code_of_reply(401, ""), Code::kUnauthenticated);
  EXPECT_EQ(refused_, "");
  token_ = std::string("t2");
  EXPECT_EQ(code_of_reply(200, "{}"), Code::kUnknown);
  EXPECT_EQ(refused_, "t1");
}

TEST_F(HttpTransportTest, ReadsAnswersThatAreNoStatusByTheirHttpCode) {
  EXPECT_EQ(code_of_reply(404, R"({"kind":"Status","reason":"NotFound","message":"m"})"), Code::kNotFound);
  EXPECT_EQ(code_of_reply(502, "<html>Bad Gateway"), Code::kUnavailable);
  EXPECT_EQ(code_of_reply(401, ""), Code::kUnauthenticated);
  EXPECT_EQ(code_of_reply(409, R"({"reason":"AlreadyExists"})"), Code::kAborted) << "not a Status";
  EXPECT_EQ(code_of_reply(200, "<html>"), Code::kUnavailable);
  script_.reply = http::Reply{.status = 200, .headers = {}, .body = ""};
  EXPECT_TRUE(transport_->send(Request{.path = "/"}, {}).ok());
}

TEST_F(HttpTransportTest, TakesTheServersPatienceFromTheHeaderToo) {
  script_.reply = http::Reply{.status = 503, .headers = {{"Retry-After", "3"}}, .body = "busy"};
  EXPECT_EQ(transport_->send(Request{.path = "/"}, {}).error().retry_after(), Duration(3s));
}

TEST_F(HttpTransportTest, PassesOnThatThereWasNoAnswer) {
  script_.reply = Error(Code::kUnavailable, "refused");
  EXPECT_EQ(transport_->send(Request{.path = "/"}, {}).error().message(), "refused");
  EXPECT_EQ(watch().error().message(), "refused");
}

TEST_F(HttpTransportTest, PutsLinesTogetherHoweverTheyArrive) {
  const std::string bytes = "{\"a\":1}\n\n{\"a\":2}\n{\"a\":3}\n";
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    SCOPED_TRACE(size);
    script_.chunks.clear();
    events_.clear();
    for (std::size_t i = 0; i < bytes.size(); i += size) script_.chunks.push_back(bytes.substr(i, size));
    EXPECT_TRUE(watch().ok());
    EXPECT_EQ(events_, (std::vector<std::string>{R"({"a":1})", R"({"a":2})", R"({"a":3})"}));
  }
}

TEST_F(HttpTransportTest, LeavesOutALineThatWasCutOff) {
  script_.chunks = {"{\"a\":1}\n{\"a\""};
  EXPECT_TRUE(watch().ok());
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(HttpTransportTest, EndsAWatchWhenNobodyListensAnyLonger) {
  stop_after_ = 1;
  script_.chunks = {"{}\n{}\n", "{}\n"};
  EXPECT_TRUE(watch().ok());
  EXPECT_EQ(events_.size(), 1U);
  EXPECT_EQ(script_.chunks_taken, 1U);
}

TEST_F(HttpTransportTest, TurnsAnErrorEventIntoTheErrorOfTheWatch) {
  script_.chunks = {"{\"type\":\"ADDED\"}\n",
                    R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"old"}})"
                    "\n"};
  EXPECT_EQ(watch().error().code(), Code::kOutOfRange);
  EXPECT_EQ(events_.size(), 1U);
}

TEST_F(HttpTransportTest, RefusesEventsThatAreNoJsonOrTooLong) {
  script_.chunks = {"{]\n"};
  EXPECT_EQ(watch().error().code(), Code::kUnavailable);
  script_.chunks = {std::string(limits::kWatchLineBytesMax, ' '), " "};
  EXPECT_EQ(watch().error().code(), Code::kResourceExhausted);
}

TEST_F(HttpTransportTest, ReadsARefusedWatch) {
  script_.reply = http::Reply{.status = 403, .headers = {}, .body = R"({"kind":"Status","reason":"Forbidden"})"};
  EXPECT_EQ(watch().error().code(), Code::kPermissionDenied);
}

}  // namespace
}  // namespace rig::kube
