// e2e/http_file.h — an http server of one file, whose answer may claim to be longer than it is.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

#include "base/fd.h"

namespace rig::e2e {

class HttpFile {
 public:
  // Claiming more than there is, it sends what there is and then nothing until the client goes.
  explicit HttpFile(const std::string& path, std::int64_t claimed_bytes = 0);
  ~HttpFile();
  std::string url() const;

 private:
  void answer(int client) const;

  std::string body_, head_;
  Fd listener_;
  int port_ = 0;
  std::jthread thread_;
};

}  // namespace rig::e2e
