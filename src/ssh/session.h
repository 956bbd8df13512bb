// ssh/session.h — one authenticated SSH session with a host.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/call.h"

namespace rig::ssh {

struct Target {
  std::string host, user;
  int port = 22;
  std::string known_hosts_path;  // the host's key must stand in it
  std::string private_key_path;  // tried first; "": none
  std::string password;          // "": none
};

struct Output {
  int exit_code = 0;  // -1: it was ended by a signal
  std::string out, err;
};

// One thread at a time.
class Session {
 public:
  // kUnavailable: no connection; kUnauthenticated: the host's key is not the known one, or the host refuses ours.
  static Result<std::unique_ptr<Session>> open(const Target& target, const Call& call);
  virtual ~Session() = default;

  // Runs it with `input` on its standard input. Any exit code is an answer. kResourceExhausted: more than
  // kOutputBytesMax; kDeadlineExceeded, kCancelled: it may still run there.
  virtual Result<Output> run(std::span<const std::string> arguments, std::string_view input, const Call& call) = 0;
};

}  // namespace rig::ssh
