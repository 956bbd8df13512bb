// cmd/vrtg/console.cc — `vrtg console`: a machine's serial line on this terminal.
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>
#include <thread>

#include "api/v1beta1/virtual_machine.h"
#include "cmd/vrtg/commands.h"

namespace rig::vrtg {
namespace {

constexpr char kEscape = 0x1d;  // Ctrl-]

// Keys go through as they are typed; the terminal is as before afterwards.
class RawTerminal {
 public:
  RawTerminal() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios raw = before_;
    ::cfmakeraw(&raw);
    ::tcsetattr(STDIN_FILENO, TCSANOW, &raw);
  }
  ~RawTerminal() {
    if (is_terminal_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
  }
  RawTerminal(const RawTerminal&) = delete;
  RawTerminal& operator=(const RawTerminal&) = delete;

 private:
  termios before_{};
  bool is_terminal_;
};

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// Ends with the stop, the end of input, or the escape key.
void send_keys(ByteStream& stream, const Call& call, const std::stop_token& stop) {
  std::array<char, 256> keys{};
  while (!stop.stop_requested()) {
    pollfd input{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
    if (::poll(&input, 1, /*timeout_ms=*/200) <= 0) continue;
    const ssize_t n = ::read(STDIN_FILENO, keys.data(), keys.size());
    if (n <= 0) break;
    const std::string_view typed(keys.data(), static_cast<std::size_t>(n));
    const auto escape = typed.find(kEscape);
    if (!stream.write(typed.substr(0, escape), call).ok() || escape != std::string_view::npos) break;
  }
  stream.close();
}

}  // namespace

Status console(Cluster& cluster, const std::string& name) {
  auto http = TRY(kube::connect_http(cluster.access));
  const Call call{
      .deadline = std::chrono::steady_clock::now() + std::chrono::hours(24 * 365), .stop = {}, .request_id = {}};
  http::Request request;
  request.target = kube::object_path(api::v1beta1::VirtualMachine::kResource, {cluster.name_space, name}, "console");
  auto stream =
      TRY(http->upgrade(request, "virtrigaud-console", call).context("console of " + cluster.name_space + "/" + name));
  std::fprintf(stderr, "Connected to %s. Ctrl-] ends.\n", name.c_str());
  {
    const RawTerminal raw;
    std::jthread keys([&](const std::stop_token& stop) { send_keys(*stream, call, stop); });
    std::array<char, 4096> bytes{};
    while (true) {
      const auto n = stream->read(bytes, call);
      if (!n.ok() || *n == 0 || !write_all({bytes.data(), *n})) break;
    }
  }
  std::fprintf(stderr, "\nThe console is closed.\n");
  return {};
}

}  // namespace rig::vrtg
