// cmd/provider_process.cc — flags, signals and serving of every provider program.
#include "cmd/provider_process.h"

#include <malloc.h>
#include <poll.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/doors.h"
#include "cmd/signals.h"
#include "provider/wire/transport.h"

namespace rig::cmd {
namespace {

namespace wire = provider::wire;

constexpr int kParentFd = 3;  // fleet/child.h
constexpr Duration kDrain = std::chrono::seconds(4);
constexpr std::chrono::seconds kFilesLookEvery{5};
// A provider waits for its hypervisor and has many threads for that: an arena for each, as glibc has them, keeps what
// the others could use (3 MB of 37 with 1,000 machines).
constexpr int kArenasMax = 2;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Status set_up_log() {
  log::Options options;
  if (const std::string level = environment("LOG_LEVEL"); !level.empty())
    options.level = TRY(log::parse_level(level).context("LOG_LEVEL"));
  if (environment("LOG_FORMAT") == "json") options.format = log::Format::kJson;
  return log::setup(options);
}

// All three of the reference's files, or, where that was asked for in so many words, plaintext.
Result<wire::Tls> read_tls(const std::string& folder) {
  wire::Tls tls;
  const std::pair<const char*, std::string*> files[] = {
      {"tls.crt", &tls.certificate_pem}, {"tls.key", &tls.key_pem}, {"ca.crt", &tls.authority_pem}};
  std::string missing;
  for (const auto& [name, text] : files) {
    auto bytes = read_file(folder + "/" + name);
    if (bytes.ok())
      *text = bytes.take();
    else if (bytes.error().is(Code::kNotFound))
      missing += (missing.empty() ? "" : ", ") + std::string(name);
    else
      return bytes.take_error();
  }
  tls.is_plaintext = tls.empty() && environment("VIRTRIGAUD_PROVIDER_INSECURE") == "true";
  if (missing.empty() || tls.is_plaintext) return tls;
  return Error(Code::kFailedPrecondition, "TLS: " + folder + " has no " + missing)
      .with_hint(
          "Mount the Secret of spec.runtime.service.tls there; VIRTRIGAUD_PROVIDER_INSECURE=true serves in "
          "plaintext instead, to everybody who can reach the port.");
}

struct Door {
  std::string socket, tls_dir;  // socket "": TCP
  int port = 0, health_port = 0;
};

// The gRPC server. With new files it is made anew, on the same port: connections come back by themselves.
class Service {
 public:
  Service(provider::Provider& served, Door door) : served_(served), door_(std::move(door)) {
    for (const std::string& name : split(environment("VIRTRIGAUD_PROVIDER_ALLOWED_SANS"), ','))
      if (!trim(name).empty()) options_.callers.insert(std::string(trim(name)));
    const std::string name_space = environment("PROVIDER_NAMESPACE"), name = environment("PROVIDER_NAME");
    if (!name.empty()) options_.provider = name_space + "/" + name;
  }

  Status start() {
    if (!door_.socket.empty()) {
      options_.address = "unix:" + door_.socket;
    } else {
      options_.tls = TRY(read_tls(door_.tls_dir));
      options_.address = "[::]:" + std::to_string(door_.port);
      if (options_.tls.is_plaintext) log::warn("serving in plaintext, as VIRTRIGAUD_PROVIDER_INSECURE says");
    }
    TRY(open());
    if (!door_.socket.empty()) return {};
    const Address probes = TRY(parse_address("--health-port", ":" + std::to_string(door_.health_port)));
    probes_ = TRY(open_probes(probes, {{"/healthz", [] { return std::string("ok"); }},
                                       {"/health", [] { return std::string("ok"); }},
                                       {"/readyz", [this]() -> Result<std::string> {
                                          if (serves_) return std::string("ok");
                                          return Error(Code::kUnavailable, "not serving");
                                        }}}));
    log::info("serving probes", {{"port", probes_->port()}});
    return {};
  }

  void look_at_files() {
    if (!door_.socket.empty()) return;
    auto tls = read_tls(door_.tls_dir);
    if (!tls.ok() || *tls == options_.tls) return;
    const wire::Tls before = std::exchange(options_.tls, tls.take());
    stop();
    Status opened = open();
    if (!opened.ok()) {
      log::warn("the new certificate is not taken", {{"error", opened.error()}});
      options_.tls = before;
      opened = open();
    }
    if (!opened.ok()) log::error("not serving", {{"error", opened.error()}});
  }

  void stop() {
    serves_ = false;
    if (!server_) return;
    if (const Status drained = server_->drain(kDrain); !drained.ok())
      log::warn("calls were cut off", {{"error", drained.error()}});
    server_.reset();
  }

 private:
  Status open() {
    server_ = TRY(wire::serve(served_, options_));
    if (door_.socket.empty()) options_.address = "[::]:" + std::to_string(server_->port());
    serves_ = true;
    log::info("serving", {{"address", options_.address}});
    return {};
  }

  provider::Provider& served_;
  const Door door_;
  wire::ServerOptions options_;
  std::unique_ptr<wire::Server> server_;
  std::atomic<bool> serves_ = false;
  std::unique_ptr<http::Server> probes_;
};

enum class End : std::uint8_t { kSignal, kParentGone };
// Looks at the files now and then. A parent that is gone is seen by the end of file on its pipe.
End wait_for_the_end(int signals, bool has_parent, Service& service) {
  pollfd fds[2] = {{.fd = signals, .events = POLLIN, .revents = 0}, {.fd = kParentFd, .events = POLLIN, .revents = 0}};
  wait_for_end(std::span(fds).first(has_parent ? 2 : 1), kFilesLookEvery, [&] {
    if (!has_parent) service.look_at_files();
  });
  return fds[0].revents != 0 ? End::kSignal : End::kParentGone;
}

int report(const std::string& name, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", name.c_str(), error.to_string().c_str());
  return 1;
}

}  // namespace

int run_provider(const std::string& name, int argc, char** argv, const OpenProvider& open) {
  ::mallopt(M_ARENA_MAX, kArenasMax);
  CLI::App app(name + ": serves one Provider object over gRPC");
  app.set_version_flag("--version", name + " " + RIG_VERSION);
  Door door{.socket = {}, .tls_dir = "/etc/virtrigaud/tls", .port = 9443, .health_port = 8080};
  ProviderFlags flags{
      .name = name, .credentials_dir = "/etc/virtrigaud/credentials", .endpoint = environment("PROVIDER_ENDPOINT")};
  app.add_option("--socket", door.socket, "unix socket to serve on; then the process ends with its parent");
  app.add_option("--port", door.port, "TCP port to serve on, with TLS; 0 picks one");
  app.add_option("--health-port", door.health_port, "TCP port of /healthz and /readyz; 0 picks one");
  app.add_option("--tls-dir", door.tls_dir, "folder with tls.crt, tls.key and ca.crt, read again when they change");
  app.add_option("--credentials-dir", flags.credentials_dir, "folder with one file per key of the Secret");
  CLI11_PARSE(app, argc, argv);

  const Fd signals = block_signals();
  if (Status status = set_up_log(); !status.ok()) return report(name, status.error());
  const SystemClock clock;
  auto provider = open(flags, clock);
  if (!provider.ok()) return report(name, provider.error());
  const bool has_parent = !door.socket.empty();
  Service service(**provider, std::move(door));
  if (Status started = service.start(); !started.ok()) return report(name, started.error());
  if (wait_for_the_end(signals.get(), has_parent, service) == End::kParentGone) {
    // Killed, so its successor is about to start another one of us: two must not work on the same machines.
    log::warn("the parent is gone");
    std::_Exit(0);
  }
  log::info("stopping");
  service.stop();
  return 0;
}

}  // namespace rig::cmd
