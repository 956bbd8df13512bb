// http/listener.h — a listening socket, TCP or unix. Inside this room only.
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"

namespace rig::http {

struct Listener {
  Fd socket;     // does not block
  int port = 0;  // 0: unix

  // kAlreadyExists: the port is in use. kInvalidArgument: not an IP address, or a port below 0 or above 65535.
  static Result<Listener> tcp(const std::string& address, int port);
  // Mode 0600. A socket file that nobody listens on any more is replaced; kAlreadyExists: somebody does.
  static Result<Listener> unix_socket(const std::string& path);
};

bool is_loopback(const std::string& address);  // 127.0.0.0/8 or ::1, as text

}  // namespace rig::http
