// api/v1beta1/rules_test.cc — rules over several fields, and the places where we accept what the reference refuses.
#include <gtest/gtest.h>

#include "api/kinds.h"
#include "api/v1beta1/vm_class.h"
#include "base/yaml/yaml.h"
#include "schema/walk.h"

namespace rig::api::v1beta1 {
namespace {

json::Value object_of(std::string_view text) {
  Result<json::Value> value = yaml::parse(text);
  EXPECT_TRUE(value.ok()) << text;
  return value.ok() ? value.take() : json::Value();
}

std::string first_problem(std::string_view kind, std::string_view text, const json::Value* old = nullptr) {
  const std::vector<schema::Problem> problems =
      schema::validate(find_kind_by_name("infra.virtrigaud.io", kind)->type(), object_of(text), old);
  return problems.empty() ? "" : problems.front().path + ": " + problems.front().what;
}

constexpr std::string_view kMachine = "spec: {providerRef: {name: p}, classRef: {name: c}, ";

TEST(Rules, AreKept) {
  struct Case {
    std::string_view kind;
    std::string text;
    std::string_view problem;  // a part of it; "" = none
  };
  const std::string machine(kMachine);
  const std::string provider =
      "spec: {credentialSecretRef: {name: s}, runtime: {image: 'registry:5000/x'}, endpoint: 'qemu:///session', type: ";
  const Case cases[] = {
      {"VirtualMachine", machine + "imageRef: {name: i}}", ""},
      {"VirtualMachine", machine + "importedDisk: {diskID: d}}", ""},
      {"VirtualMachine", machine + "}", ""},
      {"VirtualMachine", machine + "imageRef: {name: i}, importedDisk: {diskID: d}}",
       "at most one of imageRef, importedDisk must be set"},
      {"VirtualMachine", "metadata: {name: a}", ""},
      {"VirtualMachine", "spec: {providerRef: {name: p}}", "spec.classRef"},
      {"VirtualMachine", machine + "imageRef: {name: debian.12}}", ""},
      {"VirtualMachine", machine + "imageRef: {name: Debian}}", "spec.imageRef.name"},
      {"VirtualMachine", machine + "imageRef: {name: i}, networks: [{name: a, ipAddress: '2001:db8::1', prefix: 64}]}",
       ""},
      {"VirtualMachine", machine + "imageRef: {name: i}, networks: [{name: a, ipAddress: '2001:db8::g'}]}",
       "spec.networks[0].ipAddress"},
      {"VirtualMachine", machine + "imageRef: {name: i}, networks: [{name: a, prefix: 129}]}",
       "spec.networks[0].prefix"},
      {"VirtualMachine", machine + "imageRef: {name: i}, powerState: true}", "spec.powerState"},
      {"VirtualMachine", machine + "imageRef: {name: i}, deletionPolicy: Keep}", "spec.deletionPolicy"},
      {"Provider", provider + "mock}", ""},
      {"Provider", provider + "hyperv}", "spec.type"},
      {"VMClass", "spec: {cpu: 1, memory: 1Gi, securityProfile: {tpmVersion: '2'}}", ""},
      {"VMClass", "spec: {cpu: 1, memory: 1Gi, securityProfile: {tpmVersion: '1.2'}}", ""},
      {"VMClass", "spec: {cpu: 1, memory: 1Gi, securityProfile: {tpmVersion: 2}}", "spec.securityProfile.tpmVersion"},
      {"VMClass", "spec: {cpu: 0, memory: 1Gi}", "spec.cpu"},
      {"VMSnapshot", "spec: {vmRef: {name: v}, schedule: {cronSpec: '0 3 * * MON'}}", ""},
      {"VMSnapshot", "spec: {vmRef: {name: v}, schedule: {cronSpec: 'x @every 5m'}}", "spec.schedule.cronSpec"},
      {"VMClone", "spec: {source: {vmRef: {name: v}}, target: {name: t}}", ""},
      {"VMClone", "spec: {source: {}, target: {name: t}}", "must be set; found none"},
      {"VMClone", "spec: {source: {vmRef: {name: v}, imageRef: {name: i}}, target: {name: t}}",
       "exactly one of vmRef, snapshotRef, templateRef, imageRef must be set"},
  };
  for (const Case& c : cases) {
    const std::string problem = first_problem(c.kind, c.text);
    EXPECT_EQ(problem.empty(), c.problem.empty()) << c.text << ": " << problem;
    EXPECT_NE(problem.find(c.problem), std::string::npos) << c.text << ": " << problem;
  }
}

TEST(Rules, LetAJobKeepWhatItIsAbout) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"VMClone", "spec: {source: {vmRef: {name: NAME}}, target: {name: t}}"},
      {"VMSnapshot", "spec: {vmRef: {name: NAME}}"},
      {"VMMigration", "spec: {source: {vmRef: {name: NAME}}, target: {providerRef: {name: p}}}"},
  };
  for (const auto& [kind, text] : cases) {
    const auto about = [&, t = text](std::string_view name) {
      std::string out(t);
      return out.replace(out.find("NAME"), 4, name);
    };
    const json::Value old = object_of(about("one"));
    EXPECT_EQ(first_problem(kind, about("one"), &old), "") << kind;
    EXPECT_NE(first_problem(kind, about("two"), &old).find("field is immutable"), std::string::npos) << kind;
    EXPECT_NE(first_problem(kind, "metadata: {name: a}", &old).find("spec cannot be removed"), std::string::npos)
        << kind;
  }
}

TEST(Rules, LetAMachineKeepItsProvider) {
  const std::string text = std::string(kMachine) + "imageRef: {name: i}}";
  const json::Value old = object_of(text);
  EXPECT_EQ(first_problem("VirtualMachine", text, &old), "");
  json::Value other = old;
  other.set({"spec", "providerRef", "name"}, "q");
  EXPECT_NE(first_problem("VirtualMachine", text, &other).find("field is immutable"), std::string::npos);
  const json::Value nothing = object_of("metadata: {name: a}");
  EXPECT_NE(first_problem("VirtualMachine", "metadata: {name: a}", &old).find("spec cannot be removed once it is set"),
            std::string::npos);
  EXPECT_EQ(first_problem("VirtualMachine", text, &nothing), "");
}

// The reference's schema prunes them.
TEST(Rules, KeepTheLabelsOfATemplate) {
  json::Value set = object_of("spec: {template: {metadata: {labels: {app: web}, name: x}}}");
  schema::prune(find_kind_by_name("infra.virtrigaud.io", "VMSet")->type(), set);
  EXPECT_EQ(json::to_text(set), R"({"spec":{"template":{"metadata":{"labels":{"app":"web"}}}}})");
}

TEST(TpmVersion, TwoIsTheSameAsTwoPointZero) {
  const auto profile = schema::decode<SecurityProfile>(object_of("tpmVersion: '2'"));
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile->tpm_version, TpmVersion::kV20);
  EXPECT_EQ(schema::name_of(TpmVersion::kV20), "2.0");
}

}  // namespace
}  // namespace rig::api::v1beta1
