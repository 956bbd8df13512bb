// cmd/virtrigaud.cc — the whole product in one process: API server on SQLite, manager, providers as child processes.
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "apiserver/janitor.h"
#include "apiserver/local_transport.h"
#include "apiserver/serve.h"
#include "apiserver/store/store.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "controllers/controllers.h"
#include "controllers/identity.h"
#include "fleet/fleet.h"
#include "kube/api.h"

namespace {

using namespace rig;
using api::v1beta1::VirtualMachine;

struct Flags {
  std::string data_dir, runtime_dir, kubeconfig, listen = "127.0.0.1:6443", programs_dir;
  std::string log_file, log_level = "info", log_format = "text";
};

std::string default_data_dir() {
  if (::geteuid() == 0) return "/var/lib/virtrigaud";
  if (const char* state = std::getenv("XDG_STATE_HOME")) return std::string(state) + "/virtrigaud";
  const char* home = std::getenv("HOME");
  return std::string(home == nullptr ? "." : home) + "/.local/state/virtrigaud";
}
std::string default_runtime_dir() {
  if (::geteuid() == 0) return "/run/virtrigaud";
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR")) return std::string(runtime) + "/virtrigaud";
  return "/tmp/virtrigaud-" + std::to_string(::geteuid());
}
std::string folder_of_this_program() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "." : self.parent_path().string();
}

// "127.0.0.1:6443", "[::1]:0"
Result<std::pair<std::string, int>> split_address(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return Error(Code::kInvalidArgument, "--listen \"" + text + "\" is not ADDRESS:PORT")
        .with_hint("For example 127.0.0.1:6443.");
  std::string host = text.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const std::int64_t port = TRY(parse_int(text.substr(colon + 1)).context("--listen \"" + text + "\""));
  if (port < 0 || port > 65535)
    return Error(Code::kInvalidArgument, "--listen \"" + text + "\": the port is not between 0 and 65535");
  return std::pair(std::move(host), static_cast<int>(port));
}

Status set_up_log(const Flags& flags) {
  log::Options options;
  options.level = TRY(log::parse_level(flags.log_level).context("--log-level"));
  options.format = flags.log_format == "json" ? log::Format::kJson : log::Format::kText;
  options.file = flags.log_file;
  return log::setup(options);
}

Fd block_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);  // before any thread is started: they inherit it
  std::signal(SIGPIPE, SIG_IGN);
  return Fd(::signalfd(-1, &set, SFD_CLOEXEC));
}

// A machine's serial console: from the object to its provider.
Result<std::unique_ptr<ByteStream>> open_console(kube::Transport& transport, fleet::Fleet& fleet,
                                                 const std::string& cluster_id, const ObjectKey& key,
                                                 const Call& call) {
  const auto vm = TRY(kube::Api<VirtualMachine>(transport).get(key, call));
  const auto provider = TRY(fleet.find(api::resolve(vm.spec.provider_ref, vm.meta)));
  return provider->console().open_serial(controllers::ref_of(vm, cluster_id), call);
}

// Everything there is, in the order in which it starts; it stops in reverse.
Status run(const Flags& flags, int signals) {
  const SystemClock clock;
  const auto [address, port] = TRY(split_address(flags.listen));
  TRY(make_folder(flags.data_dir, 0700));
  TRY(make_folder(flags.runtime_dir, 0700));
  const auto store = TRY(apiserver::sqlite_store(flags.data_dir + "/state.db"));
  apiserver::Registry registry(*store, api::kinds(), clock);
  const std::string cluster_id = TRY(registry.bootstrap());
  apiserver::Janitor janitor(registry, clock);

  // The API server, the fleet and the controllers need each other's doors: filled in below, before anybody knocks.
  controllers::Controllers* woken = nullptr;
  const auto fleet =
      TRY(fleet::Fleet::make({.programs_dir = flags.programs_dir,
                              .runtime_dir = flags.runtime_dir,
                              .log_dir = flags.data_dir + "/log",
                              .on_change = [&woken](const ObjectKey& key) { woken->provider_changed(key); }},
                             clock));
  kube::Transport* own = nullptr;
  apiserver::ApiServer server(
      registry, clock,
      {.open_console = [&](const ObjectKey& key,
                           const Call& call) { return open_console(*own, *fleet, cluster_id, key, call); },
       .metrics = [] { return metrics::text(); },
       .ready = {}});
  const auto transport = apiserver::local_transport(server, clock);
  own = transport.get();
  controllers::Controllers controllers(*transport, *fleet, *fleet, clock, cluster_id, {});
  woken = &controllers;

  apiserver::ServeOptions serving;
  serving.address = address;
  serving.port = port;
  serving.unix_socket = flags.runtime_dir + "/api.sock";
  serving.pki_dir = flags.data_dir + "/pki";
  serving.kubeconfig = flags.kubeconfig.empty() ? flags.data_dir + "/kubeconfig" : flags.kubeconfig;
  const auto door = TRY(apiserver::serve(server, serving, clock));
  metrics::set(metrics::Metric::kBuildInfo, {RIG_VERSION, "", "", "virtrigaud"}, 1);
  log::info("serving", {{"address", address + ":" + std::to_string(door->port())}, {"kubeconfig", serving.kubeconfig}});

  runtime::Manager manager;
  controllers.add_to(manager);
  Status ended;
  std::jthread working([&](const std::stop_token& stop) {
    ended = manager.run(stop);
    ::kill(::getpid(), SIGTERM);  // a manager that ends by itself ends all of it
  });
  signalfd_siginfo info{};
  while (::read(signals, &info, sizeof info) < 0) {}
  log::info("stopping");
  working.request_stop();
  working.join();
  door->stop(std::chrono::seconds(1));
  fleet->stop();
  return ended;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("virtrigaud: virtual machines as Kubernetes objects, without a cluster");
  app.set_version_flag("--version", std::string("virtrigaud ") + RIG_VERSION);
  Flags flags{.data_dir = default_data_dir(),
              .runtime_dir = default_runtime_dir(),
              .kubeconfig = {},
              .programs_dir = folder_of_this_program(),
              .log_file = {}};
  app.add_option("--data-dir", flags.data_dir, "folder of the database, certificates and logs")->capture_default_str();
  app.add_option("--runtime-dir", flags.runtime_dir, "short folder for sockets and credentials, 0700")
      ->capture_default_str();
  app.add_option("--kubeconfig-out", flags.kubeconfig,
                 "file to write the kubeconfig to (default: DATA-DIR/kubeconfig)");
  app.add_option("--listen", flags.listen, "address and port of the API; port 0 picks one")->capture_default_str();
  app.add_option("--programs-dir", flags.programs_dir, "folder with provider-TYPE programs")->capture_default_str();
  app.add_option("--log-file", flags.log_file, "file to log to (default: stderr)");
  app.add_option("--log-level", flags.log_level, "debug, info, warn or error")->capture_default_str();
  app.add_option("--log-format", flags.log_format, "text or json")->capture_default_str();
  CLI11_PARSE(app, argc, argv);

  const Fd signals = block_signals();
  Status status = set_up_log(flags);
  if (status.ok()) status = run(flags, signals.get());
  if (status.ok()) return 0;
  std::fprintf(stderr, "virtrigaud: %s\n", status.error().to_string().c_str());
  return 1;
}
