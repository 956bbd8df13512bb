// e2e/manager_test.cc — the cluster's manager and a provider that it reaches over mutual TLS, as in pods.
#include <csignal>

#include "base/file.h"
#include "base/text.h"
#include "e2e/own_cluster_test.h"
#include "e2e/suite.h"
#include "http/certificate.h"
#include "http/client.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

// The value of the field `name` in the last line of a log that has `message`; "" : not there yet.
std::string last_field(const std::string& file, std::string_view message, const std::string& name) {
  const auto text = read_file(file, std::size_t{64} << 20);
  if (!text.ok()) return "";
  const auto line = text->rfind(message);
  if (line == std::string::npos) return "";
  const auto begin = text->find(" " + name + "=", line);
  if (begin == std::string::npos) return "";
  const auto from = begin + name.size() + 2;
  return text->substr(from, text->find_first_of(" \n", from) - from);
}
std::string eventual_field(const std::string& file, std::string_view message, const std::string& name) {
  std::string found;
  EXPECT_TRUE(eventually(kSoon, [&] {
    found = last_field(file, message, name);
    return !found.empty();
  })) << message;
  return found;
}

// The mounts of a provider's pod: certificates and credentials.
class PodFiles {
 public:
  PodFiles() {
    CHECK(make_folder(folder_.path() + "/tls", 0700).ok() && make_folder(folder_.path() + "/credentials", 0700).ok());
    renew();
  }
  // Of a new authority. Answers the Secret that manager and pod share.
  json::Value renew() {
    const WallTime now = std::chrono::system_clock::now();
    const auto authority = http::make_authority("lab", now, 1h).take();
    const auto pair = http::issue(authority,
                                  {.common_name = "provider",
                                   .organizations = {},
                                   .names = {"virtrigaud-provider-default-libvirt.default.svc.cluster.local"},
                                   .server = true,
                                   .client = true},
                                  now, 1h)
                          .take();
    secret_ = object("{apiVersion: v1, kind: Secret, metadata: {name: libvirt-tls}}");
    const std::pair<const char*, const std::string&> files[] = {
        {"tls.key", pair.key_pem}, {"ca.crt", authority.certificate_pem}, {"tls.crt", pair.certificate_pem}};
    for (const auto& [name, bytes] : files) {
      CHECK(write_file(tls() + "/" + name, bytes, 0600).ok());
      secret_.set({"data", name}, base64(bytes));
    }
    return secret_;
  }
  const json::Value& secret() const { return secret_; }
  std::string tls() const { return folder_.path() + "/tls"; }
  std::string credentials() const { return folder_.path() + "/credentials"; }
  std::string log() const { return folder_.path() + "/log"; }

 private:
  const Folder folder_;
  json::Value secret_;
};

class ManagerInCluster : public testing::Test {
 protected:
  void SetUp() override {
    make_namespace(cluster_, "virtrigaud-system");
    ASSERT_TRUE(user_.connect(cluster_.kubeconfig()).ok());
    ASSERT_TRUE(user_.create(files_.secret()).ok());
    start_provider("0");
    const std::string address = eventual_field(files_.log(), "serving address", "address");
    port_ = address.substr(address.rfind(':') + 1);
    create_foundation(user_, folder_.path());
    ASSERT_TRUE(user_
                    .patch<v1::Provider>(
                        "libvirt", "spec: {runtime: {service: {tls: {enabled: true, secretRef: {name: libvirt-tls}}}}}")
                    .ok());
  }
  void TearDown() override {
    if (!HasFailure()) return;
    for (const auto& file : {files_.log(), folder_.path() + "/first", folder_.path() + "/second"}) {
      const auto text = read_file(file, std::size_t{64} << 20);
      std::fprintf(stderr, "---- %s\n%s\n", file.c_str(), text.ok() ? text->c_str() : "");
    }
  }

  // As its Deployment starts it.
  void start_provider(const std::string& port) {
    std::vector<std::string> words = {"PROVIDER_TYPE=libvirt",
                                      "PROVIDER_ENDPOINT=" + environment().uri,
                                      "PROVIDER_NAMESPACE=default",
                                      "PROVIDER_NAME=libvirt",
                                      "TLS_ENABLED=true",
                                      "TLS_INSECURE_SKIP_VERIFY=false",
                                      "LOG_LEVEL=debug",
                                      "LIBVIRT_VIRT_TYPE=qemu",
                                      "LIBVIRT_IMAGE_DIRS=" + folder_of_guest() + ":" + folder_.path(),
                                      program("provider-libvirt"),
                                      "--port=" + port,
                                      "--health-port=0",
                                      "--tls-dir=" + files_.tls(),
                                      "--credentials-dir=" + files_.credentials()};
    provider_.emplace("env", words, files_.log());
  }
  static std::string folder_of_guest() {
    const std::string& image = environment().guest_image;
    return image.substr(0, image.rfind('/'));
  }
  std::unique_ptr<Process> start_manager(const std::string& name) {
    return std::make_unique<Process>(
        program("manager"),
        std::vector<std::string>{"--kubeconfig=" + cluster_.kubeconfig(), "--leader-elect",
                                 "--lease-namespace=virtrigaud-system", "--metrics-bind-address=127.0.0.1:0",
                                 "-health-probe-bind-address=127.0.0.1:0", "--zap-log-level=debug",
                                 "--provider-address=default/libvirt=127.0.0.1:" + port_},
        folder_.path() + "/" + name);
  }
  // What it answers at that path, with the status in front.
  std::string ask(const std::string& file, std::string_view door, const std::string& path) {
    http::ClientOptions options;
    options.base_url = "http://127.0.0.1:" + eventual_field(file, door, "port");
    const auto client = http::Client::make(options);
    if (!client.ok()) return client.error().to_string();
    http::Request request;
    request.target = path;
    const auto reply = (*client)->send(request, within(10s));
    return reply.ok() ? std::to_string(reply->status) + " " + reply->body : reply.error().to_string();
  }
  std::string ready(const std::string& manager) {
    return ask(folder_.path() + "/" + manager, "serving probes", "/readyz");
  }
  bool becomes_ready(const std::string& name) {
    const auto is_ready = [&] {
      const VirtualMachine vm = user_.vm(name);
      return vm.status.observed_generation == vm.meta.generation && told(vm, condition::kReady).starts_with("True");
    };
    return eventually(kBoot, is_ready);
  }
  std::string why() { return told(user_.vm("m"), condition::kReady); }

  const OwnCluster cluster_;
  const Folder folder_;
  const Host host_;
  PodFiles files_;
  Client user_;
  std::string port_;
  std::optional<Process> provider_;
};

TEST_F(ManagerInCluster, WorksOverMutualTlsThroughRenewalsRestartsAndSuccession) {
  auto first = start_manager("first");
  ASSERT_TRUE(user_.create(machine("m", "imageRef: {name: blank}")).ok());
  ASSERT_TRUE(becomes_ready("m")) << why();
  const std::string id = user_.vm("m").meta.annotation("virtrigaud.io/machine-id");
  EXPECT_TRUE(host_.is_on(id));
  const auto provider = user_.get<v1::Provider>("libvirt");
  ASSERT_TRUE(provider.ok());
  EXPECT_TRUE(told(*provider, condition::kTlsConfigured).starts_with("True Enabled"));
  ASSERT_TRUE(provider->status.runtime);
  EXPECT_EQ(provider->status.runtime->endpoint, "127.0.0.1:" + port_);

  EXPECT_EQ(ready("first"), "200 leader\n");
  EXPECT_EQ(ask(folder_.path() + "/first", "serving probes", "/healthz"), "200 ok\n");
  EXPECT_TRUE(has(ask(folder_.path() + "/first", "serving metrics", "/metrics"),
                  "virtrigaud_build_info{component=\"manager\""));
  EXPECT_EQ(ask(files_.log(), "serving probes", "/readyz"), "200 ok\n");

  files_.renew();
  ASSERT_TRUE(user_.remove<api::core::Secret>("libvirt-tls").ok());
  ASSERT_TRUE(user_.create(files_.secret()).ok());
  ASSERT_TRUE(user_.patch<VirtualMachine>("m", "spec: {powerState: \"Off\"}").ok());
  EXPECT_TRUE(becomes_ready("m")) << "with new certificates of a new authority: " << why();
  EXPECT_FALSE(host_.is_on(id));

  provider_->signal(SIGKILL);
  ASSERT_TRUE(provider_->wait(10s));
  ASSERT_TRUE(user_.patch<VirtualMachine>("m", "spec: {powerState: \"On\"}").ok());
  start_provider(port_);
  EXPECT_TRUE(becomes_ready("m")) << "with a provider that was killed and came back: " << why();
  EXPECT_TRUE(host_.is_on(id));

  auto second = start_manager("second");
  EXPECT_TRUE(eventually(kSoon, [&] { return ready("second") == "200 standby\n"; })) << ready("second");
  first->signal(SIGTERM);
  EXPECT_EQ(first->wait(20s).value_or(-1), 0);
  ASSERT_TRUE(user_.remove<VirtualMachine>("m").ok());
  EXPECT_TRUE(eventually(kBoot, [&] { return user_.is_gone<VirtualMachine>("m"); })) << why();
  EXPECT_EQ(ready("second"), "200 leader\n");
  EXPECT_FALSE(host_.domain(id));
  second->signal(SIGTERM);
  EXPECT_EQ(second->wait(20s).value_or(-1), 0);
}

TEST_F(ManagerInCluster, SaysWhatAProviderLacksForTls) {
  ASSERT_TRUE(user_.remove<api::core::Secret>("libvirt-tls").ok());
  const auto manager = start_manager("first");
  const auto told_now = [&](std::string_view type) {
    const auto provider = user_.get<v1::Provider>("libvirt");
    return provider.ok() ? told(*provider, type) : "";
  };
  EXPECT_TRUE(eventually(kSoon, [&] { return told_now(condition::kTlsConfigured).starts_with("False SecretMissing"); }))
      << told_now(condition::kTlsConfigured);
  EXPECT_TRUE(has(told_now(condition::kProviderRuntimeReady), "there is no Secret default/libvirt-tls"))
      << told_now(condition::kProviderRuntimeReady);
  ASSERT_TRUE(user_.create(files_.secret()).ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return told_now(condition::kReady).starts_with("True"); }))
      << told_now(condition::kReady);
}

// ---- on a real kube-apiserver: whether it takes our pods, and what it lets whom read ----

constexpr api::Resource kServices{"", "v1", "Service", "services"};
constexpr api::Resource kDeployments{"apps", "v1", "Deployment", "deployments"};
const ObjectKey kPods{"default", "virtrigaud-provider-default-pods"};

class RealClusterManager : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(user_.connect(cluster_in_use()->person).ok());
    ASSERT_TRUE(user_.create(object("{apiVersion: v1, kind: Secret, metadata: {name: pods-credentials}}")).ok());
    ASSERT_TRUE(user_
                    .create(object("{apiVersion: v1, kind: Secret, metadata: {name: pods-tls},"
                                   " stringData: {tls.crt: x, tls.key: x, ca.crt: x}}"))
                    .ok());
    ASSERT_TRUE(user_
                    .create(object(R"(
apiVersion: infra.virtrigaud.io/v1beta1
kind: Provider
metadata: {name: pods}
spec:
  type: libvirt
  endpoint: qemu:///system
  credentialSecretRef: {name: pods-credentials}
  healthCheck: {interval: 1s}
  runtime:
    image: example.com/provider-libvirt:v1
    imagePullSecrets: [{name: registry}]
    env: [{name: EXTRA, value: "yes"}]
    service: {tls: {secretRef: {name: pods-tls}}}
    resources: {limits: {memory: 1Gi}}
    nodeSelector: {zone: a}
    tolerations: [{key: virt, operator: Exists}]
    livenessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 60}
)"))
                    .ok());
  }
  void TearDown() override {
    (void)user_.remove<v1::Provider>("pods");
    EXPECT_TRUE(eventually(kSoon, [&] { return user_.is_gone<v1::Provider>("pods"); }));
    for (const auto& resource : {kServices, kDeployments})  // nobody collects in this cluster
      (void)user_.transport().send(kube::delete_request(resource, kPods), within(10s));
    for (const char* secret : {"pods-credentials", "pods-tls"}) (void)user_.remove<api::core::Secret>(secret);
  }
  std::unique_ptr<Process> start_manager(const std::string& name, const std::string& more) {
    return std::make_unique<Process>(
        program("manager"),
        std::vector<std::string>{"--kubeconfig=" + cluster_in_use()->manager, "--leader-elect",
                                 "--lease-namespace=virtrigaud-system", "--metrics-bind-address=127.0.0.1:0",
                                 "--health-probe-bind-address=127.0.0.1:0", more},
        log_of(name));
  }
  std::string log_of(const std::string& name) const { return folder_.path() + "/" + name; }
  json::Value get(const api::Resource& resource) {
    auto found = user_.transport().send(kube::get_request(resource, kPods), within(10s));
    return found.ok() ? found.take() : json::Value();
  }
  // What is answered at a door of that manager.
  std::string ask(const std::string& name, std::string_view door, const std::string& path,
                  const std::string& token = {}) {
    http::ClientOptions options;
    options.base_url =
        (token.empty() ? "http://127.0.0.1:" : "https://127.0.0.1:") + eventual_field(log_of(name), door, "port");
    options.insecure_skip_verify = true;  // it made its certificate itself
    http::Request request;
    request.target = path;
    if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
    const auto reply = (*http::Client::make(options))->send(request, within(10s));
    return reply.ok() ? std::to_string(reply->status) + " " + reply->body : reply.error().to_string();
  }
  std::int64_t passes(const std::string& name) {
    const std::string text = ask(name, "serving metrics", "/metrics");
    const std::string_view row = "virtrigaud_manager_reconcile_total{kind=\"Provider\",outcome=\"requeue\"} ";
    const auto at = text.find(row);
    return at == std::string::npos ? 0 : std::strtoll(text.c_str() + at + row.size(), nullptr, 10);
  }

  const Folder folder_;
  Client user_;
};

TEST_F(RealClusterManager, MakesPodsThatTheClusterTakesAndWritesThemOnce) {
  const auto manager = start_manager("first", "--metrics-secure=false");
  EXPECT_TRUE(eventually(kSoon, [&] { return !get(kDeployments).is_null(); })) << *read_file(log_of("first"));
  const auto provider = user_.get<v1::Provider>("pods");
  ASSERT_TRUE(provider.ok());
  for (const auto& resource : {kServices, kDeployments}) {
    const json::Value made = get(resource);
    const json::Value* owners = made.at({"metadata", "ownerReferences"});
    ASSERT_NE(owners, nullptr);
    EXPECT_EQ(owners->as<json::Array>()->front().text({"uid"}), provider->meta.uid);
  }
  const auto version = [&](const api::Resource& resource) {
    return std::string(get(resource).text({"metadata", "resourceVersion"}));
  };
  const std::string service = version(kServices), deployment = version(kDeployments);
  const std::int64_t passed = passes("first");
  EXPECT_TRUE(eventually(kSoon, [&] { return passes("first") >= passed + 3; })) << *read_file(log_of("first"));
  EXPECT_EQ(version(kServices), service) << "what is as asked is not written";
  EXPECT_EQ(version(kDeployments), deployment);

  ASSERT_TRUE(user_.patch<v1::Provider>("pods", "spec: {runtime: {service: {port: 9555}}}").ok());
  const auto has_port = [&] { return has(json::to_text(get(kDeployments)), "--port=9555"); };
  EXPECT_TRUE(eventually(kSoon, has_port)) << *read_file(log_of("first"));
  EXPECT_TRUE(has(json::to_text(get(kServices)), "9555"));
  EXPECT_NE(get(kServices).text({"spec", "clusterIP"}), "");

  const auto second = start_manager("second", "--metrics-secure");
  EXPECT_TRUE(eventually(kSoon, [&] { return ask("second", "serving probes", "/readyz") == "200 standby\n"; }));
  const auto token = read_file(environment().kube_folder + "/manager/token");
  ASSERT_TRUE(token.ok());
  EXPECT_TRUE(ask("second", "serving metrics", "/metrics", "nonsense").starts_with("401"));
  EXPECT_TRUE(ask("second", "serving metrics", "/metrics", std::string(trim(*token))).starts_with("403"));
  ASSERT_TRUE(user_.remove<v1::Provider>("pods").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return user_.is_gone<v1::Provider>("pods"); }));
  for (auto* process : {second.get(), manager.get()}) {
    process->signal(SIGTERM);
    EXPECT_EQ(process->wait(20s).value_or(-1), 0);
  }
}

// ---- flags ----

TEST(ManagerFlags, AreTheReferencesAndUnknownOnesAreRefused) {
  EXPECT_TRUE(e2e::run(program("manager"), {"--version"}).output.starts_with("virtrigaud-manager "));
  const Outcome unknown = e2e::run(program("manager"), {"--webhook-port=9443"});
  EXPECT_NE(unknown.status, 0);
  EXPECT_TRUE(has(unknown.output, "--webhook-port")) << unknown.output;
  const Outcome nowhere =
      e2e::run(program("manager"), {"--kubeconfig", "/nonexistent/kubeconfig", "--enable-http2", "--leader-elect=false",
                                    "--webhook-cert-path=/x", "--zap-devel=false", "--zap-log-level=2"});
  EXPECT_EQ(nowhere.status, 1);
  EXPECT_TRUE(has(nowhere.output, "/nonexistent/kubeconfig")) << nowhere.output;
  EXPECT_TRUE(has(nowhere.output, "there are no webhooks")) << nowhere.output;
}

TEST(ProviderProcess, DoesNotServeInPlaintextUnlessToldSo) {
  const Folder folder;
  const Outcome outcome =
      e2e::run(program("provider-mock"), {"--port=0", "--health-port=0", "--tls-dir=" + folder.path()});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(has(outcome.output, "has no tls.crt, tls.key, ca.crt")) << outcome.output;
  EXPECT_TRUE(has(outcome.output, "VIRTRIGAUD_PROVIDER_INSECURE=true")) << outcome.output;
}

}  // namespace
}  // namespace rig::e2e
