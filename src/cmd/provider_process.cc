// cmd/provider_process.cc — flags, signals and serving of every provider program.
#include "cmd/provider_process.h"

#include <poll.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "cmd/signals.h"
#include "provider/wire/transport.h"

namespace rig::cmd {
namespace {

constexpr int kParentFd = 3;  // fleet/child.h
constexpr Duration kDrain = std::chrono::seconds(4);

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

// The reference's mount paths: tls.crt, tls.key, ca.crt, all three or none.
Result<provider::wire::Tls> read_tls(const std::string& folder) {
  provider::wire::Tls tls;
  auto certificate = read_file(folder + "/tls.crt");
  if (!certificate.ok() && certificate.error().is(Code::kNotFound)) return tls;
  tls.certificate_pem = TRY(std::move(certificate));
  tls.key_pem = TRY(read_file(folder + "/tls.key"));
  tls.authority_pem = TRY(read_file(folder + "/ca.crt"));
  return tls;
}

// Until a signal comes (true) or, with a parent, until it is gone (false).
bool wait_for_the_end(int signals, bool has_parent) {
  pollfd fds[2] = {{.fd = signals, .events = POLLIN, .revents = 0}, {.fd = kParentFd, .events = POLLIN, .revents = 0}};
  while (::poll(fds, has_parent ? 2 : 1, -1) < 0) {}
  return fds[0].revents != 0;
}

int report(const std::string& name, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", name.c_str(), error.to_string().c_str());
  return 1;
}

}  // namespace

int run_provider(const std::string& name, int argc, char** argv, const OpenProvider& open) {
  CLI::App app(name + ": serves one Provider object over gRPC");
  app.set_version_flag("--version", name + " " + RIG_VERSION);
  std::string socket, tls_dir = "/etc/virtrigaud/tls";
  ProviderFlags flags{
      .name = name, .credentials_dir = "/etc/virtrigaud/credentials", .endpoint = environment("PROVIDER_ENDPOINT")};
  int port = 9443;
  app.add_option("--socket", socket, "unix socket to serve on; then the process ends with its parent");
  app.add_option("--port", port, "TCP port to serve on, with TLS");
  app.add_option("--tls-dir", tls_dir, "folder with tls.crt, tls.key and ca.crt");
  app.add_option("--credentials-dir", flags.credentials_dir, "folder with one file per key of the Secret");
  CLI11_PARSE(app, argc, argv);

  const Fd signals = block_signals();
  if (Status status = set_up_log(); !status.ok()) return report(name, status.error());
  const SystemClock clock;
  auto provider = open(flags, clock);
  if (!provider.ok()) return report(name, provider.error());
  provider::wire::ServerOptions options;
  options.address = socket.empty() ? "0.0.0.0:" + std::to_string(port) : "unix:" + socket;
  if (socket.empty()) {
    auto tls = read_tls(tls_dir);
    if (!tls.ok()) return report(name, tls.error());
    options.tls = tls.take();
  }
  auto server = provider::wire::serve(**provider, options);
  if (!server.ok()) return report(name, server.error());
  log::info("serving", {{"address", options.address}, {"endpoint", flags.endpoint}});
  if (!wait_for_the_end(signals.get(), !socket.empty())) {
    // Killed, so its successor is about to start another one of us: two must not work on the same machines.
    log::warn("the parent is gone");
    std::_Exit(0);
  }
  log::info("stopping");
  if (Status drained = (*server)->drain(kDrain); !drained.ok())
    log::warn("calls were cut off", {{"error", drained.error()}});
  return 0;
}

}  // namespace rig::cmd
