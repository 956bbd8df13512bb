// apiserver/collector_test.cc — what goes by itself, as recorded from kube-controller-manager.
#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

class Collecting : public RegistryTest {
 protected:
  void settle() {
    for (int i = 0; i < 20; ++i) {
      const Result<bool> changed = registry.collect();
      ASSERT_TRUE(changed.ok()) << show(changed);
      if (!*changed) return;
    }
    ADD_FAILURE() << "the collector does not come to rest";
  }

  static std::string reference(const json::Value& owner, std::string_view more = "") {
    return R"({"apiVersion":")" + std::string(owner.text({"apiVersion"})) + R"(","kind":")" +
           std::string(owner.text({"kind"})) + R"(","name":")" + std::string(owner.text({"metadata", "name"})) +
           R"(","uid":")" + std::string(owner.text({"metadata", "uid"})) + "\"" + std::string(more) + "}";
  }
  void create_child(std::string_view name, const std::string& references, std::string_view more = "") {
    create(core("configmaps"),
           config_map(name, R"({"metadata":{"ownerReferences":[)" + references + "]" + std::string(more) + "}}"));
  }
  bool has_child(const std::string& name) { return exists(core("configmaps"), name); }
  void remove(const api::KindInfo& k, const std::string& name, std::string policy = "") {
    good(registry.remove(k, {"default", name}, {.propagation = std::move(policy)}));
  }
};

TEST_F(Collecting, TakesDependentsWithTheLastOwner) {
  const json::Value first = create(vms(), vm("first"));
  const json::Value second = create(core("configmaps"), config_map("second"));
  create_child("child", reference(first) + "," + reference(second));
  settle();
  remove(vms(), "first");
  settle();
  ASSERT_TRUE(has_child("child"));
  EXPECT_EQ(get(core("configmaps"), "child").at({"metadata", "ownerReferences"})->as<json::Array>()->size(), 1U);
  remove(core("configmaps"), "second");
  settle();
  EXPECT_FALSE(has_child("child"));
}

TEST_F(Collecting, TakesWhatNamesAnOwnerThatIsNotThere) {
  const json::Value owner = create(vms(), vm("one"));
  create_child("absent",
               R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VirtualMachine","name":"never","uid":"1"})");
  create_child("wrong-uid",
               R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VirtualMachine","name":"one","uid":"2"})");
  create_child("unknown-kind",
               R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"Nothing","name":"absent","uid":"3"})");
  create_child("owned", reference(owner));
  settle();
  EXPECT_FALSE(has_child("absent"));
  EXPECT_FALSE(has_child("wrong-uid"));
  EXPECT_TRUE(has_child("unknown-kind"));
  EXPECT_TRUE(has_child("owned"));
}

TEST_F(Collecting, FindsAfterARestartWhatWasLeft) {
  const json::Value owner = create(vms(), vm("one"));
  create_child("child", reference(owner));
  settle();
  remove(vms(), "one");
  Registry restarted(*store, api::kinds(), clock);
  while (*restarted.collect()) {}
  EXPECT_FALSE(has_child("child"));
}

TEST_F(Collecting, LeavesOrphans) {
  const json::Value owner = create(vms(), vm("one"));
  create_child("child", reference(owner));
  remove(vms(), "one", "Orphan");
  settle();
  EXPECT_FALSE(exists(vms(), "one"));
  EXPECT_EQ(get(core("configmaps"), "child").at({"metadata", "ownerReferences"}), nullptr);
}

TEST_F(Collecting, KeepsAForegroundOwnerUntilTheDependentIsReallyGone) {
  const json::Value owner = create(vms(), vm("one"));
  create_child("child", reference(owner, R"(,"blockOwnerDeletion":true)"), R"(,"finalizers":["example.com/a"])");
  settle();
  remove(vms(), "one", "Foreground");
  settle();
  EXPECT_TRUE(exists(vms(), "one"));
  EXPECT_NE(get(core("configmaps"), "child").at({"metadata", "deletionTimestamp"}), nullptr);
  merge(core("configmaps"), "child", R"({"metadata":{"finalizers":null}})");
  settle();
  EXPECT_FALSE(has_child("child"));
  EXPECT_FALSE(exists(vms(), "one"));
}

TEST_F(Collecting, LeavesTheOtherFinalizersOfAForegroundOwner) {
  create(vms(), vm("one", "{}", R"({"finalizers":["example.com/a"]})"));
  remove(vms(), "one", "Foreground");
  settle();
  EXPECT_EQ(*get(vms(), "one").at({"metadata", "finalizers"}), J(R"(["example.com/a"])"));
}

TEST_F(Collecting, EndsANamespaceWhenItsContentsAreGone) {
  good(registry.create(core("namespaces"), "", J(R"({"metadata":{"name":"end"}})"), writer()));
  good(registry.create(vms(), "end", vm("free"), writer()));
  good(registry.create(vms(), "end", vm("held", "{}", R"({"finalizers":["example.com/a"]})"), writer()));
  const json::Value ending = good(registry.remove(core("namespaces"), {"", "end"}, {}));
  EXPECT_EQ(ending.text({"status", "phase"}), "Terminating");
  EXPECT_EQ(ending.at({"metadata", "deletionGracePeriodSeconds"}), nullptr);
  settle();
  EXPECT_FALSE(registry.get(vms(), {"end", "free"}).ok());
  const json::Value held = good(registry.get(core("namespaces"), {"", "end"}));
  const json::Array& conditions = *held.at({"status", "conditions"})->as<json::Array>();
  ASSERT_EQ(conditions.size(), 5U);
  EXPECT_EQ(conditions[3].text({"message"}),
            "Some resources are remaining: virtualmachines.infra.virtrigaud.io has 1 resource instances");
  EXPECT_EQ(conditions[4].text({"message"}),
            "Some content in the namespace has finalizers remaining: example.com/a in 1 resource instances");
  const auto refused = registry.create(vms(), "end", vm("new"), writer());
  EXPECT_EQ(
      refused.error().message(),
      R"(virtualmachines.infra.virtrigaud.io "new" is forbidden: unable to create new content in namespace end because it is being terminated)");
  good(registry.patch(vms(), {"end", "held"}, PatchType::kMerge, J(R"({"metadata":{"finalizers":null}})"), Part::kWhole,
                      writer()));
  settle();
  EXPECT_TRUE(registry.get(core("namespaces"), {"", "end"}).error().is(Code::kNotFound));
}

TEST_F(Collecting, LetsFinalizeHoldANamespace) {
  json::Value made = good(registry.create(core("namespaces"), "", J(R"({"metadata":{"name":"end"}})"), writer()));
  made.set({"spec", "finalizers"}, json::Array{"kubernetes", "example.com/x"});
  made = good(registry.replace(core("namespaces"), {"", "end"}, made, Part::kFinalize, writer()));
  EXPECT_EQ(made.at({"spec", "finalizers"})->as<json::Array>()->size(), 2U);
  made.set({"spec", "finalizers"}, json::Array());
  made = good(registry.replace(core("namespaces"), {"", "end"}, made, Part::kWhole, writer()));
  EXPECT_EQ(made.at({"spec", "finalizers"})->as<json::Array>()->size(), 2U) << "the main path ignores them";
  good(registry.remove(core("namespaces"), {"", "end"}, {}));
  settle();
  made = good(registry.get(core("namespaces"), {"", "end"}));
  EXPECT_EQ(*made.at({"spec", "finalizers"}), J(R"(["example.com/x"])"));
  made.set({"spec", "finalizers"}, json::Array());
  good(registry.replace(core("namespaces"), {"", "end"}, made, Part::kFinalize, writer()));
  EXPECT_FALSE(registry.get(core("namespaces"), {"", "end"}).ok());
}

TEST_F(Collecting, TakesEventsAfterAnHourWithoutAWrite) {
  const auto event = [](std::string_view name) {
    return config_map(name, R"({"involvedObject":{"namespace":"default"},"count":1})");
  };
  create(core("events"), event("old"));
  create(core("events"), event("renewed"));
  settle();
  clock.advance(std::chrono::minutes(40));
  merge(core("events"), "renewed", R"({"count":2})");
  settle();
  clock.advance(std::chrono::minutes(21));
  settle();
  EXPECT_FALSE(exists(core("events"), "old"));
  EXPECT_TRUE(exists(core("events"), "renewed"));
}

TEST_F(Collecting, ForgetsHistoryAfterAWhileButNotTheLastThousandChanges) {
  create(vms(), vm("one"));
  for (int i = 0; i < limits::kHistoryMin + 500; ++i) {
    merge(vms(), "one", R"({"metadata":{"labels":{"i":")" + std::to_string(i) + "\"}}}");
  }
  settle();
  EXPECT_EQ(store->compacted(), 0);
  for (int i = 0; i < 8; ++i) {
    clock.advance(std::chrono::minutes(1));
    settle();
  }
  EXPECT_EQ(store->compacted(), store->revision() - limits::kHistoryMin);
}

// ---- what comes by itself ----

TEST_F(Collecting, GivesEachNamespaceADefaultAccount) {
  settle();  // namespaces from before
  EXPECT_TRUE(exists(core("serviceaccounts"), "default"));
  good(registry.create(core("namespaces"), "", config_map("n"), writer()));
  settle();
  EXPECT_TRUE(registry.get(core("serviceaccounts"), {"n", "default"}).ok());
  const std::string uid(get(core("serviceaccounts"), "default").text({"metadata", "uid"}));
  remove(core("serviceaccounts"), "default");
  settle();
  EXPECT_NE(get(core("serviceaccounts"), "default").text({"metadata", "uid"}), uid);
  const Revision before = store->revision();
  settle();
  EXPECT_EQ(store->revision(), before);
  good(registry.remove(core("namespaces"), {"", "n"}, {}));
  settle();
  EXPECT_FALSE(registry.get(core("namespaces"), {"", "n"}).ok());
  EXPECT_FALSE(registry.get(core("serviceaccounts"), {"n", "default"}).ok());
}

TEST_F(Collecting, PutsAggregatedRolesTogether) {
  const api::KindInfo& roles = kind("clusterroles", "rbac.authorization.k8s.io");
  const auto rules = [&](const std::string& name) {
    return json::to_text(*good(registry.get(roles, {"", name})).find("rules"));
  };
  const auto make = [&](std::string_view object) { good(registry.create(roles, "", J(object), writer())); };
  make(R"({"metadata":{"name":"sum","labels":{"to":"total"}},
      "aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"to":"sum"}}]}})");
  make(R"({"metadata":{"name":"total"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"to":"total"}}]}})");
  settle();
  EXPECT_EQ(rules("total"), "null");
  make(R"({"metadata":{"name":"part","labels":{"to":"sum"}},"rules":[{"verbs":["get"],"nonResourceURLs":["/x"]}]})");
  settle();
  EXPECT_EQ(rules("total"), R"([{"nonResourceURLs":["/x"],"verbs":["get"]}])");  // by way of sum
  good(registry.patch(roles, {"", "sum"}, PatchType::kMerge, J(R"({"rules":null})"), Part::kWhole, writer()));
  settle();
  EXPECT_EQ(rules("sum"), R"([{"nonResourceURLs":["/x"],"verbs":["get"]}])");
  good(registry.remove(roles, {"", "part"}, {}));
  settle();
  EXPECT_EQ(rules("total"), "null");
}

}  // namespace
}  // namespace rig::apiserver
