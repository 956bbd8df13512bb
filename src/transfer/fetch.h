// transfer/fetch.h — bytes from a source into a sink, judged on the way.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/call.h"
#include "transfer/formats/image_header.h"

namespace rig::transfer {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // How many bytes it has, 0: not known. May ask a peer; an answer is a hint, not a promise.
  virtual std::int64_t size(const Call& call) = 0;
  // All bytes, in order. Ends early, without an error of its own, when `on_bytes` says false.
  virtual Status read(const std::function<bool(std::string_view)>& on_bytes, const Call& call) = 0;
};

// What it was given counts for nothing until its owner says so, after fetch() has succeeded.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Status begin(std::int64_t size) = 0;  // 0: not known
  virtual Status write(std::string_view bytes) = 0;
  virtual Status finish() = 0;  // all bytes are there
};

struct Wanted {
  std::string format;                   // "" : whatever the header says
  std::string checksum, checksum_type;  // "" : none; type "" is sha256
};
struct Fetched {
  ImageHeader header;
  std::int64_t bytes = 0;
};

// kInvalidArgument: another checksum than wanted, or no such checksum type; kUnavailable: fewer bytes than the source
// said; the codes of read_image_header(), found before anything but the beginning is fetched.
Result<Fetched> fetch(ByteSource& source, ByteSink& sink, const Wanted& wanted,
                      const std::function<void(std::int64_t done, std::int64_t total)>& on_progress, const Call& call);

}  // namespace rig::transfer
