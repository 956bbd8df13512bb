// cmd/manager.cc — the manager of a cluster: providers in pods, the reference's flags.
#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <cstdlib>

#include "base/log.h"
#include "base/text.h"
#include "cmd/cluster.h"
#include "cmd/doors.h"
#include "cmd/manager_process.h"
#include "cmd/signals.h"
#include "fleet/remote.h"
#include "kube/kubeconfig.h"

namespace {

using namespace rig;

constexpr Duration kProbeTimeout = std::chrono::seconds(2);

struct Flags {
  std::string kubeconfig, lease_namespace;
  std::string metrics_address = ":8080", probe_address = ":8081";
  bool leader_elect = false, metrics_secure = false, zap_devel = true;
  std::string certificate_folder, certificate_name = "tls.crt", key_name = "tls.key";
  std::string log_level = "info", log_encoder;
  std::vector<std::string> provider_addresses;  // "namespace/name=host:port"
};

// What the reference takes and what has no meaning here. Who sets one is told why nothing comes of it.
struct Meaningless {
  const char* name;
  const char* why;
  bool is_switch = false;
};
constexpr Meaningless kMeaningless[] = {
    {"--webhook-cert-path", "there are no webhooks: the rules stand in the CRDs"},
    {"--webhook-cert-name", "there are no webhooks: the rules stand in the CRDs"},
    {"--webhook-cert-key", "there are no webhooks: the rules stand in the CRDs"},
    {"--enable-http2", "metrics are served over HTTP/1.1", true},
    {"--enforce-provider-capabilities", "what a provider cannot do is never asked of it", true},
    {"--migration-storage-allowed-hosts", "nothing acts on VMMigrations yet"},
    {"--zap-stacktrace-level", "the log has no stack traces"},
    {"--zap-time-encoding", "times in the log are RFC 3339"},
};

// "-leader-elect" is "--leader-elect" for the reference.
std::vector<std::string> with_two_dashes(int argc, char** argv) {
  std::vector<std::string> out;
  for (int i = argc - 1; i > 0; --i) {  // as CLI11 takes them: the last one first
    const std::string_view argument = argv[i];
    const bool has_one = argument.size() > 2 && argument[0] == '-' && argument[1] != '-';
    out.push_back((has_one ? "-" : "") + std::string(argument));
  }
  return out;
}

Status set_up_log(const Flags& flags) {
  log::Options options;
  const auto verbosity = parse_int(flags.log_level);  // as zap has it: 1 and more say more
  options.level = verbosity.ok() ? (*verbosity > 0 ? log::Level::kDebug : log::Level::kInfo)
                                 : TRY(log::parse_level(flags.log_level).context("--zap-log-level"));
  const bool json = flags.log_encoder.empty() ? !flags.zap_devel : flags.log_encoder == "json";
  options.format = json ? log::Format::kJson : log::Format::kText;
  return log::setup(options);
}

// In the order of controller-runtime: the flag, $KUBECONFIG, the pod's own account, ~/.kube/config.
Result<kube::Access> find_access(const Flags& flags) {
  if (!flags.kubeconfig.empty()) return kube::read_kubeconfig(flags.kubeconfig);
  if (const char* path = std::getenv("KUBECONFIG"); path != nullptr && *path != '\0')
    return kube::read_kubeconfig(path);
  auto pod = kube::in_cluster();
  if (pod.ok()) return pod;
  const char* home = std::getenv("HOME");
  auto own = kube::read_kubeconfig(std::string(home == nullptr ? "" : home) + "/.kube/config");
  if (own.ok()) return own;
  return pod.take_error().with_hint("Outside of a cluster, name one with --kubeconfig.");
}

// The pod's. Outside of one the reference's usual namespace.
std::string lease_namespace(const Flags& flags) {
  if (!flags.lease_namespace.empty()) return flags.lease_namespace;
  if (const char* name = std::getenv("VIRTRIGAUD_NAMESPACE"); name != nullptr && *name != '\0') return name;
  const auto pod = kube::in_cluster();
  return pod.ok() ? pod->name_space : "virtrigaud-system";
}

Result<std::map<ObjectKey, std::string>> addresses_in(const std::vector<std::string>& texts) {
  std::map<ObjectKey, std::string> out;
  for (const std::string& text : texts) {
    const auto slash = text.find('/'), equals = text.find('=');
    if (slash == std::string::npos || equals == std::string::npos || equals < slash)
      return Error(Code::kInvalidArgument, "--provider-address \"" + text + "\" is not NAMESPACE/NAME=HOST:PORT");
    out[{text.substr(0, slash), text.substr(slash + 1, equals - slash - 1)}] = text.substr(equals + 1);
  }
  return out;
}

// Ready: the caches are filled, so that it can act or take over, and the API server answers.
Result<std::string> ready(const cmd::ManagerProcess* manager, kube::Transport& cluster, const Clock& clock) {
  if (manager == nullptr) return Error(Code::kUnavailable, "starting");
  std::string state = TRY(manager->state());
  TRY(cluster.send({.path = "/version"}, {.deadline = clock.now() + kProbeTimeout, .stop = {}, .request_id = {}})
          .context("the API server"));
  return state;
}

Status run(const Flags& flags, int signals) {
  const SystemClock clock;
  const kube::Access access = TRY(find_access(flags));
  const auto cluster = TRY(kube::connect(access));
  fleet::RemoteOptions remote{.addresses = TRY(addresses_in(flags.provider_addresses)), .on_change = {}};

  std::atomic<const cmd::ManagerProcess*> manager_door = nullptr;
  std::unique_ptr<http::Server> probes;
  if (flags.probe_address != "0") {
    const cmd::Address address = TRY(cmd::parse_address("--health-probe-bind-address", flags.probe_address));
    probes = TRY(cmd::open_probes(address, {{"/healthz", [] { return std::string("ok"); }},
                                            {"/readyz", [&] { return ready(manager_door.load(), *cluster, clock); }}}));
    log::info("serving probes", {{"port", probes->port()}});
  }
  std::unique_ptr<cmd::MetricsDoor> metrics;
  if (flags.metrics_address != "0") {
    cmd::MetricsOptions options;
    options.address = TRY(cmd::parse_address("--metrics-bind-address", flags.metrics_address));
    options.secure = flags.metrics_secure;
    if (!flags.certificate_folder.empty()) {
      options.certificate_file = flags.certificate_folder + "/" + flags.certificate_name;
      options.key_file = flags.certificate_folder + "/" + flags.key_name;
    }
    metrics = TRY(cmd::open_metrics(options, *cluster, clock));
    log::info("serving metrics", {{"port", metrics->port()}, {"secure", flags.metrics_secure ? "yes" : "no"}});
  }

  const std::string name_space = lease_namespace(flags);
  cmd::ManagerOptions options;
  options.component = "manager";
  options.cluster_id = TRY(cmd::check_cluster(*cluster, name_space).context(access.server));
  options.launcher = [&](fleet::OnChange on_change) -> Result<std::unique_ptr<fleet::Launcher>> {
    remote.on_change = std::move(on_change);
    return std::unique_ptr<fleet::Launcher>(std::make_unique<fleet::Remote>(*cluster, remote, clock));
  };
  if (flags.leader_elect)
    options.lease = {.lease = {name_space, cmd::kLeaseName}, .identity = cmd::lease_identity(), .times = {}};
  log::info("working for a cluster",
            {{"server", access.server}, {"identity", options.lease ? options.lease->identity : "alone"}});
  const auto manager = TRY(cmd::ManagerProcess::make(*cluster, std::move(options), clock));
  manager_door = manager.get();
  Status ended = manager->run(signals);
  manager_door = nullptr;
  if (probes) probes->stop(std::chrono::seconds(1));  // before what it looks at goes
  return ended;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("virtrigaud-manager: makes the virtual machines of a Kubernetes cluster true");
  app.set_version_flag("--version", std::string("virtrigaud-manager ") + RIG_VERSION);
  Flags flags;
  app.add_option("--kubeconfig", flags.kubeconfig, "the cluster (default: $KUBECONFIG, the pod's own, ~/.kube/config)");
  app.add_flag("--leader-elect", flags.leader_elect, "act only while holding the Lease; others stand by");
  app.add_option("--lease-namespace", flags.lease_namespace, "namespace of the Lease (default: the pod's)");
  app.add_option("--metrics-bind-address", flags.metrics_address, "where /metrics is served; 0: nowhere")
      ->capture_default_str();
  app.add_flag("--metrics-secure", flags.metrics_secure, "TLS, and only for who may read metrics");
  app.add_option("--metrics-cert-path", flags.certificate_folder, "folder of the certificate for metrics");
  app.add_option("--metrics-cert-name", flags.certificate_name, "its file")->capture_default_str();
  app.add_option("--metrics-cert-key", flags.key_name, "the file of its key")->capture_default_str();
  app.add_option("--health-probe-bind-address", flags.probe_address, "where /healthz and /readyz are; 0: nowhere")
      ->capture_default_str();
  app.add_flag("--zap-devel", flags.zap_devel, "a log for people; false: JSON");
  app.add_option("--zap-encoder", flags.log_encoder, "json or console")
      ->envname("VIRTRIGAUD_LOG_FORMAT")
      ->transform(CLI::IsMember({"json", "console", "text"}));
  app.add_option("--zap-log-level", flags.log_level, "debug, info, warn, error, or a number: 1 and more are debug")
      ->envname("VIRTRIGAUD_LOG_LEVEL")
      ->capture_default_str();
  app.add_option("--provider-address", flags.provider_addresses,
                 "NAMESPACE/NAME=HOST:PORT: this Provider is served there already; nothing is deployed for it");
  std::string ignored;
  bool ignored_switch = false;
  std::vector<std::pair<const CLI::Option*, const Meaningless*>> meaningless;
  for (const Meaningless& row : kMeaningless) {
    CLI::Option* option = row.is_switch ? app.add_flag(row.name, ignored_switch, std::string("no effect: ") + row.why)
                                        : app.add_option(row.name, ignored, std::string("no effect: ") + row.why);
    meaningless.emplace_back(option, &row);
  }
  try {
    app.parse(with_two_dashes(argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  }

  const Fd signals = cmd::block_signals();
  Status status = set_up_log(flags);
  for (const auto& [option, row] : meaningless)
    if (option->count() > 0) log::info("a flag without effect", {{"flag", row->name}, {"why", row->why}});
  if (status.ok()) status = run(flags, signals.get());
  if (status.ok()) return 0;
  std::fprintf(stderr, "manager: %s\n", status.error().to_string().c_str());
  return 1;
}
