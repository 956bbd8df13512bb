// base/result_test.cc — errors carry their context outwards; TRY stops at the first.
#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace rig {
namespace {

Result<std::unique_ptr<int>> make(int n) {
  if (n < 0) return Error(Code::kInvalidArgument, "n is negative");
  return std::make_unique<int>(n);
}
Status touch(int n) {
  if (n == 7) return Error(Code::kUnavailable, "host is rebooting").with_hint("Retry in a minute.");
  return {};
}
Result<int> use(int n) {
  const auto p = TRY(make(n).context("make thing"));
  TRY(touch(*p).context("touch thing"));
  return *p + 1;
}

TEST(Result, TryGoesOnWithTheValueAndStopsAtTheError) {
  EXPECT_EQ(*use(1), 2);
  EXPECT_EQ(use(-1).error().to_string(), "make thing: n is negative (INVALID_ARGUMENT)");
  EXPECT_EQ(use(7).error().to_string(), "touch thing: host is rebooting (UNAVAILABLE). Retry in a minute.");
}

TEST(Error, ContextIsReadFromTheOutsideIn) {
  const Error error = Error(Code::kNotFound, "no such volume").with_context("resize").with_context("vm default/web");
  EXPECT_EQ(error.to_string(), "vm default/web: resize: no such volume (NOT_FOUND)");
}

TEST(Error, ACopyIsItsOwn) {
  const Error first(Code::kAborted, "conflict");
  const Error second = Error(first).with_context("save").with_retry_after(std::chrono::seconds(3));
  EXPECT_EQ(first.to_string(), "conflict (ABORTED)");
  EXPECT_FALSE(first.retry_after().has_value());
  EXPECT_EQ(second.to_string(), "save: conflict (ABORTED)");
  EXPECT_EQ(second.retry_after(), std::chrono::seconds(3));
}

TEST(Error, CarriesADetailThroughCopiesAndContexts) {
  struct Detail final : ErrorDetail {
    int status = 410;
  };
  const Error error =
      Error(Error(Code::kOutOfRange, "gone").with_detail(std::make_shared<Detail>())).with_context("list");
  const Error copy = error;
  ASSERT_NE(dynamic_cast<const Detail*>(copy.detail()), nullptr);
  EXPECT_EQ(static_cast<const Detail*>(copy.detail())->status, 410);
  EXPECT_EQ(Error(Code::kAborted, "conflict").detail(), nullptr);
}

TEST(Code, EachHasItsNameAndItsRemedy) {
  struct Case {
    Code code;
    std::string_view name;
    Remedy remedy;
  };
  const Case cases[] = {
      {Code::kCancelled, "CANCELLED", Remedy::kRetry},
      {Code::kUnknown, "UNKNOWN", Remedy::kBug},
      {Code::kInvalidArgument, "INVALID_ARGUMENT", Remedy::kUserFix},
      {Code::kDeadlineExceeded, "DEADLINE_EXCEEDED", Remedy::kRetry},
      {Code::kNotFound, "NOT_FOUND", Remedy::kUserFix},
      {Code::kAlreadyExists, "ALREADY_EXISTS", Remedy::kUserFix},
      {Code::kPermissionDenied, "PERMISSION_DENIED", Remedy::kUserFix},
      {Code::kResourceExhausted, "RESOURCE_EXHAUSTED", Remedy::kRetry},
      {Code::kFailedPrecondition, "FAILED_PRECONDITION", Remedy::kUserFix},
      {Code::kAborted, "ABORTED", Remedy::kReread},
      {Code::kOutOfRange, "OUT_OF_RANGE", Remedy::kUserFix},
      {Code::kUnimplemented, "UNIMPLEMENTED", Remedy::kUserFix},
      {Code::kInternal, "INTERNAL", Remedy::kBug},
      {Code::kUnavailable, "UNAVAILABLE", Remedy::kRetry},
      {Code::kDataLoss, "DATA_LOSS", Remedy::kBug},
      {Code::kUnauthenticated, "UNAUTHENTICATED", Remedy::kUserFix},
  };
  int number = 1;
  for (const Case& c : cases) {
    EXPECT_EQ(static_cast<int>(c.code), number++);  // gRPC's numbers, without a gap
    EXPECT_EQ(to_string(c.code), c.name);
    EXPECT_EQ(remedy(c.code), c.remedy) << c.name;
  }
}

}  // namespace
}  // namespace rig
