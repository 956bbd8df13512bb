// transfer/read_ahead_test.cc — bytes between two threads: all of them, in order, and no more than there is room for.
#include "transfer/read_ahead.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <string>

#include "base/eventually_test.h"
#include "transfer/limits.h"

namespace rig::transfer {
namespace {

using namespace std::chrono_literals;

struct Scripted final : ByteSource {
  std::string bytes;
  Status outcome;
  std::size_t chunk = 100'000;
  std::atomic<std::size_t> given = 0;
  bool waits = false;  // at the end, until it is stopped

  std::int64_t size(const Call&) override { return 0; }
  Status read(const std::function<bool(std::string_view)>& on_bytes, const Call& call) override {
    for (std::size_t at = 0; at < bytes.size(); at += chunk) {
      if (!on_bytes(std::string_view(bytes).substr(at, chunk))) return {};
      given = std::min(at + chunk, bytes.size());
    }
    if (waits) {
      std::atomic_flag stopped;
      const std::stop_callback on_stop(call.stop, [&] {
        stopped.test_and_set();
        stopped.notify_all();
      });
      stopped.wait(false);
    }
    return outcome;
  }
};

Call soon() { return {std::chrono::steady_clock::now() + 30s, {}, ""}; }

std::string read_all(ReadAhead& ahead, Status& end) {
  std::string all;
  std::array<char, 7777> buffer{};
  for (;;) {
    auto n = ahead.read(buffer);
    if (!n.ok()) end = n.take_error();
    if (!n.ok() || *n == 0) return all;
    all.append(buffer.data(), *n);
  }
}

TEST(ReadAhead, GivesAllBytesInOrderThenTheEnd) {
  Scripted source;
  for (int i = 0; source.bytes.size() < 3 * kReadAheadBytes; ++i) source.bytes += std::to_string(i) + " ";
  ReadAhead ahead(source, soon());
  Status end;
  EXPECT_TRUE(read_all(ahead, end) == source.bytes);
  EXPECT_TRUE(end.ok());
  std::array<char, 1> buffer{};
  EXPECT_EQ(*ahead.read(buffer), 0U) << "and stays there";
}

TEST(ReadAhead, GivesTheBytesBeforeAnErrorFirst) {
  Scripted source;
  source.bytes = "abc";
  source.outcome = Error(Code::kUnavailable, "cut off");
  ReadAhead ahead(source, soon());
  Status end;
  EXPECT_EQ(read_all(ahead, end), "abc");
  ASSERT_FALSE(end.ok());
  EXPECT_EQ(end.error().message(), "cut off");
}

TEST(ReadAhead, EndsWhileNobodyAsks) {
  Scripted source;
  source.bytes.assign(4 * kReadAheadBytes, 'x');
  { const ReadAhead ahead(source, soon()); }
  EXPECT_LE(source.given.load(), kReadAheadBytes) << "no more than there is room for";
}

TEST(ReadAhead, WaitsNoLongerThanTheCall) {
  Scripted source;
  source.waits = true;
  std::stop_source stop;
  Call call = soon();
  call.stop = stop.get_token();
  std::array<char, 1> buffer{};
  {
    ReadAhead ahead(source, call);
    stop.request_stop();
    EXPECT_TRUE(ahead.read(buffer).error().is(Code::kCancelled));
  }
  call = soon();
  call.deadline = std::chrono::steady_clock::now();
  ReadAhead ahead(source, call);
  EXPECT_TRUE(ahead.read(buffer).error().is(Code::kDeadlineExceeded));
}

TEST(ReadAhead, WhatItsReaderWasTooSlowForIsNotTheEnd) {
  Scripted source;
  source.bytes.assign(2 * kReadAheadBytes, 'x');
  Call call = soon();
  call.deadline = std::chrono::steady_clock::now() + 100ms;
  ReadAhead ahead(source, call);
  EXPECT_TRUE(eventually(30s, [&] { return std::chrono::steady_clock::now() > call.deadline + 100ms; }));
  Status end;
  (void)read_all(ahead, end);
  ASSERT_FALSE(end.ok());
  EXPECT_TRUE(end.error().is(Code::kDeadlineExceeded)) << end.error().to_string();
}

}  // namespace
}  // namespace rig::transfer
