// fleet/remote_test.cc — pods for Providers are made and left alone; connections follow their certificates.
#include "fleet/remote.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/eventually_test.h"
#include "base/mutex.h"
#include "fleet/pod.h"
#include "http/certificate.h"
#include "provider/fake/fake_provider.h"
#include "provider/wire/transport.h"

namespace rig::fleet {
namespace {

using namespace std::chrono_literals;
using json::Value;
using provider::ProviderProcess;
using Phase = provider::RuntimeState::Phase;

// As much of an API server as one client of two kinds meets: it keeps objects and fills in defaults.
class SmallApi final : public kube::Transport {
 public:
  Result<Value> send(const kube::Request& request, const Call&) override {
    const Lock lock(mutex_);
    if (request.method == "GET") return get(request.path);
    ++writes_;
    Value object = json::parse(request.body).take();
    std::string path = request.path;
    if (request.method == "POST") path += "/" + std::string(object.text({"metadata", "name"}));
    if (request.method == "PUT") {
      const Value before = TRY(get(path));
      if (object.text({"metadata", "resourceVersion"}) != before.text({"metadata", "resourceVersion"}))
        return Error(Code::kAborted, "the object has been modified");
    }
    object.set({"metadata", "resourceVersion"}, std::to_string(writes_));
    if (object.text({"kind"}) == "Service") object.set({"spec", "clusterIP"}, "10.96.0.7");
    if (object.text({"kind"}) == "Deployment") object.set({"spec", "revisionHistoryLimit"}, 10);
    return objects_[path] = std::move(object);
  }
  Status stream(const kube::Request&, const Call&, const std::function<bool(Value)>&) override {
    return Error(Code::kUnimplemented, "nobody watches here");
  }

  int writes() const {
    const Lock lock(mutex_);
    return writes_;
  }
  void change(const std::string& kind, const std::function<void(Value&)>& how) {
    const Lock lock(mutex_);
    for (auto& [path, object] : objects_)
      if (object.text({"kind"}) == kind) how(object);
  }
  Value find(const std::string& kind) const {
    const Lock lock(mutex_);
    for (const auto& [path, object] : objects_)
      if (object.text({"kind"}) == kind) return object;
    return {};
  }

 private:
  Result<Value> get(const std::string& path) const REQUIRES(mutex_) {
    const auto it = objects_.find(path);
    return it == objects_.end() ? Result<Value>(Error(Code::kNotFound, path)) : Result<Value>(it->second);
  }
  mutable Mutex mutex_;
  std::map<std::string, Value> objects_ GUARDED_BY(mutex_);
  int writes_ GUARDED_BY(mutex_) = 0;
};

const ObjectKey kLab{"shop", "lab"};

// What lies in a TLS Secret.
std::map<std::string, std::string> certificates(const std::string& host = pod_host(kLab)) {
  const WallTime now = std::chrono::system_clock::now();
  const auto authority = http::make_authority("authority", now, 1h).take();
  const auto pair =
      http::issue(authority,
                  {.common_name = "provider", .organizations = {}, .names = {host}, .server = true, .client = true},
                  now, 1h)
          .take();
  return {{"tls.crt", pair.certificate_pem}, {"tls.key", pair.key_pem}, {"ca.crt", authority.certificate_pem}};
}

class ARemote : public testing::Test {
 protected:
  // With `address` the provider is there already.
  Remote& remote(const std::string& address = {}) {
    RemoteOptions options;
    if (!address.empty()) options.addresses = {{kLab, address}};
    options.patience = 500ms;
    options.on_change = [this](const ObjectKey& key) { changes_ += key == kLab ? 1 : 0; };
    remote_ = std::make_unique<Remote>(api_, std::move(options), clock_);
    return *remote_;
  }
  static ProviderProcess process() {
    ProviderProcess all;
    all.key = kLab;
    all.uid = "uid-of-lab";
    all.type = "mock";
    all.credentials_secret = "lab";
    all.tls_secret = "lab-tls";
    all.runtime = json::parse(R"({"image": "x/provider-mock:v1"})").take();
    return all;
  }
  // A provider process; answers its address.
  std::string serve(const std::map<std::string, std::string>& tls, const std::string& address = "127.0.0.1:0") {
    server_.reset();
    provider::wire::ServerOptions options;
    options.address = address;
    options.tls = {
        .certificate_pem = tls.at("tls.crt"), .key_pem = tls.at("tls.key"), .authority_pem = tls.at("ca.crt")};
    options.callers = callers_;
    server_ = provider::wire::serve(fake_, options).take();
    return "127.0.0.1:" + std::to_string(server_->port());
  }
  bool runs(const ProviderProcess& wanted) {
    return eventually(20s, [&] {
      const auto state = remote_->ensure(wanted);
      return state.ok() && state->phase == Phase::kRunning;
    });
  }
  Status ask() {
    const auto found = remote_->find(kLab);
    if (!found.ok()) return found.error();
    TRY((*found)->capabilities({clock_.now() + 10s, {}, ""}));
    return {};
  }

  SystemClock clock_;
  SmallApi api_;
  provider::fake::FakeProvider fake_{clock_, {}};
  std::set<std::string> callers_;
  std::unique_ptr<provider::wire::Server> server_;
  std::atomic<int> changes_ = 0;
  std::unique_ptr<Remote> remote_;
};

// ---- objects ----

TEST_F(ARemote, MakesTheTwoObjectsAndThenWritesNothing) {
  ProviderProcess wanted = process();
  wanted.tls = certificates();
  ASSERT_TRUE(remote().ensure(wanted).ok());
  EXPECT_EQ(api_.writes(), 2);
  EXPECT_EQ(api_.find("Deployment").text({"metadata", "name"}), "virtrigaud-provider-shop-lab");
  EXPECT_EQ(api_.find("Service").text({"metadata", "name"}), "virtrigaud-provider-shop-lab");
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(remote_->ensure(wanted).ok());
  ASSERT_TRUE(remote().ensure(wanted).ok()) << "nor does the next manager";
  EXPECT_EQ(api_.writes(), 2);
}

TEST_F(ARemote, ChangesWhatIsNotAsAskedAndNothingElse) {
  ProviderProcess wanted = process();
  wanted.tls = certificates();
  ASSERT_TRUE(remote().ensure(wanted).ok());
  api_.change("Deployment", [](Value& d) { d.set({"spec", "replicas"}, 0); });
  ASSERT_TRUE(remote_->ensure(wanted).ok());
  EXPECT_EQ(api_.writes(), 3);
  EXPECT_EQ(api_.find("Deployment").integer({"spec", "replicas"}), 1);
  wanted.runtime.set({"image"}, "x/provider-mock:v2");
  ASSERT_TRUE(remote_->ensure(wanted).ok());
  EXPECT_EQ(api_.writes(), 4);
  wanted.tls = certificates();
  wanted.credentials = {{"password", "another"}};
  ASSERT_TRUE(remote_->ensure(wanted).ok());
  EXPECT_EQ(api_.writes(), 4) << "a new certificate or password rolls no pod: they are mounted";
}

TEST_F(ARemote, LeavesSomebodyElsesObjectOfThatNameAlone) {
  ProviderProcess wanted = process();
  wanted.tls = certificates();
  ASSERT_TRUE(remote().ensure(wanted).ok());
  api_.change("Deployment", [](Value& d) { d.set({"metadata", "ownerReferences"}, json::Array{}); });
  wanted.runtime.set({"image"}, "x/provider-mock:v2");
  const auto refused = remote_->ensure(wanted);
  EXPECT_EQ(refused.error().code(), Code::kAlreadyExists);
  EXPECT_NE(refused.error().message().find("Deployment shop/virtrigaud-provider-shop-lab"), std::string::npos);
  EXPECT_EQ(api_.writes(), 2);
}

TEST_F(ARemote, SaysWhatTheDeploymentSaysWhileThePodDoesNotAnswer) {
  ProviderProcess wanted = process();
  wanted.tls = certificates();
  ASSERT_TRUE(remote().ensure(wanted).ok());
  api_.change("Deployment", [](Value& d) {
    Value failure = json::Object{{"type", "ReplicaFailure"}, {"status", "True"}, {"message", "pods are forbidden"}};
    Value available = json::Object{{"type", "Available"}, {"status", "True"}, {"message", "all is well"}};
    d.set({"status", "conditions"}, json::Array{failure, available});
  });
  const auto state = remote_->ensure(wanted);
  ASSERT_TRUE(state.ok());
  EXPECT_NE(state->phase, Phase::kRunning);
  EXPECT_NE(state->message.find("0 of 1 pods available; pods are forbidden"), std::string::npos) << state->message;
  EXPECT_EQ(state->message.find("all is well"), std::string::npos) << state->message;
  EXPECT_EQ(state->service, "virtrigaud-provider-shop-lab");
  EXPECT_EQ(ask().error().code(), Code::kUnavailable);
}

// ---- connections ----

TEST_F(ARemote, ReachesAProviderThatProvesItsName) {
  ProviderProcess wanted = process();
  wanted.tls = certificates();
  remote(serve(wanted.tls));
  ASSERT_TRUE(runs(wanted));
  EXPECT_TRUE(ask().ok());
  EXPECT_GE(changes_, 1) << "the controller is woken";
  EXPECT_EQ(api_.writes(), 0) << "it is there already";
  remote_->remove(kLab);
  EXPECT_EQ(ask().error().code(), Code::kUnavailable);
  ASSERT_TRUE(runs(wanted)) << "and may come back";
}

TEST_F(ARemote, DialsAgainWithTheNewCertificates) {
  ProviderProcess wanted = process();
  wanted.tls = certificates();
  const std::string address = serve(wanted.tls);
  remote(address);
  ASSERT_TRUE(runs(wanted));
  const auto renewed = certificates();  // of another authority
  serve(renewed, address);
  wanted.tls = renewed;
  ASSERT_TRUE(runs(wanted));
  EXPECT_TRUE(ask().ok()) << ask().error().to_string();
}

TEST_F(ARemote, DoesNotSpeakToSomebodyElse) {
  ProviderProcess wanted = process();
  wanted.tls = certificates("somebody-else");
  remote(serve(wanted.tls));
  ASSERT_TRUE(remote_->ensure(wanted).ok());
  EXPECT_TRUE(eventually(30s, [&] { return remote_->ensure(wanted)->phase == Phase::kFailed; }));
  EXPECT_EQ(ask().error().code(), Code::kUnavailable);
  wanted.skip_server_check = true;
  EXPECT_TRUE(runs(wanted)) << "unless it was told to";
}

TEST_F(ARemote, IsRefusedByAProviderThatExpectsAnother) {
  callers_ = {"the-manager"};
  ProviderProcess wanted = process();
  wanted.tls = certificates();
  remote(serve(wanted.tls));
  ASSERT_TRUE(remote_->ensure(wanted).ok());
  EXPECT_TRUE(eventually(20s, [&] {
    return remote_->ensure(wanted)->message.find("VIRTRIGAUD_PROVIDER_ALLOWED_SANS") != std::string::npos;
  })) << remote_->ensure(wanted)->message;
  callers_ = {"somebody", pod_host(kLab)};
  serve(wanted.tls, "127.0.0.1:" + std::to_string(server_->port()));
  EXPECT_TRUE(runs(wanted));
}

TEST_F(ARemote, SpeaksPlaintextOnlyWhenToldSo) {
  provider::wire::ServerOptions options;
  options.address = "127.0.0.1:0";
  EXPECT_FALSE(provider::wire::serve(fake_, options).ok());
  options.tls.is_plaintext = true;
  server_ = provider::wire::serve(fake_, options).take();
  remote("127.0.0.1:" + std::to_string(server_->port()));
  ProviderProcess wanted = process();
  EXPECT_EQ(remote_->ensure(wanted).error().code(), Code::kInvalidArgument);
  wanted.is_plaintext = true;
  EXPECT_TRUE(runs(wanted));
  EXPECT_TRUE(ask().ok());
}

}  // namespace
}  // namespace rig::fleet
