// base/result.h — what a function that can fail returns: Error, Result<T>, Status, and TRY.
//
// A function that can fail for a reason outside this program returns Result<T>.
// A broken invariant inside this program is not an Error: it is CHECK (base/check.h).
// Codes are the 16 canonical codes with gRPC's numbers, so a code crosses the wire unchanged.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace rig {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::time_point<std::chrono::steady_clock, Duration>;      // deadlines, delays, leases
using WallTime = std::chrono::time_point<std::chrono::system_clock, Duration>;  // what is stored or shown

enum class Code : std::uint8_t {
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

std::string_view to_string(Code code);

// What the caller may do about it. Derived from the code, never stored: one table, one meaning.
enum class Remedy : std::uint8_t {
  kRetry,    // the same call may succeed later: kUnavailable, kDeadlineExceeded, kResourceExhausted, kCancelled
  kReread,   // read again, then decide again: kAborted (write conflict)
  kUserFix,  // only a changed spec, credential or host can help
  kBug,      // ours: kInternal, kUnknown, kDataLoss
};
Remedy remedy(Code code);

// What one room wants to carry through others along with an Error (the API server: its Status). Others ignore it.
struct ErrorDetail {
  ErrorDetail() = default;
  ErrorDetail(const ErrorDetail&) = default;
  ErrorDetail& operator=(const ErrorDetail&) = default;
  virtual ~ErrorDetail() = default;
};

// Error is a code, a message for a person, an optional hint saying what to do next, and the
// chain of what was being attempted (outermost first). Cheap to move; not changed once built.
class [[nodiscard]] Error {
 public:
  Error(Code code, std::string message) : rep_(new Rep{code, std::move(message), {}, {}, {}, {}}) {}
  Error(const Error& other) : rep_(new Rep(*other.rep_)) {}
  Error(Error&&) noexcept = default;
  Error& operator=(Error other) noexcept {
    rep_ = std::move(other.rep_);
    return *this;
  }
  ~Error() = default;

  Code code() const { return rep_->code; }
  const std::string& message() const { return rep_->message; }
  const std::string& hint() const { return rep_->hint; }
  std::optional<Duration> retry_after() const { return rep_->retry_after; }
  bool is(Code code) const { return rep_->code == code; }

  Error with_hint(std::string hint) && {
    rep_->hint = std::move(hint);
    return std::move(*this);
  }
  Error with_retry_after(Duration d) && {
    rep_->retry_after = d;
    return std::move(*this);
  }
  Error with_context(std::string_view doing) &&;
  Error with_detail(std::shared_ptr<const ErrorDetail> detail) && {
    rep_->detail = std::move(detail);
    return std::move(*this);
  }
  const ErrorDetail* detail() const { return rep_->detail.get(); }

  std::string to_string() const;  // "<context>: <message> (<code>). <hint>"

 private:
  struct Rep {
    Code code;
    std::string message;
    std::string hint;
    std::string context;
    std::optional<Duration> retry_after;
    std::shared_ptr<const ErrorDetail> detail;
  };
  std::unique_ptr<Rep> rep_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit by design
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}  // NOLINT: implicit by design

  bool ok() const { return v_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return std::get<0>(v_); }
  const T& operator*() const& { return std::get<0>(v_); }
  T&& operator*() && { return std::get<0>(std::move(v_)); }
  T* operator->() { return &std::get<0>(v_); }
  const T* operator->() const { return &std::get<0>(v_); }
  const Error& error() const { return std::get<1>(v_); }
  T take() { return std::get<0>(std::move(v_)); }
  Error take_error() { return std::get<1>(std::move(v_)); }

  Result context(std::string_view doing) && {
    if (!ok()) return take_error().with_context(doing);
    return std::move(*this);
  }

 private:
  std::variant<T, Error> v_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : e_(std::move(error)) {}  // NOLINT: implicit by design
  bool ok() const { return !e_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const { return *e_; }
  void take() const {}
  Error take_error() { return std::move(*e_); }
  Result context(std::string_view doing) && {
    if (!ok()) return take_error().with_context(doing);
    return {};
  }

 private:
  std::optional<Error> e_;
};
using Status = Result<void>;

}  // namespace rig

// auto vm = TRY(client.get(key));            value, or return the error from this function
// TRY(pool.refresh().context("refresh pool"));
// Not behind a comma in an aggregate's braces: the return destroys none of the members that are there already.
#define TRY(...)                        \
  __extension__({                       \
    auto try_result_ = (__VA_ARGS__);   \
    if (!try_result_.ok()) [[unlikely]] \
      return try_result_.take_error();  \
    try_result_.take();                 \
  })
