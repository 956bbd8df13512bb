// apiserver/manners_test.cc — the core kinds, each with its recorded manners.
#include "apiserver/manners.h"

#include "apiserver/go_time.h"
#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

class Manner : public RegistryTest {
 protected:
  std::string refusal(const api::KindInfo& k, std::string_view body) {
    const auto made = registry.create(k, k.resource.namespaced ? "default" : "", J(body), writer());
    return made.ok() ? "ok" : made.error().message();
  }
  std::string merge_refusal(const api::KindInfo& k, const std::string& name, std::string_view patch) {
    const auto out = registry.patch(k, {"default", name}, PatchType::kMerge, J(patch), Part::kWhole, writer());
    return out.ok() ? "ok" : out.error().message();
  }
};

using Secrets = Manner;

TEST_F(Secrets, TakeStringDataOverData) {
  const json::Value made = create(
      core("secrets"), config_map("a", R"({"stringData":{"user":"root"},"data":{"user":"b3RoZXI=","x":"eQ=="}})"));
  EXPECT_EQ(*made.find("data"), J(R"({"user":"cm9vdA==","x":"eQ=="})"));
  EXPECT_EQ(made.find("stringData"), nullptr);
  EXPECT_EQ(made.text({"type"}), "Opaque");
  EXPECT_EQ(*merge(core("secrets"), "a", R"({"stringData":{"user":"new"},"data":{"x":null}})").find("data"),
            J(R"({"user":"bmV3"})"));
}

TEST_F(Secrets, AreReadAsBase64) {
  EXPECT_EQ(create(core("secrets"), config_map("nl", R"({"data":{"x":"YW\nFh","empty":null}})"))
                .find("data")
                ->find("x")
                ->text({}),
            "YWFh");
  for (const char* bad : {"***", "YQ", "_-8="}) {
    EXPECT_EQ(refusal(core("secrets"), R"({"metadata":{"name":"c"},"data":{"x":")" + std::string(bad) + "\"}}"),
              R"(Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0)")
        << bad;
  }
}

TEST_F(Secrets, HaveKeysByTheirType) {
  const auto typed = [&](const std::string& type, std::string_view more = "") {
    return refusal(core("secrets"), R"({"metadata":{"name":"c"},"type":")" + type + "\"" + std::string(more) + "}");
  };
  EXPECT_EQ(typed("kubernetes.io/tls"),
            R"(Secret "c" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value])");
  EXPECT_EQ(typed("kubernetes.io/basic-auth"),
            R"(Secret "c" is invalid: [data[username]: Required value, data[password]: Required value])");
  EXPECT_EQ(typed("kubernetes.io/ssh-auth"), R"(Secret "c" is invalid: data[ssh-privatekey]: Required value)");
  EXPECT_EQ(
      typed("kubernetes.io/dockerconfigjson", R"(,"stringData":{".dockerconfigjson":"{"})"),
      R"(Secret "c" is invalid: data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": unexpected end of JSON input)");
  EXPECT_EQ(typed("kubernetes.io/service-account-token"),
            R"(Secret "c" is invalid: metadata.annotations[kubernetes.io/service-account.name]: Required value)");
  EXPECT_EQ(typed("helm.sh/release.v1", R"(,"stringData":{"release":"x"})"), "ok");
  EXPECT_EQ(refusal(core("secrets"), R"({"metadata":{"name":"d"},"stringData":{"a":")" +
                                         std::string(limits::kSecretBytesMax + 1, 'x') + "\"}}"),
            R"(Secret "d" is invalid: data: Too long: may not be more than 1048576 bytes)");
}

TEST_F(Secrets, StayAsTheyAreWhenImmutable) {
  create(core("secrets"), config_map("fixed", R"({"immutable":true,"stringData":{"a":"1"}})"));
  const std::string frozen = "Forbidden: field is immutable when `immutable` is set";
  EXPECT_EQ(merge_refusal(core("secrets"), "fixed", R"({"stringData":{"a":"2"}})"),
            R"(Secret "fixed" is invalid: data: )" + frozen);
  EXPECT_EQ(merge_refusal(core("secrets"), "fixed", R"({"stringData":{"a":"1"}})"), "ok");
  EXPECT_EQ(merge_refusal(core("secrets"), "fixed", R"({"metadata":{"labels":{"x":"y"}}})"), "ok");
  EXPECT_EQ(merge_refusal(core("secrets"), "fixed", R"({"immutable":null})"),
            R"(Secret "fixed" is invalid: immutable: )" + frozen);
  EXPECT_EQ(merge_refusal(core("secrets"), "fixed", R"({"type":"example.com/own"})"),
            R"(Secret "fixed" is invalid: type: Invalid value: "example.com/own": field is immutable)");
}

using ConfigMaps = Manner;

TEST_F(ConfigMaps, AreOverwrittenWithoutAVersion) {
  create(core("configmaps"), config_map("one", R"({"data":{"a":"1"}})"));
  for (const char* version : {"", "0"}) {
    json::Value object = config_map("one", R"({"data":{"a":"2"}})");
    object["metadata"]["resourceVersion"] = version;
    EXPECT_EQ(good(registry.replace(core("configmaps"), {"default", "one"}, object, Part::kWhole, writer()))
                  .text({"data", "a"}),
              "2");
  }
}

TEST_F(ConfigMaps, HaveEachKeyOnce) {
  EXPECT_EQ(refusal(core("configmaps"), R"({"metadata":{"name":"x"},"data":{"k":"v"},"binaryData":{"k":"AAEC"}})"),
            R"(ConfigMap "x" is invalid: data[k]: Invalid value: "k": duplicate of key present in binaryData)");
  EXPECT_EQ(refusal(core("configmaps"), R"({"metadata":{"name":"x"},"data":{")" +
                                            std::string(limits::kNameLengthMax + 1, 'k') + R"(":"v"}})")
                    .find("must be no more than 253 bytes") != std::string::npos,
            true);
  EXPECT_EQ(refusal(core("configmaps"), R"({"metadata":{"name":"x"},"data":{"..k":"v"}})"),
            R"(ConfigMap "x" is invalid: data[..k]: Invalid value: "..k": must not start with '..')");
}

using Leases = Manner;

TEST_F(Leases, HaveTimesWithSixDigits) {
  const api::KindInfo& leases = kind("leases", "coordination.k8s.io");
  const auto timed = [&](const std::string& time) {
    return refusal(leases, R"({"metadata":{"name":"x"},"spec":{"renewTime":")" + time + "\"}}");
  };
  const std::string head = "Lease in version \"v1\" cannot be handled as a Lease: parsing time \"";
  const std::string layout = "\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse ";
  EXPECT_EQ(timed("2026-01-01T00:00:00Z"), head + "2026-01-01T00:00:00Z" + layout + R"("Z" as ".000000")");
  EXPECT_EQ(timed("2026-01-01T00:00:00.123456789Z"),
            head + "2026-01-01T00:00:00.123456789Z" + layout + R"("789Z" as "Z07:00")");
  EXPECT_EQ(timed("2026-01-01T02:00:00.5+02:00"),
            head + "2026-01-01T02:00:00.5+02:00" + layout + R"(".5+02:00" as ".000000")");
  EXPECT_EQ(timed("now"), head + "now" + layout + R"("now" as "2006")");
  EXPECT_EQ(timed("2026-01-01T00:00:00.000000Z"), "ok");
}

TEST_F(Leases, HaveSensibleNumbers) {
  const api::KindInfo& leases = kind("leases", "coordination.k8s.io");
  EXPECT_EQ(
      refusal(leases, R"({"metadata":{"name":"x"},"spec":{"leaseDurationSeconds":0}})"),
      R"(Lease.coordination.k8s.io "x" is invalid: spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0)");
  EXPECT_EQ(
      refusal(leases, R"({"metadata":{"name":"x"},"spec":{"leaseTransitions":-1}})"),
      R"(Lease.coordination.k8s.io "x" is invalid: spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0)");
}

TEST_F(Leases, MayBeGivenUpAndKnowNoElectionBetweenCandidates) {
  const json::Value made = create(
      kind("leases", "coordination.k8s.io"),
      config_map("l", R"({"spec":{"holderIdentity":"","strategy":"OldestEmulationVersion","preferredHolder":"b"}})"));
  EXPECT_EQ(json::to_text(*made.find("spec")), R"({"holderIdentity":""})");
  EXPECT_NE(json::to_text(made).find("f:strategy"), std::string::npos) << "noted before it is dropped";
}

TEST_F(Leases, AreMadeByAReplaceWithoutAUid) {
  const api::KindInfo& leases = kind("leases", "coordination.k8s.io");
  const auto made = registry.replace(leases, {"default", "l"}, config_map("l", R"({"spec":{"holderIdentity":"a"}})"),
                                     Part::kWhole, writer());
  ASSERT_TRUE(made.ok()) << show(made);
  EXPECT_TRUE(made->created);
  json::Value object = made->object;
  EXPECT_TRUE(merge_refusal(leases, "l", "{}") == "ok");
  object["metadata"].as<json::Object>()->erase("resourceVersion");
  EXPECT_EQ(
      registry.replace(leases, {"default", "l"}, object, Part::kWhole, writer()).error().message(),
      R"(leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update)");
  good(registry.remove(leases, {"default", "l"}, {}));
  const auto gone = registry.replace(leases, {"default", "l"}, object, Part::kWhole, writer());
  EXPECT_EQ(http_code(gone.error()), 409);
  EXPECT_TRUE(gone.error().message().ends_with("UID in object meta: "));
}

using Events = Manner;

constexpr std::string_view kNewEvent =
    R"("eventTime":"2026-01-01T00:00:00.000000Z","reportingController":"virtrigaud.io/manager",
    "reportingInstance":"manager-0","action":"Start","reason":"Started","type":"Normal","note":"it started",
    "regarding":{"kind":"VirtualMachine","name":"vm-new","namespace":"default"}})";

TEST_F(Events, AreOneThingInTwoGroups) {
  const api::KindInfo& modern = kind("events", "events.k8s.io");
  create(
      core("events"),
      config_map(
          "a",
          R"({"involvedObject":{"kind":"VirtualMachine","name":"vm-a","namespace":"default"},"reason":"Started","message":"it started","type":"Normal","source":{"component":"manager"},"firstTimestamp":"2026-01-01T00:00:00Z","count":1})"));
  const json::Value seen = get(modern, "a");
  EXPECT_EQ(seen.text({"note"}), "it started");
  EXPECT_EQ(seen.text({"deprecatedSource", "component"}), "manager");
  EXPECT_EQ(seen.integer({"deprecatedCount"}), 1);
  good(registry.create(modern, "default", J(R"({"metadata":{"name":"new"},)" + std::string(kNewEvent)), writer()));
  const json::Value old = get(core("events"), "new");
  EXPECT_EQ(old.text({"message"}), "it started");
  EXPECT_EQ(old.text({"reportingComponent"}), "virtrigaud.io/manager");
  EXPECT_TRUE(old.find("firstTimestamp")->is_null());
  EXPECT_EQ(registry.list(modern, {.field_selector = "regarding.name=vm-a"})->items.size(), 1U);
  EXPECT_EQ(registry.list(core("events"), {.field_selector = "involvedObject.name=vm-new"})->items.size(), 1U);
}

TEST_F(Events, OfTheOldGroupMayHaveAnyType) {
  EXPECT_EQ(
      refusal(core("events"), R"({"metadata":{"name":"d"},"involvedObject":{"namespace":"default"},"type":"Odd"})"),
      "ok");
  EXPECT_EQ(refusal(core("events"), R"({"metadata":{"generateName":"gen."},"involvedObject":{"namespace":"default"}})"),
            "ok");
  EXPECT_EQ(
      refusal(core("events"), R"({"metadata":{"name":"e"},"involvedObject":{"namespace":"other"}})"),
      R"(Event "e" is invalid: involvedObject.namespace: Invalid value: "other": does not match event.namespace)");
}

TEST_F(Events, OfTheNewGroupAreStrictAndStayAsTheyAre) {
  const api::KindInfo& modern = kind("events", "events.k8s.io");
  EXPECT_EQ(refusal(modern, R"({"metadata":{"name":"bad"},"regarding":{"namespace":"default"},"type":"Normal"})"),
            R"(Event "bad" is invalid: eventTime: Required value)");
  json::Value odd = J(R"({"metadata":{"name":"bad"},)" + std::string(kNewEvent));
  odd["type"] = "Odd";
  EXPECT_EQ(registry.create(modern, "default", odd, writer()).error().message(),
            R"(Event "bad" is invalid: type: Invalid value: "": has invalid value: Odd)");
  odd["type"] = "Normal";
  odd["note"] = std::string(1025, 'x');
  EXPECT_EQ(registry.create(modern, "default", odd, writer()).error().message(),
            R"(Event "bad" is invalid: message: Invalid value: "": can have at most 1024 characters)");
  good(registry.create(modern, "default", J(R"({"metadata":{"name":"new"},)" + std::string(kNewEvent)), writer()));
  EXPECT_EQ(merge_refusal(modern, "new", R"({"reason":"Other"})"),
            R"(Event "new" is invalid: reason: Invalid value: "Other": field is immutable)");
  EXPECT_EQ(merge_refusal(modern, "new", R"({"series":{"count":2,"lastObservedTime":"2026-01-02T00:00:00.000000Z"}})"),
            "ok");
}

using Namespaces = Manner;

TEST_F(Namespaces, CarryTheirNameAsALabel) {
  const json::Value made = good(registry.create(core("namespaces"), "", J(R"({"metadata":{"name":"n"}})"), writer()));
  EXPECT_EQ(made.text({"metadata", "labels", "kubernetes.io/metadata.name"}), "n");
  EXPECT_EQ(made.text({"status", "phase"}), "Active");
  EXPECT_EQ(*made.at({"spec", "finalizers"}), J(R"(["kubernetes"])"));
  const auto changed =
      registry.patch(core("namespaces"), {"", "n"}, PatchType::kMerge,
                     J(R"({"metadata":{"labels":{"kubernetes.io/metadata.name":"x"}}})"), Part::kWhole, writer());
  EXPECT_EQ(good(changed), made) << "it cannot go";
}

TEST_F(Namespaces, KeepTheirFinalizersAndForgetWhoSetThemWhenOthersAreSent) {
  const api::KindInfo& namespaces = core("namespaces");
  json::Value sent = good(registry.create(namespaces, "", J(R"({"metadata":{"name":"n"}})"), writer()));
  sent["spec"]["finalizers"] = json::Array{"kubernetes", "example.com/x"};
  sent = good(registry.replace(namespaces, {"", "n"}, sent, Part::kFinalize, writer()));
  EXPECT_NE(json::to_text(sent).find("f:finalizers"), std::string::npos);
  sent["spec"]["finalizers"] = json::Array();
  const json::Value kept = good(registry.replace(namespaces, {"", "n"}, sent, Part::kWhole, writer()));
  EXPECT_EQ(*kept.at({"spec", "finalizers"}), J(R"(["kubernetes","example.com/x"])"));
  EXPECT_EQ(json::to_text(kept).find("f:finalizers"), std::string::npos);
}

TEST_F(Namespaces, HaveNamesThatAreLabels) {
  EXPECT_EQ(refusal(core("namespaces"), R"({"metadata":{"name":"a.b"}})"),
            R"(Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots)");
  EXPECT_NE(
      refusal(core("namespaces"), R"({"metadata":{"name":")" + std::string(limits::kLabelLengthMax + 1, 'a') + "\"}}")
          .find("must be no more than 63 characters"),
      std::string::npos);
  EXPECT_EQ(http_code(registry.remove_collection(core("namespaces"), {}, {}).error()), 405);
}

TEST_F(Namespaces, OfTheSystemAreMadeOnce) {
  const std::string cluster_id = *registry.bootstrap();
  EXPECT_EQ(*registry.bootstrap(), cluster_id);
  EXPECT_EQ(good(registry.get(core("namespaces"), {"", "kube-system"})).text({"metadata", "uid"}), cluster_id);
}

TEST_F(Manner, OfServiceAccountsIsToBeShownWhenTheyGo) {
  create(core("serviceaccounts"), config_map("sa"));
  EXPECT_EQ(good(registry.remove(core("serviceaccounts"), {"default", "sa"}, {})).text({"kind"}), "ServiceAccount");
}

TEST_F(Manner, OfRolesIsToHaveWholeRulesAndAnyName) {
  const auto message = [&](std::string_view plural, std::string_view object) {
    const api::KindInfo& role = kind(plural, "rbac.authorization.k8s.io");
    const auto made = registry.create(role, role.resource.namespaced ? "default" : "", J(object), writer());
    return made.ok() ? json::to_text(*made->find("rules")) : made.error().message();
  };
  EXPECT_EQ(message("roles", R"({"metadata":{"name":"System:My Role"}})"), "null");
  EXPECT_NE(message("roles", R"({"metadata":{"name":"a/b"}})").find("may not contain '/'"), std::string::npos);
  EXPECT_EQ(message("roles", R"({"metadata":{"name":"r"},"rules":[{"verbs":[]}]})"),
            "Role.rbac.authorization.k8s.io \"r\" is invalid: [rules[0].verbs: Required value: verbs must contain at "
            "least one value, rules[0].apiGroups: Required value: resource rules must supply at least one api group, "
            "rules[0].resources: Required value: resource rules must supply at least one resource]");
  const std::string_view paths = R"({"metadata":{"name":"p"},"rules":[{"verbs":["get"],"nonResourceURLs":["/x"]}]})";
  EXPECT_NE(message("roles", paths).find("namespaced rules cannot apply to non-resource URLs"), std::string::npos);
  EXPECT_EQ(message("clusterroles", paths), R"([{"nonResourceURLs":["/x"],"verbs":["get"]}])");
  EXPECT_NE(message("clusterroles", R"({"metadata":{"name":"b"},"rules":[{"verbs":["get"],"apiGroups":[""],
      "resources":["a"],"nonResourceURLs":["/x"]}]})")
                .find("cannot apply to both"),
            std::string::npos);
  EXPECT_NE(message("clusterroles", R"({"metadata":{"name":"s"},"aggregationRule":{}})")
                .find("aggregationRule.clusterRoleSelectors: Required value"),
            std::string::npos);
}

TEST_F(Manner, OfBindingsIsToNameOneRoleForGood) {
  const api::KindInfo& local = kind("rolebindings", "rbac.authorization.k8s.io");
  const json::Value made = create(local, J(R"({"metadata":{"name":"b"},"roleRef":{"kind":"Role","name":"r"},
      "subjects":[{"kind":"User","name":"a"},{"kind":"ServiceAccount","name":"s"}]})"));
  EXPECT_EQ(json::to_text(*made.find("roleRef")),
            R"({"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"})");
  EXPECT_EQ(
      json::to_text(*made.find("subjects")),
      R"([{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"a"},{"kind":"ServiceAccount","name":"s"}])");
  const auto changed = registry.patch(local, {"default", "b"}, PatchType::kMerge, J(R"({"roleRef":{"name":"other"}})"),
                                      Part::kWhole, writer());
  EXPECT_EQ(http_code(changed.error()), 422);
  EXPECT_NE(changed.error().message().find("cannot change roleRef"), std::string::npos);

  const auto message = [&](std::string_view plural, std::string_view rest) {
    json::Value object = J(rest);
    object["metadata"]["name"] = "x";
    const api::KindInfo& binding = kind(plural, "rbac.authorization.k8s.io");
    const auto bound = registry.create(binding, binding.resource.namespaced ? "default" : "", object, writer());
    return bound.ok() ? "" : bound.error().message();
  };
  struct {
    std::string_view plural, rest, text;
  } const cases[] = {
      {"rolebindings", R"({})", "roleRef.name: Required value"},
      {"rolebindings", R"({"roleRef":{"kind":"User","name":"r"}})",
       R"(roleRef.kind: Unsupported value: "User": supported values: "Role", "ClusterRole")"},
      {"rolebindings", R"({"roleRef":{"apiGroup":"g","kind":"Role","name":"r"}})",
       R"(roleRef.apiGroup: Unsupported value: "g": supported values: "rbac.authorization.k8s.io")"},
      {"clusterrolebindings", R"({"roleRef":{"kind":"Role","name":"r"}})", R"(supported values: "ClusterRole")"},
      {"clusterrolebindings",
       R"({"roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"s"}]})",
       "subjects[0].namespace: Required value"},
      {"rolebindings", R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"ServiceAccount","name":"S"}]})",
       R"(subjects[0].name: Invalid value: "S")"},
      {"rolebindings", R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"Robot","name":"s"}]})",
       R"(supported values: "ServiceAccount", "User", "Group")"},
      {"rolebindings",
       R"({"roleRef":{"kind":"Role","name":"r"},"subjects":[{"kind":"User","apiGroup":"g","name":"s"}]})",
       R"(subjects[0].apiGroup: Unsupported value: "g")"},
  };
  for (const auto& c : cases) {
    EXPECT_NE(message(c.plural, c.rest).find(c.text), std::string::npos) << message(c.plural, c.rest) << c.text;
  }
}

TEST_F(Manner, OfMetadataIsToHaveLimits) {
  const auto message = [&](const std::string& metadata) {
    json::Value object = vm("x");
    const json::Value more = J(metadata);
    for (const auto& [name, value] : *more.as<json::Object>()) object["metadata"][name] = value;
    const auto made = registry.create(vms(), "default", object, writer());
    return made.ok() ? "ok" : made.error().message();
  };
  EXPECT_EQ(
      message(R"({"annotations":{"big":")" + std::string(limits::kAnnotationBytesMax + 1, 'x') + "\"}}"),
      R"(VirtualMachine.infra.virtrigaud.io "x" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes)");
  const std::string long_name(limits::kNameLengthMax + 1, 'a');
  EXPECT_NE(message(R"({"name":")" + long_name + "\"}").find("must be no more than 253 characters"), std::string::npos);
  EXPECT_NE(message(R"({"labels":{"a":")" + std::string(limits::kLabelLengthMax + 1, 'x') + "\"}}")
                .find("must be no more than 63 bytes"),
            std::string::npos);
  EXPECT_NE(message(R"({"ownerReferences":[{"apiVersion":"v1","kind":"Event","name":"a","uid":"a"}]})")
                .find("/v1, Kind=Event is disallowed from being an owner"),
            std::string::npos);
}

TEST(GoTime, ReadsWhatGoReads) {
  EXPECT_EQ(go_time_error("2026-01-01T00:00:00Z", false), std::nullopt);
  EXPECT_EQ(go_time_error("2026-01-01T00:00:00.25+02:00", false), std::nullopt);
  EXPECT_EQ(go_time_error("", false), std::nullopt);
  EXPECT_EQ(*go_time_error("2026-01-01", false),
            R"(parsing time "2026-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T")");
  EXPECT_EQ(*go_time_error("2026-13-01T00:00:00Z", false),
            R"(parsing time "2026-13-01T00:00:00Z" as "2006-01-02T15:04:05Z07:00": value out of range)");
}

}  // namespace
}  // namespace rig::apiserver
