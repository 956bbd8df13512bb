// fleet/pod_test.cc — the Service and Deployment of a Provider, as goldens, and when they count as what was asked for.
#include "fleet/pod.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "base/yaml/yaml.h"

namespace rig::fleet {
namespace {

using json::Value;
using provider::ProviderProcess;

ProviderProcess plain() {
  ProviderProcess all;
  all.key = {"shop", "lab"};
  all.uid = "0f4c6d1e-0000-4000-8000-000000000001";
  all.type = "libvirt";
  all.endpoint = "qemu+ssh://virt@10.0.0.7/system";
  all.log_level = "info";
  all.log_format = "text";
  all.credentials = {{"password", "s3cr3t"}};
  all.credentials_secret = "lab-credentials";
  all.tls_secret = "lab-tls";
  all.tls = {{"tls.key", "s3cr3t"}};
  all.runtime = json::parse(R"({"image": "ghcr.io/x/provider-libvirt:v1",
                                "service": {"tls": {"secretRef": {"name": "lab-tls"}}}})")
                    .take();
  return all;
}

// Everything that spec.runtime can say.
ProviderProcess elaborate() {
  ProviderProcess all = plain();
  all.type = "vsphere";
  all.endpoint = "https://vc/sdk";
  all.insecure_skip_verify = all.is_plaintext = true;
  all.defaults = {{"cluster", "c1"}, {"datastore", "ds1"}, {"folder", "/DC/vm/x"}, {"storagePod", "pod1"}};
  all.runtime = json::parse(R"({
      "image": "registry:5000/x/provider:v2", "imagePullPolicy": "Always", "replicas": 2,
      "imagePullSecrets": [{"name": "registry"}],
      "env": [{"name": "EXTRA", "value": "yes"}],
      "service": {"port": 9555, "tls": {"enabled": false}},
      "resources": {"limits": {"memory": "1Gi"}},
      "securityContext": {"runAsUser": 1000},
      "nodeSelector": {"zone": "a"},
      "tolerations": [{"key": "virt", "operator": "Exists"}],
      "affinity": {"nodeAffinity": {}},
      "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 60},
      "readinessProbe": {"httpGet": {"path": "/readyz", "port": 8080}, "periodSeconds": 3}})")
                    .take();
  return all;
}

void matches_golden(const std::string& name, const Value& object) {
  const std::string path = RIG_SOURCE_DIR "/tests/golden/fleet/" + name, text = yaml::to_text(object);
  if (std::getenv("UPDATE") != nullptr) {
    ASSERT_TRUE(write_file(path, text).ok());
    return;
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden.ok()) << path << ": run with UPDATE=1";
  EXPECT_EQ(text, *golden) << "run with UPDATE=1 and look at the difference";
}

TEST(Pods, AreTheGoldenOnes) {
  matches_golden("service.yaml", service_of(plain()).take());
  matches_golden("deployment.yaml", deployment_of(plain()).take());
  matches_golden("deployment_elaborate.yaml", deployment_of(elaborate()).take());
}

TEST(Pods, HoldNoSecretBytes) {
  for (const auto& object : {service_of(plain()).take(), deployment_of(plain()).take()})
    EXPECT_EQ(json::to_text(object).find("s3cr3t"), std::string::npos);
}

TEST(Pods, OfASpecThatIsNoneNameTheField) {
  ProviderProcess wrong = plain();
  wrong.runtime.set({"replicas"}, "many");
  const auto refused = deployment_of(wrong);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().to_string().find("replicas"), std::string::npos) << refused.error().to_string();
}

TEST(PodNames, AreTheReferencesWhereTheyFitAndNeverShared) {
  EXPECT_EQ(pod_name({"shop", "lab"}), "virtrigaud-provider-shop-lab");
  EXPECT_EQ(pod_host({"shop", "lab"}), "virtrigaud-provider-shop-lab.shop.svc.cluster.local");
  const std::string longer(60, 'a');
  const std::string cut = pod_name({"shop", longer}), other = pod_name({"shop", longer + "b"});
  EXPECT_EQ(cut.size(), 63U);
  EXPECT_NE(cut, other);
  EXPECT_TRUE(cut.starts_with("virtrigaud-provider-shop-aaa")) << cut;
  EXPECT_EQ(pod_name({"shop", "a.b"}).find('.'), std::string::npos);
  EXPECT_NE(pod_name({"shop", "a.b"}), pod_name({"shop", "a-b"}));
}

// What an API server adds, and what somebody may change.
TEST(Comparing, SeesChangesAndLosesNoDefaults) {
  const Value wanted = deployment_of(elaborate()).take();
  Value found = wanted;
  found.set({"metadata", "resourceVersion"}, "7");
  found.set({"metadata", "annotations", "deployment.kubernetes.io/revision"}, "1");
  found.set({"spec", "revisionHistoryLimit"}, 10);
  found.set({"spec", "template", "spec", "dnsPolicy"}, "ClusterFirst");
  found.set({"status", "availableReplicas"}, 2);
  EXPECT_TRUE(is_as_asked(found, wanted));

  Value scaled = found;
  scaled.set({"spec", "replicas"}, 0);
  EXPECT_FALSE(is_as_asked(scaled, wanted));
  const Value mended = turned(scaled, wanted);
  EXPECT_TRUE(is_as_asked(mended, wanted));
  EXPECT_EQ(mended.text({"metadata", "resourceVersion"}), "7");
  EXPECT_EQ(mended.text({"metadata", "annotations", "deployment.kubernetes.io/revision"}), "1");

  ProviderProcess without = elaborate();
  without.defaults.erase("folder");
  EXPECT_FALSE(is_as_asked(found, deployment_of(without).take())) << "a variable that is gone is a change";
}

TEST(Comparing, KeepsTheAddressOfAService) {
  const Value wanted = service_of(plain()).take();
  Value found = wanted;
  found.set({"spec", "clusterIP"}, "10.96.0.7");
  found.set({"spec", "type"}, "NodePort");
  const Value mended = turned(found, wanted);
  EXPECT_EQ(mended.text({"spec", "clusterIP"}), "10.96.0.7");
  EXPECT_EQ(mended.text({"spec", "type"}), "ClusterIP");
}

}  // namespace
}  // namespace rig::fleet
