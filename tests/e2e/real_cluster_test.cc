// e2e/real_cluster_test.cc — what only a real kube-apiserver can tell: whether it takes our definitions, keeps every
// field and accepts the tokens of a pod.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "api/core/custom_resource_definition.h"
#include "api/core/service_account.h"
#include "api/kinds.h"
#include "base/file.h"
#include "base/yaml/yaml.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

class RealCluster : public testing::Test {
 protected:
  RealCluster() : access_(*kube::read_kubeconfig(cluster_in_use()->person)), api_(*kube::connect(access_)) {}

  json::Value sent(const kube::Request& request) {
    auto answer = api_->send(request, within(10s));
    if (!answer.ok()) ADD_FAILURE() << request.method << " " << request.target() << ": " << answer.error().to_string();
    return answer.ok() ? answer.take() : json::Value();
  }

  const kube::Access access_;
  const std::unique_ptr<kube::Transport> api_;
};

// Everything that `wanted` has, `found` has too: defaults may have joined it.
void expect_kept(const json::Value& wanted, const json::Value* found, const std::string& where) {
  ASSERT_NE(found, nullptr) << where << " was pruned";
  if (const auto* members = wanted.as<json::Object>()) {
    for (const auto& [name, value] : *members) expect_kept(value, found->find(name), where + "." + std::string(name));
  } else if (const auto* items = wanted.as<json::Array>()) {
    const auto* others = found->as<json::Array>();
    ASSERT_TRUE(others != nullptr && others->size() == items->size()) << where;
    for (std::size_t i = 0; i < items->size(); ++i)
      expect_kept((*items)[i], &(*others)[i], where + "[" + std::to_string(i) + "]");
  } else {
    EXPECT_EQ(wanted, *found) << where;
  }
}

// The sample with every field of the kind that tests of its rows use.
json::Value full_sample(const api::KindInfo& kind) {
  const auto text = read_file(RIG_SOURCE_DIR "/tests/golden/api/" + std::string(kind.singular) + ".yaml");
  EXPECT_TRUE(text.ok()) << text.error().to_string();
  json::Value sample = object(*text);
  sample["metadata"] = json::Object{{"name", "full"}, {"namespace", "default"}};
  return sample;
}

TEST_F(RealCluster, EstablishesEveryDefinition) {
  for (const api::KindInfo& kind : api::kinds()) {
    if (!kind.is_custom) continue;
    const std::string name = kind.resource.group_resource();
    const json::Value definition = sent(kube::get_request(api::core::CustomResourceDefinition::kResource, {"", name}));
    std::map<std::string, std::string> conditions;
    if (const json::Value* list = definition.at({"status", "conditions"}))
      for (const json::Value& it : *list->as<json::Array>())
        conditions[std::string(it.text({"type"}))] = it.text({"status"});
    const std::map<std::string, std::string> wanted = {{"Established", "True"}, {"NamesAccepted", "True"}};
    EXPECT_EQ(conditions, wanted) << name << ": NonStructuralSchema would stand here too";
  }
}

TEST_F(RealCluster, KeepsEveryFieldOfEveryKind) {
  for (const api::KindInfo& kind : api::kinds()) {
    if (!kind.is_custom) continue;
    const json::Value full = full_sample(kind);
    const kube::WriteOptions try_it{.field_validation = "Strict", .dry_run = true};
    const json::Value made = sent(kube::create_request(kind.resource, "default", full, try_it));
    const std::string name(kind.resource.kind);
    if (const json::Value* spec = full.find("spec")) expect_kept(*spec, made.find("spec"), name + ".spec");
  }
}

// Machines and Providers are what all other tests are about.
TEST_F(RealCluster, HoldsTheStatusOfKindsThatNoOtherTestMakes) {
  Standalone rig;
  for (const char* plural : {"vmclasses", "vmclones", "vmmigrations", "vmplacementpolicies", "vmsets", "vmsnapshots"}) {
    const api::KindInfo* kind = api::find_kind("infra.virtrigaud.io", plural);
    ASSERT_NE(kind, nullptr) << plural;
    const json::Value full = full_sample(*kind);
    const ObjectKey key{"default", "full"};
    sent(kube::create_request(kind->resource, "default", full, {.field_validation = "Strict"}));
    const auto has_status = [&] {
      const json::Value now = sent(kube::get_request(kind->resource, key));
      return now.at({"status"}) != nullptr;
    };
    EXPECT_TRUE(eventually(kSoon, has_status)) << plural << "\n" << rig.log();
    if (const json::Value* status = full.find("status")) {
      const kube::WriteOptions try_it{.field_validation = "Strict", .dry_run = true};
      const json::Value patch = json::Object{{"status", *status}};
      const json::Value written = sent(kube::merge_patch_request(kind->resource, key, patch, "status", try_it));
      expect_kept(*status, written.find("status"), std::string(kind->resource.kind) + ".status");
    }
    sent(kube::delete_request(kind->resource, key));
  }
  EXPECT_EQ(rig.stop(), 0) << rig.log();
}

// The files of a pod, in a folder of ours: a service account's token, which the kubelet replaces before it expires.
class Pod {
 public:
  explicit Pod(const kube::Access& access) {
    const std::string address = access.server.substr(access.server.rfind('/') + 1);
    const auto colon = address.rfind(':');
    ::setenv("KUBERNETES_SERVICE_HOST", address.substr(0, colon).c_str(), 1);
    ::setenv("KUBERNETES_SERVICE_PORT", address.substr(colon + 1).c_str(), 1);
    write("ca.crt", access.ca_pem);
    write("namespace", "virtrigaud-system");
  }
  ~Pod() {
    ::unsetenv("KUBERNETES_SERVICE_HOST");
    ::unsetenv("KUBERNETES_SERVICE_PORT");
  }
  Pod(const Pod&) = delete;
  Pod& operator=(const Pod&) = delete;
  void write(const std::string& name, const std::string& text) const {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path + ".new") << text << "\n";
    std::filesystem::rename(path + ".new", path);
  }
  const std::string& folder() const { return folder_.path(); }

 private:
  const Folder folder_;
};

class RealClusterPod : public RealCluster {
 protected:
  // A new account and a token of it.
  std::string token_of(const std::string& account) {
    const api::Resource& resource = api::core::ServiceAccount::kResource;
    (void)api_->send(kube::delete_request(resource, {"virtrigaud-system", account}), within(10s));  // of an earlier run
    json::Value made = json::Object{{"apiVersion", "v1"}, {"kind", "ServiceAccount"}};
    made.set({"metadata", "name"}, account);
    sent(kube::create_request(resource, "virtrigaud-system", made));
    kube::Request request;
    request.method = "POST";
    request.path = kube::object_path(resource, {"virtrigaud-system", account}, "token");
    request.content_type = "application/json";
    request.body = R"({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}})";
    return std::string(sent(request).text({"status", "token"}));
  }
  static Result<std::string> who(kube::Transport& transport) {
    kube::Request request;
    request.method = "POST";
    request.path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    request.content_type = "application/json";
    request.body = R"({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})";
    const json::Value answer = TRY(transport.send(request, within(10s)));
    return std::string(answer.text({"status", "userInfo", "username"}));
  }
  void remove(const std::string& account) {
    sent(kube::delete_request(api::core::ServiceAccount::kResource, {"virtrigaud-system", account}));
  }
};

TEST_F(RealClusterPod, SendsTheTokenThatItsFileHolds) {
  const Pod pod(access_);
  pod.write("token", token_of("rig-first"));
  const auto access = kube::in_cluster(pod.folder());
  ASSERT_TRUE(access.ok()) << access.error().to_string();
  EXPECT_EQ(access->name_space, "virtrigaud-system");
  const auto transport = kube::connect(*access);
  ASSERT_TRUE(transport.ok()) << transport.error().to_string();
  const auto first = who(**transport);
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  EXPECT_EQ(*first, "system:serviceaccount:virtrigaud-system:rig-first");

  // What the file held is refused from now on, as after its time; the server remembers its own answers for 10 s.
  remove("rig-first");
  EXPECT_TRUE(eventually(kSoon, [&] {
    const auto now = who(**transport);
    return !now.ok() && now.error().is(Code::kUnauthenticated);
  }));
  pod.write("token", token_of("rig-second"));
  const auto second = who(**transport);
  ASSERT_TRUE(second.ok()) << second.error().to_string();
  EXPECT_EQ(*second, "system:serviceaccount:virtrigaud-system:rig-second");
  remove("rig-second");
}

TEST_F(RealClusterPod, StopsWithoutRightsAndSaysWhereTheyAre) {
  const Pod pod(access_);
  pod.write("token", token_of("rig-nobody"));
  auto access = kube::in_cluster(pod.folder());
  ASSERT_TRUE(access.ok()) << access.error().to_string();
  pod.write("kubeconfig", kube::write_kubeconfig(*access, "pod"));
  const Folder folder;
  const Outcome outcome =
      run(program("virtrigaud"), {"--data-dir", folder.path() + "/data", "--runtime-dir", folder.path() + "/r",
                                  "--kubeconfig", pod.folder() + "/kubeconfig"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(has(outcome.output, "system:serviceaccount:virtrigaud-system:rig-nobody")) << outcome.output;
  EXPECT_TRUE(has(outcome.output, "kubectl apply -f deploy/rbac")) << outcome.output;
  remove("rig-nobody");
}

}  // namespace
}  // namespace rig::e2e
