// libvirt/live/proxy.cc — poll, copy, look at heads.
#include "hypervisor/libvirt/live/proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

namespace rig::libvirt::live {
namespace {

// Procedures with an effect on the host: domain create, define, destroy, undefine, set metadata; volume create, delete,
// upload.
// Numbers: seen in the debug log of libvirt's client library, 9.0.
const std::set<std::uint32_t> kEffects = {9, 11, 12, 93, 94, 208, 231, 264, 350};

struct Head {
  std::uint32_t length, procedure, type, serial, status;
};
constexpr std::uint32_t kCall = 0, kReply = 1;

std::optional<Head> head_of(const std::string& bytes) {
  std::uint32_t words[7];
  if (bytes.size() < sizeof words) return std::nullopt;
  std::memcpy(words, bytes.data(), sizeof words);
  return Head{ntohl(words[0]), ntohl(words[3]), ntohl(words[4]), ntohl(words[5]), ntohl(words[6])};
}

sockaddr_un address(const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof name.sun_path - 1);
  return name;
}

bool send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Bytes of one direction; calls `on_message` for each whole message and passes on what it agrees to.
class Direction {
 public:
  template <class OnMessage>
  bool move(int from, int to, OnMessage on_message) {
    char buffer[65536];
    const ssize_t got = ::recv(from, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    pending_.append(buffer, static_cast<std::size_t>(got));
    for (auto head = head_of(pending_); head && pending_.size() >= head->length; head = head_of(pending_)) {
      if (!on_message(*head)) return false;
      if (!send_all(to, std::string_view(pending_).substr(0, head->length))) return false;
      pending_.erase(0, head->length);
    }
    return true;
  }

 private:
  std::string pending_;
};

}  // namespace

Proxy::Proxy(std::string socket) : target_(std::move(socket)) {
  char folder[] = "/tmp/rig-proxy-XXXXXX";
  folder_ = ::mkdtemp(folder);
  path_ = folder_ + "/s";
  listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un name = address(path_);
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0 ||
      ::listen(listener_.get(), 16) != 0) {
    std::abort();
  }
  thread_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

Proxy::~Proxy() {
  thread_ = {};
  connections_.clear();
  std::filesystem::remove_all(folder_);
}

void Proxy::plan(std::optional<After> after, int effects) {
  const std::lock_guard lock(mutex_);
  after_ = after;
  effects_left_ = effects;
  happened_ = false;
}

bool Proxy::happened() {
  const std::lock_guard lock(mutex_);
  return happened_;
}

void Proxy::cut() { ++epoch_; }

void Proxy::die() {
  dead_ = true;
  cut();
}

void Proxy::revive() { dead_ = false; }

bool Proxy::meets_fault() {
  const std::lock_guard lock(mutex_);
  if (!after_ || happened_ || effects_left_-- > 0) return false;
  happened_ = true;
  if (*after_ == After::kDead) die();
  return true;
}

void Proxy::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    Fd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client || dead_) continue;
    connections_.emplace_back(
        [this, fd = std::move(client)](const std::stop_token& stopped) mutable { serve(std::move(fd), stopped); });
  }
}

void Proxy::serve(Fd client, const std::stop_token& stop) {
  const Fd server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un name = address(target_);
  if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) return;
  const int epoch = epoch_;
  Direction up, down;
  std::set<std::uint32_t> effects;  // serials of calls under way
  while (!stop.stop_requested() && epoch == epoch_) {
    pollfd both[] = {{client.get(), POLLIN, 0}, {server.get(), POLLIN, 0}};
    if (::poll(both, 2, 20) <= 0) continue;
    bool alive = true;
    if (both[0].revents != 0) {
      alive = up.move(client.get(), server.get(), [&](const Head& head) {
        if (head.type == kCall && kEffects.contains(head.procedure)) effects.insert(head.serial);
        return true;
      });
    }
    if (alive && both[1].revents != 0) {
      alive = down.move(server.get(), client.get(), [&](const Head& head) {
        return !(head.type == kReply && head.status == 0 && effects.erase(head.serial) == 1 && meets_fault());
      });
    }
    if (!alive) return;
  }
}

}  // namespace rig::libvirt::live
