// cmd/virtrigaud.cc — the whole product in one process: API server on SQLite, manager, providers as child processes.
// Or, with --kubeconfig, all but the API server, for a cluster.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "apiserver/janitor.h"
#include "apiserver/local_transport.h"
#include "apiserver/pki.h"
#include "apiserver/serve.h"
#include "apiserver/store/backup.h"
#include "apiserver/store/store.h"
#include "base/file.h"
#include "base/log.h"
#include "base/metrics.h"
#include "cmd/cluster.h"
#include "cmd/doors.h"
#include "cmd/manager_process.h"
#include "cmd/signals.h"
#include "fleet/fleet.h"
#include "kube/kubeconfig.h"

namespace {

using namespace rig;

struct Flags {
  std::string data_dir, runtime_dir, programs_dir;
  std::string kubeconfig_out, listen = "127.0.0.1:6443";                   // its own API server's
  std::string kubeconfig, context, lease_namespace = "virtrigaud-system";  // the cluster's, instead
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

Status set_up_log(const Flags& flags) {
  log::Options options;
  options.level = TRY(log::parse_level(flags.log_level).context("--log-level"));
  options.format = flags.log_format == "json" ? log::Format::kJson : log::Format::kText;
  options.file = flags.log_file;
  return log::setup(options);
}

std::string database_of(const Flags& flags) { return flags.data_dir + "/state.db"; }

Status put_back(const Flags& flags, const std::string& copy) {
  TRY(make_folder(flags.data_dir, 0700));
  return apiserver::restore(copy, database_of(flags));
}

cmd::ManagerOptions manager_options(const Flags& flags, std::string cluster_id, const Clock& clock) {
  cmd::ManagerOptions options;
  options.cluster_id = std::move(cluster_id);
  options.launcher = [&](fleet::OnChange on_change) -> Result<std::unique_ptr<fleet::Launcher>> {
    return std::unique_ptr<fleet::Launcher>(TRY(fleet::Fleet::make({.programs_dir = flags.programs_dir,
                                                                    .runtime_dir = flags.runtime_dir,
                                                                    .log_dir = flags.data_dir + "/log",
                                                                    .on_change = std::move(on_change)},
                                                                   clock)));
  };
  return options;
}

// API server, manager and providers: everything there is, in the order in which it starts; it stops in reverse.
Status run_alone(const Flags& flags, int signals) {
  const SystemClock clock;
  const cmd::Address listen = TRY(cmd::parse_address("--listen", flags.listen));
  const auto store = TRY(apiserver::sqlite_store(database_of(flags)));
  apiserver::Registry registry(*store, api::kinds(), clock);
  const std::string cluster_id = TRY(registry.bootstrap());
  apiserver::Janitor janitor(registry, clock);

  const std::string pki_dir = flags.data_dir + "/pki";
  const SigningKey token_key = TRY(apiserver::load_token_key(pki_dir));
  // The API server and the manager need each other's doors: filled in below, before anybody knocks.
  cmd::ManagerProcess* consoles = nullptr;
  apiserver::ApiServer server(
      registry, clock,
      {.open_console = [&](const ObjectKey& key, const Call& call) { return consoles->open_console(key, call); },
       .metrics = [] { return metrics::text(); },
       .ready = {},
       .token_key = token_key});
  const auto transport = apiserver::local_transport(server, clock);
  const auto manager = TRY(cmd::ManagerProcess::make(*transport, manager_options(flags, cluster_id, clock), clock));
  consoles = manager.get();

  apiserver::ServeOptions serving;
  serving.address = listen.host;
  serving.port = listen.port;
  serving.unix_socket = flags.runtime_dir + "/api.sock";
  serving.pki_dir = pki_dir;
  serving.kubeconfig = flags.kubeconfig_out.empty() ? flags.data_dir + "/kubeconfig" : flags.kubeconfig_out;
  const auto door = TRY(apiserver::serve(server, serving, clock));
  log::info("serving",
            {{"address", listen.host + ":" + std::to_string(door->port())}, {"kubeconfig", serving.kubeconfig}});

  Status ended = manager->run(signals);
  door->stop(std::chrono::seconds(1));
  return ended;
}

// Manager and providers against a cluster. Of all that may be started, one acts: who holds the reference's Lease.
Status run_in_cluster(const Flags& flags, int signals) {
  const SystemClock clock;
  const kube::Access access = TRY(kube::read_kubeconfig(flags.kubeconfig, flags.context));
  const auto cluster = TRY(kube::connect(access));
  const std::string cluster_id = TRY(cmd::check_cluster(*cluster, flags.lease_namespace).context(access.server));
  cmd::ManagerOptions options = manager_options(flags, cluster_id, clock);
  options.lease = {.lease = {flags.lease_namespace, cmd::kLeaseName}, .identity = cmd::lease_identity(), .times = {}};
  log::info("working for a cluster", {{"server", access.server}, {"identity", options.lease->identity}});
  return TRY(cmd::ManagerProcess::make(*cluster, std::move(options), clock))->run(signals);
}

Status run(const Flags& flags, int signals) {
  TRY(make_folder(flags.data_dir, 0700));
  TRY(make_folder(flags.runtime_dir, 0700));
  return flags.kubeconfig.empty() ? run_alone(flags, signals) : run_in_cluster(flags, signals);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("virtrigaud: virtual machines as Kubernetes objects, without a cluster");
  app.set_version_flag("--version", std::string("virtrigaud ") + RIG_VERSION);
  Flags flags;
  flags.data_dir = default_data_dir();
  flags.runtime_dir = default_runtime_dir();
  flags.programs_dir = folder_of_this_program();
  app.add_option("--data-dir", flags.data_dir, "folder of the database, certificates and logs")->capture_default_str();
  app.add_option("--runtime-dir", flags.runtime_dir, "short folder for sockets and credentials, 0700")
      ->capture_default_str();
  app.add_option("--kubeconfig-out", flags.kubeconfig_out,
                 "file to write the kubeconfig to (default: DATA-DIR/kubeconfig)");
  app.add_option("--listen", flags.listen, "address and port of the API; port 0 picks one")->capture_default_str();
  auto* cluster = app.add_option("--kubeconfig", flags.kubeconfig, "work for this cluster, without an own API server")
                      ->excludes("--kubeconfig-out", "--listen");
  app.add_option("--context", flags.context, "context of the kubeconfig (default: its current one)")->needs(cluster);
  app.add_option("--lease-namespace", flags.lease_namespace, "namespace of the Lease that one of several holds")
      ->needs(cluster)
      ->capture_default_str();
  app.add_option("--programs-dir", flags.programs_dir, "folder with provider-TYPE programs")->capture_default_str();
  app.add_option("--log-file", flags.log_file, "file to log to (default: stderr)");
  app.add_option("--log-level", flags.log_level, "debug, info, warn or error")->capture_default_str();
  app.add_option("--log-format", flags.log_format, "text or json")->capture_default_str();
  app.fallthrough();
  std::string copy;
  const auto* backup = app.add_subcommand("backup", "copies the database of DATA-DIR, while virtrigaud runs or not");
  const auto* restore = app.add_subcommand("restore", "puts such a copy into a DATA-DIR that has no database");
  for (CLI::App* command : app.get_subcommands({})) command->add_option("file", copy, "the copy")->required();
  CLI11_PARSE(app, argc, argv);

  const Fd signals = cmd::block_signals();
  Status status = set_up_log(flags);
  if (status.ok()) {
    if (*backup)
      status = apiserver::back_up(database_of(flags), copy);
    else if (*restore)
      status = put_back(flags, copy);
    else
      status = run(flags, signals.get());
  }
  if (status.ok()) return 0;
  std::fprintf(stderr, "virtrigaud: %s\n", status.error().to_string().c_str());
  return 1;
}
