// apiserver/applying_test.cc — server-side apply, step by step as recorded from a real server.
#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

class Applying : public RegistryTest {
 protected:
  Result<Written> try_apply(const api::KindInfo& k, std::string manager, json::Value configuration, bool force = false,
                            Part part = Part::kWhole) {
    WriteContext context = writer(std::move(manager));
    context.force = force;
    const std::string name(configuration.text({"metadata", "name"}));
    configuration["apiVersion"] = k.resource.api_version();
    configuration["kind"] = k.resource.kind;
    return registry.patch(k, {"default", name}, PatchType::kApply, configuration, part, context);
  }
  json::Value apply(std::string manager, std::string_view spec, bool force = false) {
    return good(try_apply(vms(), std::move(manager), one(spec), force));
  }
  std::string refusal(std::string manager, std::string_view spec) {
    const auto out = try_apply(vms(), std::move(manager), one(spec));
    return out.ok() ? "ok" : out.error().message();
  }
  static json::Value one(std::string_view spec) {
    json::Value configuration = J(R"({"metadata":{"name":"one"},"spec":)" + std::string(spec) + "}");
    return configuration;
  }
  // "first Apply {fields}", a line per manager.
  static std::string managers(const json::Value& object) {
    std::string out;
    const json::Value* entries = object.at({"metadata", "managedFields"});
    if (entries == nullptr) return out;
    for (const json::Value& entry : *entries->as<json::Array>()) {
      out += std::string(entry.text({"manager"})) + " " + std::string(entry.text({"operation"}));
      if (!entry.text({"subresource"}).empty()) out += "/" + std::string(entry.text({"subresource"}));
      out += (entry.find("time") == nullptr ? " untimed " : " ") + json::to_text(*entry.find("fieldsV1")) + "\n";
    }
    return out;
  }
  static constexpr std::string_view kRefs =
      R"("classRef":{"name":"small"},"imageRef":{"name":"i"},"providerRef":{"name":"lab"})";
  static std::string spec(std::string_view more) { return "{" + std::string(kRefs) + std::string(more) + "}"; }
  static constexpr std::string_view kRefFields = R"("f:classRef":{"f:name":{}})";
};

TEST_F(Applying, MakesTheObjectAndOwnsWhatItSays) {
  const auto made = try_apply(vms(), "first", one(spec(R"(,"powerState":"On","disks":[{"name":"a","sizeGiB":1}])")));
  ASSERT_TRUE(made.ok()) << show(made);
  EXPECT_TRUE(made->created);
  EXPECT_EQ(managers(made->object),
            "first Apply {\"f:spec\":{\"f:classRef\":{\"f:name\":{}},\"f:disks\":{},\"f:imageRef\":{\"f:name\":{}},"
            "\"f:powerState\":{},\"f:providerRef\":{\"f:name\":{}}}}\n");
  clock.advance(std::chrono::minutes(1));
  const Revision before = store->revision();
  EXPECT_EQ(apply("first", spec(R"(,"powerState":"On","disks":[{"name":"a","sizeGiB":1}])")), made->object)
      << "again changes nothing";
  EXPECT_EQ(store->revision(), before);
}

TEST_F(Applying, SharesWhatIsEqualAndRefusesWhatIsNot) {
  apply("first", spec(R"(,"powerState":"Off","disks":[{"name":"a","sizeGiB":1}])"));
  const json::Value shared = apply("second", spec(R"(,"powerState":"Off")"));
  EXPECT_TRUE(managers(shared).starts_with("second Apply untimed ")) << "it changed nothing but the bookkeeping";
  const auto one_conflict = try_apply(vms(), "second", one(spec(R"(,"powerState":"On")")));
  EXPECT_EQ(one_conflict.error().message(), R"(Apply failed with 1 conflict: conflict with "first": .spec.powerState)");
  EXPECT_EQ(
      *status_of(one_conflict.error()).find("details"),
      J(R"({"causes":[{"reason":"FieldManagerConflict","message":"conflict with \"first\"","field":".spec.powerState"}]})"));
  EXPECT_EQ(
      refusal(
          "second",
          R"({"classRef":{"name":"large"},"imageRef":{"name":"i"},"providerRef":{"name":"lab"},"powerState":"On","disks":[{"name":"z","sizeGiB":9}]})"),
      "Apply failed with 3 conflicts: conflicts with \"first\":\n- .spec.disks\n- .spec.powerState\n- "
      ".spec.classRef.name");
  const json::Value forced = apply("second", spec(R"(,"powerState":"On")"), /*force=*/true);
  EXPECT_EQ(forced.text({"spec", "powerState"}), "On");
  EXPECT_EQ(managers(forced).find("first Apply "
                                  "{\"f:spec\":{\"f:classRef\":{\"f:name\":{}},\"f:disks\":{},\"f:imageRef\":{\"f:"
                                  "name\":{}},\"f:providerRef\":{\"f:name\":{}}}}"),
            0U);
}

TEST_F(Applying, TakesAwayWhatItNoLongerSays) {
  apply("first", spec(R"(,"powerState":"On","disks":[{"name":"a","sizeGiB":1}],"tags":["a"])"));
  apply("second", spec(R"(,"powerState":"On")"));
  const json::Value left = apply("first", spec(""));
  EXPECT_EQ(left.at({"spec", "disks"}), nullptr);
  EXPECT_EQ(left.at({"spec", "tags"}), nullptr);
  EXPECT_EQ(left.text({"spec", "powerState"}), "On") << "the second says so";
  apply("second", R"({"powerState":"On"})");
  EXPECT_EQ(refusal("first", R"({"imageRef":{"name":"i"},"providerRef":{"name":"lab"}})"),
            R"(VirtualMachine.infra.virtrigaud.io "one" is invalid: spec.classRef: Required value)");
}

TEST_F(Applying, ConflictsWithAHandEditAndSaysOfWhichVersion) {
  apply("first", spec(R"(,"powerState":"On")"));
  WriteContext hand = writer("hand");
  const json::Value edited = good(registry.patch(vms(), {"default", "one"}, PatchType::kMerge,
                                                 J(R"({"spec":{"powerState":"Off"}})"), Part::kWhole, hand));
  EXPECT_NE(managers(edited).find("hand Update {\"f:spec\":{\"f:powerState\":{}}}"), std::string::npos)
      << managers(edited);
  EXPECT_EQ(
      refusal("second", spec(R"(,"powerState":"On")")),
      R"(Apply failed with 1 conflict: conflict with "hand" using infra.virtrigaud.io/v1beta1: .spec.powerState)");
  EXPECT_EQ(
      refusal("nuller", spec(R"(,"powerState":null)")),
      R"(Apply failed with 1 conflict: conflict with "hand" using infra.virtrigaud.io/v1beta1: .spec.powerState)");
}

TEST_F(Applying, KeepsStatusApart) {
  const json::Value status = J(
      R"({"metadata":{"name":"one","labels":{"a":"b"}},"spec":{"powerState":"On"},"status":{"phase":"Running","ips":["10.0.0.1"]}})");
  EXPECT_EQ(http_code(try_apply(vms(), "ctl", status, false, Part::kStatus).error()), 404);
  apply("user", spec(""));
  const json::Value applied = good(try_apply(vms(), "ctl", status, false, Part::kStatus));
  EXPECT_EQ(applied.text({"status", "phase"}), "Running");
  EXPECT_EQ(applied.at({"metadata", "labels"}), nullptr);
  EXPECT_EQ(applied.at({"spec", "powerState"}), nullptr);
  EXPECT_NE(managers(applied).find("ctl Apply/status {\"f:status\":{\"f:ips\":{},\"f:phase\":{}}}"), std::string::npos)
      << managers(applied);
  const json::Value less = good(
      try_apply(vms(), "ctl", J(R"({"metadata":{"name":"one"},"status":{"phase":"Running"}})"), false, Part::kStatus));
  EXPECT_EQ(less.at({"status", "ips"}), nullptr);
  const auto conflicting =
      try_apply(vms(), "other", J(R"({"metadata":{"name":"one"},"status":{"phase":"Stopped"}})"), false, Part::kStatus);
  EXPECT_EQ(conflicting.error().message(),
            R"(Apply failed with 1 conflict: conflict with "ctl" with subresource "status": .status.phase)");
}

TEST_F(Applying, PutsSetsAndKeyedListsTogether) {
  const auto with = [&](std::string_view metadata) {
    json::Value configuration = one(spec(""));
    const json::Value more = J(metadata);
    for (const auto& [name, value] : *more.as<json::Object>()) configuration["metadata"][name] = value;
    return configuration;
  };
  good(try_apply(
      vms(), "first",
      with(
          R"({"finalizers":["example.com/a"],"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"o1","uid":"1"}]})")));
  const json::Value both = good(try_apply(
      vms(), "second",
      with(
          R"({"finalizers":["example.com/b"],"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"o2","uid":"2"}]})")));
  EXPECT_EQ(*both.at({"metadata", "finalizers"}), J(R"(["example.com/a","example.com/b"])"));
  EXPECT_EQ(both.at({"metadata", "ownerReferences"})->as<json::Array>()->size(), 2U);
  EXPECT_NE(managers(both).find(R"("f:ownerReferences":{"k:{\"uid\":\"2\"}":{}})"), std::string::npos)
      << managers(both);
  const json::Value left = good(try_apply(vms(), "first", with("{}")));
  EXPECT_EQ(*left.at({"metadata", "finalizers"}), J(R"(["example.com/b"])"));
}

TEST_F(Applying, FoldsStringDataIntoDataAndOwnsStringData) {
  const json::Value first =
      good(try_apply(core("secrets"), "first", J(R"({"metadata":{"name":"s"},"stringData":{"a":"1"}})")));
  EXPECT_EQ(first.text({"data", "a"}), "MQ==");
  EXPECT_EQ(managers(first), "first Apply {\"f:stringData\":{\"f:a\":{}}}\n");
  EXPECT_EQ(good(try_apply(core("secrets"), "first", J(R"({"metadata":{"name":"s"},"stringData":{"a":"2"}})")))
                .text({"data", "a"}),
            "Mg==");
}

TEST_F(Applying, RefusesWhatIsNoConfiguration) {
  apply("first", spec(""));
  const auto message = [&](json::Value configuration) {
    const auto out =
        registry.patch(vms(), {"default", "one"}, PatchType::kApply, configuration, Part::kWhole, writer("first"));
    return out.ok() ? "ok" : out.error().message();
  };
  json::Value good_one = vm("one");
  json::Value c = good_one;
  c["metadata"]["managedFields"] = json::Array();
  EXPECT_EQ(message(c), "metadata.managedFields must be nil");
  c = good_one;
  c["kind"] = "VMClass";
  EXPECT_EQ(message(c), "invalid object type: infra.virtrigaud.io/v1beta1, Kind=VMClass");
  c.as<json::Object>()->erase("apiVersion");
  EXPECT_EQ(message(c), "invalid object type: /, Kind=VMClass");
  c = good_one;
  c.set({"spec", "colour"}, "red");
  EXPECT_EQ(message(c),
            "failed to create typed patch object (/one; infra.virtrigaud.io/v1beta1, Kind=VirtualMachine): "
            ".spec.colour: field not declared in schema");
  c = good_one;
  c["metadata"]["uid"] = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(
      message(c),
      R"(VirtualMachine.infra.virtrigaud.io "one" is invalid: metadata.uid: Invalid value: "00000000-0000-4000-8000-000000000000": field is immutable)");
  c = good_one;
  c["metadata"]["resourceVersion"] = "1";
  EXPECT_EQ(message(c), conflict(vms().resource, "one").message());
  c = good_one;
  c["metadata"]["name"] = "two";
  EXPECT_EQ(message(c), "the name of the object (two) does not match the name on the URL (one)");
  c["metadata"].as<json::Object>()->erase("name");
  EXPECT_EQ(message(c), "ok") << "the URL says it";
}

TEST_F(Applying, OfKubectlTakesOverWhatItsClientSideWrote) {
  json::Value object = vm("one", R"({"powerState":"On"})");
  const std::string last = json::to_text(object);
  object.set({"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"}, last);
  good(registry.create(vms(), "default", object, writer("kubectl-client-side-apply")));
  EXPECT_EQ(refusal("somebody", spec(R"(,"powerState":"Off")")).find("Apply failed with"), 0U);
  const json::Value applied = good(try_apply(vms(), "kubectl", vm("one", R"({"powerState":"Off"})")));
  EXPECT_EQ(applied.text({"spec", "powerState"}), "Off");
  EXPECT_EQ(applied.text({"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"}),
            json::to_text(vm("one", R"({"powerState":"Off"})")) + "\n")
      << "so that client-side kubectl apply can go on from there";
}

TEST_F(Applying, OfKubectlDoesNotTakeOverWhatSomebodyChangedSince) {
  json::Value object = vm("one", R"({"powerState":"On"})");
  object.set({"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"}, json::to_text(object));
  good(registry.create(vms(), "default", object, writer("kubectl-client-side-apply")));
  merge(vms(), "one", R"({"spec":{"powerState":"Off"}})");
  const auto refused = try_apply(vms(), "kubectl", vm("one", R"({"powerState":"On"})"));
  EXPECT_EQ(refused.error().message(),
            "Apply failed with 1 conflict: conflict with \"test\" using infra.virtrigaud.io/v1beta1: .spec.powerState");
}

// ---- the bookkeeping of other writes ----

class ManagedFields : public Applying {};

TEST_F(ManagedFields, ListTheStructsThatAnUpdateMade) {
  json::Value object = vm("one", R"({"disks":[{"name":"a","sizeGiB":1}],"tags":["x"]})", R"({"labels":{"a":"1"}})");
  object["spec"].as<json::Object>()->erase("imageRef");
  object["spec"]["imageRef"] = json::Object{{"name", "i"}};
  const json::Value made = good(registry.create(vms(), "default", object, writer("my-tool")));
  EXPECT_EQ(
      managers(made),
      R"(my-tool Update {"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{".":{},"f:classRef":{".":{},"f:name":{}},"f:disks":{},"f:imageRef":{".":{},"f:name":{}},"f:providerRef":{".":{},"f:name":{}},"f:tags":{}}})"
      "\n");
  const json::Value other = good(registry.patch(
      vms(), {"default", "one"}, PatchType::kMerge,
      J(R"({"spec":{"tags":null},"metadata":{"finalizers":["example.com/a"]}})"), Part::kWhole, writer("other")));
  EXPECT_EQ(managers(other).find("f:tags"), std::string::npos) << "a field that is gone is nobody's";
  EXPECT_NE(managers(other).find(R"(other Update {"f:metadata":{"f:finalizers":{".":{},"v:\"example.com/a\"":{}}}})"),
            std::string::npos);
}

TEST_F(ManagedFields, DoNotMoveByThemselves) {
  create(vms(), vm("one"));
  const json::Value before = get(vms(), "one");
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(merge(vms(), "one", R"({"spec":{"classRef":{"name":"small"}}})"), before);
}

// An apply sets its time anew when defaults were filled in after it, and entries are sorted by time.
TEST_F(ManagedFields, DoNotMoveByTheirOrderAlone) {
  const std::string disks = spec(R"(,"disks":[{"name":"a","sizeGiB":1}])");
  apply("b", disks);
  apply("c", spec(R"(,"powerState":"On")"));
  const json::Value before = get(vms(), "one");
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(apply("b", disks), before);
}

TEST_F(ManagedFields, OfTheOldestUpdatersBecomeOne) {
  create(vms(), vm("one"));
  for (int i = 0; i < 12; ++i) {
    clock.advance(std::chrono::seconds(1));
    good(registry.patch(vms(), {"default", "one"}, PatchType::kMerge,
                        J(R"({"metadata":{"annotations":{"k)" + std::to_string(i) + R"(":"v"}}})"), Part::kWhole,
                        writer("m" + std::to_string(i))));
  }
  const json::Value object = get(vms(), "one");
  EXPECT_EQ(object.at({"metadata", "managedFields"})->as<json::Array>()->size(), limits::kUpdateManagersMax);
  EXPECT_EQ(managers(object).find("ancient-changes Update "), 0U) << managers(object);
}

TEST_F(ManagedFields, CanBeClearedAndAreKeptAgainFromTheFirstApplyOn) {
  json::Value object = create(vms(), vm("one", R"({"powerState":"Off"})"));
  object["metadata"]["managedFields"] = json::Array();
  object = good(registry.replace(vms(), {"default", "one"}, object, Part::kWhole, writer()));
  EXPECT_NE(managers(object), "") << "an empty list keeps them, for a custom kind";
  object["metadata"]["managedFields"] = json::Array{json::Object()};
  object = good(registry.replace(vms(), {"default", "one"}, object, Part::kWhole, writer()));
  EXPECT_EQ(managers(object), "");
  EXPECT_EQ(managers(merge(vms(), "one", R"({"metadata":{"labels":{"a":"b"}}})")), "");
  const json::Value applied = good(try_apply(vms(), "me", vm("one", R"({"powerState":"Off"})")));
  EXPECT_NE(managers(applied).find("before-first-apply Update "), std::string::npos) << managers(applied);
  json::Value map = create(core("configmaps"), config_map("m", R"({"data":{"a":"1"}})"));
  map["metadata"]["managedFields"] = json::Array();
  EXPECT_EQ(managers(good(registry.replace(core("configmaps"), {"default", "m"}, map, Part::kWhole, writer()))), "")
      << "a core kind";
}

TEST_F(ManagedFields, AreNotOfWhatTheServerFillsIn) {
  EXPECT_EQ(
      managers(create(
          core("events"),
          config_map("e", R"({"involvedObject":{"namespace":"default"},"reason":"R","source":{"component":"c"}})"))),
      R"(test Update {"f:involvedObject":{},"f:reason":{},"f:source":{"f:component":{}}})"
      "\n");
  const json::Value made = good(registry.create(core("namespaces"), "", J(R"({"metadata":{"name":"n"}})"), writer()));
  EXPECT_EQ(managers(made), R"(test Update {"f:metadata":{"f:labels":{".":{},"f:kubernetes.io/metadata.name":{}}}})"
                            "\n");
  const json::Value lease =
      create(kind("leases", "coordination.k8s.io"), config_map("l", R"({"spec":{"holderIdentity":"a"}})"));
  EXPECT_EQ(managers(lease), R"(test Update {"f:spec":{"f:holderIdentity":{}}})"
                             "\n");
}

}  // namespace
}  // namespace rig::apiserver
