// transfer/fetch_test.cc — from memory into memory, with everything that can go wrong.
#include "transfer/fetch.h"

#include <gtest/gtest.h>

#include "base/digest.h"
#include "transfer/limits.h"

namespace rig::transfer {
namespace {

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes)
      : bytes_(std::move(bytes)), claimed_(static_cast<std::int64_t>(bytes_.size())) {}
  std::int64_t size(const Call&) override { return claimed_; }
  Status read(const std::function<bool(std::string_view)>& on_bytes, const Call&) override {
    for (std::size_t at = 0; at < bytes_.size(); at += piece) {
      given += std::min(piece, bytes_.size() - at);
      if (!on_bytes(std::string_view(bytes_).substr(at, piece))) return {};
    }
    return outcome;
  }
  void claim(std::int64_t size) { claimed_ = size; }

  std::size_t piece = 10'000, given = 0;
  Status outcome;

 private:
  std::string bytes_;
  std::int64_t claimed_;
};

class MemorySink final : public ByteSink {
 public:
  Status begin(std::int64_t size) override {
    begun = true;
    told_size = size;
    return on_begin;
  }
  Status write(std::string_view more) override {
    bytes += more;
    return bytes.size() > room ? Status(Error(Code::kResourceExhausted, "full")) : Status{};
  }
  Status finish() override {
    finished = true;
    return {};
  }
  std::string bytes;
  std::size_t room = SIZE_MAX;
  std::int64_t told_size = -1;
  bool begun = false, finished = false;
  Status on_begin;
};

std::string disk(std::size_t size) {
  std::string bytes(size, 'x');
  bytes.replace(510, 2, "\x55\xaa");
  return bytes;
}

Call call() { return {std::chrono::steady_clock::now() + std::chrono::minutes(1), {}, ""}; }
void no_progress(std::int64_t, std::int64_t) {}

TEST(Fetch, GivesAllBytesInOrderWhateverThePieces) {
  for (const std::size_t size :
       {std::size_t{512}, kHeaderBytes - 512, kHeaderBytes, kHeaderBytes + 512, std::size_t{1} << 20}) {
    for (const std::size_t piece : {std::size_t{1000}, kHeaderBytes, std::size_t{1} << 21}) {
      MemorySource source(disk(size));
      source.piece = piece;
      MemorySink sink;
      const auto fetched = fetch(source, sink, {"raw", sha256_hex(disk(size)), "sha256"}, no_progress, call());
      ASSERT_TRUE(fetched.ok()) << fetched.error().to_string();
      EXPECT_EQ(sink.bytes, disk(size));
      EXPECT_TRUE(sink.finished);
      EXPECT_EQ(sink.told_size, static_cast<std::int64_t>(size));
      EXPECT_EQ(fetched->bytes, static_cast<std::int64_t>(size));
      EXPECT_EQ(fetched->header, (ImageHeader{"raw", static_cast<std::int64_t>(size)}));
    }
  }
}

TEST(Fetch, TellsProgressThatOnlyGrows) {
  MemorySource source(disk(1 << 20));
  MemorySink sink;
  std::int64_t last = 0;
  const auto fetched = fetch(
      source, sink, {},
      [&](std::int64_t done, std::int64_t total) {
        EXPECT_GE(done, last);
        EXPECT_EQ(total, 1 << 20);
        last = done;
      },
      call());
  ASSERT_TRUE(fetched.ok());
  EXPECT_EQ(last, 1 << 20);
}

TEST(Fetch, OfAnotherChecksumIsNeverFinished) {
  MemorySource source(disk(1 << 20));
  MemorySink sink;
  const auto fetched = fetch(source, sink, {"", std::string(64, '0'), ""}, no_progress, call());
  ASSERT_FALSE(fetched.ok());
  EXPECT_EQ(fetched.error().code(), Code::kInvalidArgument);
  EXPECT_NE(fetched.error().message().find(sha256_hex(disk(1 << 20))), std::string::npos) << fetched.error().message();
  EXPECT_FALSE(sink.finished);
}

TEST(Fetch, OfASmallFileOfAnotherChecksumIsNotEvenBegun) {
  MemorySource source(disk(1024));
  MemorySink sink;
  EXPECT_FALSE(fetch(source, sink, {"", std::string(64, '0'), ""}, no_progress, call()).ok());
  EXPECT_FALSE(sink.begun);
}

TEST(Fetch, TakesEveryChecksumTypeInAnyCase) {
  for (const char* type : {"md5", "sha1", "sha256", "sha512"}) {
    Digest digest = *Digest::start(type);
    digest.add(disk(1024));
    std::string sum = digest.finish_hex();
    for (char& c : sum) c = static_cast<char>(std::toupper(c));
    MemorySource source(disk(1024));
    MemorySink sink;
    EXPECT_TRUE(fetch(source, sink, {"", " " + sum + "\n", type}, no_progress, call()).ok()) << type;
  }
  MemorySource source(disk(1024));
  MemorySink sink;
  EXPECT_EQ(fetch(source, sink, {"", "0", "crc32"}, no_progress, call()).error().code(), Code::kInvalidArgument);
}

TEST(Fetch, StopsAtABadHeaderBeforeTheRestComes) {
  std::string page(8 << 20, ' ');
  page.replace(0, 6, "<html>");
  MemorySource source(page);
  MemorySink sink;
  const auto fetched = fetch(source, sink, {}, no_progress, call());
  ASSERT_FALSE(fetched.ok());
  EXPECT_EQ(fetched.error().code(), Code::kInvalidArgument);
  EXPECT_LE(source.given, kHeaderBytes + source.piece);
  EXPECT_FALSE(sink.begun);
}

TEST(Fetch, NoticesATransferThatEndedEarly) {
  MemorySource source(disk(1 << 20));
  source.claim(2 << 20);
  MemorySink sink;
  const auto fetched = fetch(source, sink, {}, no_progress, call());
  ASSERT_FALSE(fetched.ok());
  EXPECT_EQ(fetched.error().code(), Code::kUnavailable);
  EXPECT_FALSE(sink.finished);
}

TEST(Fetch, OfUnknownSizeIsFine) {
  MemorySource source(disk(1 << 20));
  source.claim(0);
  MemorySink sink;
  EXPECT_TRUE(fetch(source, sink, {}, no_progress, call()).ok());
  EXPECT_EQ(sink.told_size, 0);
}

TEST(Fetch, PassesOnWhatTheSourceOrTheSinkSays) {
  MemorySource broken(disk(1 << 20));
  broken.outcome = Error(Code::kUnavailable, "gone");
  MemorySink sink;
  EXPECT_EQ(fetch(broken, sink, {}, no_progress, call()).error().code(), Code::kUnavailable);
  EXPECT_FALSE(sink.finished);

  MemorySource source(disk(1 << 20));
  MemorySink full;
  full.room = 500'000;
  EXPECT_EQ(fetch(source, full, {}, no_progress, call()).error().code(), Code::kResourceExhausted);
  EXPECT_FALSE(full.finished);

  MemorySource again(disk(1 << 20));
  MemorySink closed;
  closed.on_begin = Error(Code::kResourceExhausted, "no room");
  EXPECT_EQ(fetch(again, closed, {}, no_progress, call()).error().code(), Code::kResourceExhausted);
}

TEST(Fetch, JudgesARawImageByTheSizeThatReallyCame) {
  MemorySource source(disk((1 << 20) + 100));
  source.claim(0);
  MemorySink sink;
  const auto fetched = fetch(source, sink, {}, no_progress, call());
  ASSERT_FALSE(fetched.ok());
  EXPECT_EQ(fetched.error().code(), Code::kInvalidArgument);
  EXPECT_FALSE(sink.finished);
}

}  // namespace
}  // namespace rig::transfer
