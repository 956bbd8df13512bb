// kube/transport_test.cc — what each answer of an API server means to a caller.
#include "kube/transport.h"

#include <gtest/gtest.h>

namespace rig::kube {
namespace {

using namespace std::chrono_literals;

json::Value parsed(std::string_view text) { return json::parse(text).take(); }

TEST(Transport, ReadsEveryAnswerAsOneCode) {
  struct Case {
    const char* name;
    const char* status;
    int http_status;
    Code want;
  };
  const Case cases[] = {
      {"not found", R"({"reason":"NotFound","code":404,"message":"m"})", 404, Code::kNotFound},
      {"exists", R"({"reason":"AlreadyExists","code":409,"message":"m"})", 409, Code::kAlreadyExists},
      {"write conflict", R"({"reason":"Conflict","code":409,"message":"m"})", 409, Code::kAborted},
      {"expired", R"({"reason":"Expired","code":410,"message":"m"})", 410, Code::kOutOfRange},
      {"gone", R"({"reason":"Gone","code":410,"message":"m"})", 410, Code::kOutOfRange},
      {"invalid", R"({"reason":"Invalid","code":422,"message":"m"})", 422, Code::kInvalidArgument},
      {"bad request", R"({"reason":"BadRequest","code":400,"message":"m"})", 400, Code::kInvalidArgument},
      {"media type", R"({"reason":"UnsupportedMediaType","code":415,"message":"m"})", 415, Code::kInvalidArgument},
      {"method", R"({"reason":"MethodNotAllowed","code":405,"message":"m"})", 405, Code::kUnimplemented},
      {"who are you", R"({"reason":"Unauthorized","code":401,"message":"m"})", 401, Code::kUnauthenticated},
      {"forbidden", R"({"reason":"Forbidden","code":403,"message":"m"})", 403, Code::kPermissionDenied},
      {"slow down", R"({"reason":"TooManyRequests","code":429,"message":"m"})", 429, Code::kResourceExhausted},
      {"version of the future", R"({"reason":"Timeout","code":504,"message":"m"})", 504, Code::kUnavailable},
      {"internal", R"({"reason":"InternalError","code":500,"message":"m"})", 500, Code::kUnavailable},
      {"a reason we do not know", R"({"reason":"BrandNew","code":418,"message":"m"})", 418, Code::kInvalidArgument},
      {"only the code inside", R"({"code":410,"message":"m"})", 0, Code::kOutOfRange},
      {"a proxy's page", "null", 502, Code::kUnavailable},
      {"a plain 404", "null", 404, Code::kNotFound},
      {"a plain 409", "null", 409, Code::kAborted},
      {"a plain 413", "null", 413, Code::kInvalidArgument},
      {"nothing at all", "null", 0, Code::kUnknown},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Error error = error_from_status(parsed(c.status), c.http_status);
    EXPECT_EQ(error.code(), c.want) << error.to_string();
    EXPECT_NE(error.message(), "");
  }
}

TEST(Transport, KeepsTheServersMessageItsPatienceAndItsCauses) {
  const json::Value status = parsed(
      R"({"reason":"TooManyRequests","message":"too many","details":{"retryAfterSeconds":7,"causes":[{"field":"a"}]}})");
  const Error error = error_from_status(status, 429);
  EXPECT_EQ(error.message(), "too many");
  EXPECT_EQ(error.retry_after(), Duration(7s));
  ASSERT_NE(status_in(error), nullptr);
  EXPECT_EQ(*status_in(error), status);
  EXPECT_EQ(status_in(Error(Code::kUnavailable, "refused")), nullptr);
}

TEST(Transport, FindsTheErrorInAWatchEvent) {
  const auto error =
      watch_error(parsed(R"({"type":"ERROR","object":{"code":410,"reason":"Expired","message":"old"}})"));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code(), Code::kOutOfRange);
  EXPECT_FALSE(watch_error(parsed(R"({"type":"ADDED","object":{"kind":"Status"}})")));
}

}  // namespace
}  // namespace rig::kube
