// transfer/read_ahead.h — a source's bytes for who asks for them instead of being handed them: a thread reads a little
// ahead, and waits while nobody asks.
#pragma once

#include <memory>
#include <span>

#include "transfer/fetch.h"

namespace rig::transfer {

class ReadAhead {
 public:
  // Reading begins at once. `source` must outlive it, and so must what `call` is about.
  ReadAhead(ByteSource& source, const Call& call);
  ~ReadAhead();  // ends the reading

  // At least one byte; 0: the end. The source's own error, after all bytes that came before it; kCancelled,
  // kDeadlineExceeded: the call's. One thread reads.
  Result<std::size_t> read(std::span<char> buffer);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rig::transfer
