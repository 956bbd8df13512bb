#include "e2e/http_file.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/check.h"
#include "base/file.h"

namespace rig::e2e {

HttpFile::HttpFile(const std::string& path, std::int64_t claimed_bytes)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto read = read_file(path, std::size_t{256} << 20);
  CHECK(read.ok());
  body_ = read.take();
  head_ = "HTTP/1.1 200 OK\r\nContent-Length: " +
          std::to_string(std::max(claimed_bytes, static_cast<std::int64_t>(body_.size()))) +
          "\r\nConnection: close\r\n\r\n";
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  CHECK(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  CHECK(::listen(listener_.get(), 8) == 0);
  CHECK(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this] {
    for (Fd client; (client = Fd(::accept(listener_.get(), nullptr, nullptr)));) answer(client.get());
  });
}

HttpFile::~HttpFile() { ::shutdown(listener_.get(), SHUT_RDWR); }  // ends accept()

std::string HttpFile::url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/image.qcow2"; }

void HttpFile::answer(int client) const {
  char request[4096];
  if (::recv(client, request, sizeof request, 0) <= 0) return;
  for (const std::string* part : {&head_, &body_})
    for (std::size_t sent = 0; sent < part->size();) {
      const ssize_t now = ::send(client, part->data() + sent, part->size() - sent, MSG_NOSIGNAL);
      if (now <= 0) return;
      sent += static_cast<std::size_t>(now);
    }
  while (::recv(client, request, sizeof request, 0) > 0) {}
}

}  // namespace rig::e2e
