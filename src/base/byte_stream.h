// base/byte_stream.h — bytes both ways until one side ends: a console, an upgraded HTTP connection.
#pragma once

#include <span>
#include <string_view>

#include "base/call.h"

namespace rig {

// One thread may read while another writes.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  virtual Result<std::size_t> read(std::span<char> buffer, const Call& call) = 0;  // at least one byte; 0: the end
  virtual Status write(std::string_view bytes, const Call& call) = 0;              // all of them
  virtual void close() = 0;  // ends both directions; a blocked read() returns 0
};

}  // namespace rig
