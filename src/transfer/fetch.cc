// transfer/fetch.cc — the beginning is held back until it is judged; the digest runs along.
#include "transfer/fetch.h"

#include <algorithm>

#include "base/digest.h"
#include "base/text.h"
#include "transfer/limits.h"

namespace rig::transfer {
namespace {

class Intake {
 public:
  Intake(ByteSink& sink, const Wanted& wanted, std::int64_t total, Digest digest,
         const std::function<void(std::int64_t, std::int64_t)>& on_progress)
      : sink_(sink), wanted_(wanted), total_(total), digest_(std::move(digest)), on_progress_(on_progress) {}

  bool take(std::string_view bytes) {
    digest_.add(bytes);
    bytes_ += static_cast<std::int64_t>(bytes.size());
    if (beginning_.size() < kHeaderBytes) {
      const std::string_view head = bytes.substr(0, kHeaderBytes - beginning_.size());
      beginning_ += head;
      bytes.remove_prefix(head.size());
      if (beginning_.size() == kHeaderBytes) outcome_ = judge_and_begin();
    }
    if (outcome_.ok() && !bytes.empty()) outcome_ = sink_.write(bytes);
    if (outcome_.ok()) on_progress_(bytes_, std::max(total_, bytes_));
    return outcome_.ok();
  }

  Result<Fetched> finish() {
    if (!outcome_.ok()) return outcome_.take_error();
    if (total_ != 0 && bytes_ != total_) {
      return Error(Code::kUnavailable, "got " + std::to_string(bytes_) + " bytes of " + std::to_string(total_));
    }
    TRY(check_sum());
    if (beginning_.size() < kHeaderBytes) TRY(judge_and_begin());
    ImageHeader header = TRY(read_image_header(beginning_, bytes_, wanted_.format));
    TRY(sink_.finish());
    return Fetched{std::move(header), bytes_};
  }

 private:
  Status judge_and_begin() {
    // A raw image's size is judged at the end, where it is known for certain.
    const std::int64_t likely_bytes = (std::max(total_, bytes_) + 511) / 512 * 512;
    TRY(read_image_header(beginning_, likely_bytes, wanted_.format));
    TRY(sink_.begin(total_));
    return sink_.write(beginning_);
  }

  Status check_sum() {
    const std::string found = digest_.finish_hex(), asked = to_lower(trim(wanted_.checksum));
    if (asked.empty() || found == asked) return {};
    return Error(Code::kInvalidArgument, "checksum is " + found + ", wanted " + asked)
        .with_hint(
            "Correct the checksum if the image was meant to change; else the download is not what it should be.");
  }

  ByteSink& sink_;
  const Wanted& wanted_;
  const std::int64_t total_;
  Digest digest_;
  const std::function<void(std::int64_t, std::int64_t)>& on_progress_;
  std::string beginning_;
  std::int64_t bytes_ = 0;
  Status outcome_;
};

}  // namespace

Result<Fetched> fetch(ByteSource& source, ByteSink& sink, const Wanted& wanted,
                      const std::function<void(std::int64_t, std::int64_t)>& on_progress, const Call& call) {
  Digest digest = TRY(Digest::start(wanted.checksum_type.empty() ? "sha256" : wanted.checksum_type));
  Intake intake(sink, wanted, source.size(call), std::move(digest), on_progress);
  TRY(source.read([&](std::string_view bytes) { return intake.take(bytes); }, call));
  return intake.finish();
}

}  // namespace rig::transfer
