// http/listener.cc — see listener.h.
#include "http/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include "http/limits.h"

namespace rig::http {
namespace {

constexpr int kBacklog = 512;

struct SocketAddress {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&bytes); }
};

Result<SocketAddress> ip_address(const std::string& address, int port) {
  if (port < 0 || port > 65535)
    return Error(Code::kInvalidArgument, "port " + std::to_string(port) + ": wanted 0 to 65535");
  SocketAddress out;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.bytes);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.bytes);
  if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(static_cast<std::uint16_t>(port));
    out.size = sizeof(sockaddr_in);
  } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(static_cast<std::uint16_t>(port));
    out.size = sizeof(sockaddr_in6);
  } else {
    return Error(Code::kInvalidArgument, "listen address \"" + address + "\": wanted an IP address");
  }
  return out;
}

Result<SocketAddress> path_address(const std::string& path) {
  if (path.empty() || path.size() > kUnixPathMax) {
    return Error(Code::kInvalidArgument, "unix socket \"" + path + "\": found " + std::to_string(path.size()) +
                                             " characters, wanted 1 to " + std::to_string(kUnixPathMax))
        .with_hint("Choose a shorter folder for sockets.");
  }
  SocketAddress out;
  auto* address = reinterpret_cast<sockaddr_un*>(&out.bytes);
  address->sun_family = AF_UNIX;
  std::memcpy(address->sun_path, path.data(), path.size());
  out.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return out;
}

Error bind_error(const std::string& what, int error_number) {
  if (error_number == EADDRINUSE) {
    return Error(Code::kAlreadyExists, what + " is in use by another program")
        .with_hint("Stop it, or choose another one.");
  }
  const Code code = error_number == EACCES ? Code::kPermissionDenied : Code::kUnavailable;
  return {code, "listen on " + what + ": " + std::strerror(error_number)};
}

bool somebody_listens(const SocketAddress& address) {
  const Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(probe.get(), address.get(), address.size) == 0 || errno == EAGAIN;
}

}  // namespace

Result<Listener> Listener::tcp(const std::string& address, int port) {
  SocketAddress at = TRY(ip_address(address, port));
  const std::string what = address + " port " + std::to_string(port);
  Listener out{.socket = Fd(::socket(at.bytes.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), .port = port};
  if (!out.socket) return bind_error(what, errno);
  const int on = 1;
  ::setsockopt(out.socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(out.socket.get(), at.get(), at.size) != 0) return bind_error(what, errno);
  if (::listen(out.socket.get(), kBacklog) != 0) return bind_error(what, errno);
  if (::getsockname(out.socket.get(), at.get(), &at.size) != 0) return bind_error(what, errno);
  out.port = ntohs(at.bytes.ss_family == AF_INET ? reinterpret_cast<sockaddr_in*>(&at.bytes)->sin_port
                                                 : reinterpret_cast<sockaddr_in6*>(&at.bytes)->sin6_port);
  return out;
}

Result<Listener> Listener::unix_socket(const std::string& path) {
  const SocketAddress at = TRY(path_address(path));
  const std::string what = "unix socket " + path;
  Listener out{.socket = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))};
  if (!out.socket) return bind_error(what, errno);
  // Linux gives the file the mode of the unbound socket, so there is no moment when others may connect.
  if (::fchmod(out.socket.get(), 0600) != 0) return bind_error(what, errno);
  if (::bind(out.socket.get(), at.get(), at.size) != 0) {
    if (errno != EADDRINUSE || somebody_listens(at)) return bind_error(what, errno);
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0 && !S_ISSOCK(found.st_mode)) return bind_error(what, EADDRINUSE);
    ::unlink(path.c_str());
    if (::bind(out.socket.get(), at.get(), at.size) != 0) return bind_error(what, errno);
  }
  if (::listen(out.socket.get(), kBacklog) != 0) return bind_error(what, errno);
  return out;
}

bool is_loopback(const std::string& address) {
  in_addr v4{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

}  // namespace rig::http
