// apiserver/bad_input_test.cc — bodies and patches that nobody would write: each is answered, nothing breaks.
#include <random>

#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

// Values that are of the wrong type almost anywhere.
json::Value odd_value(std::mt19937& random) {
  static const std::vector<json::Value> kOdd = {json::Value(),
                                                true,
                                                -1,
                                                1e300,
                                                "",
                                                "x",
                                                json::Array(),
                                                json::Object(),
                                                J("[null]"),
                                                J("[[1],{\"a\":1}]"),
                                                J("{\"a\":null}"),
                                                J("{\"\":{}}"),
                                                J("[\"a\",\"a\"]"),
                                                J("{\"$patch\":\"replace\"}"),
                                                J("{\".\":{\"f:\":1}}")};
  return kOdd[random() % kOdd.size()];
}

// One place in the document, now another value, or gone, or with an odd member more.
void spoil(json::Value& value, std::mt19937& random) {
  if (auto* members = value.as<json::Object>(); members != nullptr && members->size() > 0 && random() % 5 != 0) {
    return spoil((members->begin() + random() % members->size())->second, random);
  }
  if (auto* items = value.as<json::Array>(); items != nullptr && !items->empty() && random() % 3 != 0) {
    return spoil((*items)[random() % items->size()], random);
  }
  if (auto* members = value.as<json::Object>(); members != nullptr && random() % 2 == 0) {
    static const char* const kNames[] = {"metadata",        "spec",   "status",     "managedFields", "finalizers",
                                         "ownerReferences", "labels", "$retainKeys"};
    (*members)[kNames[random() % std::size(kNames)]] = odd_value(random);
    return;
  }
  value = odd_value(random);
}

class BadInput : public RegistryTest {
 protected:
  void expect_sane(const Error& error) {
    const int code = http_code(error);
    EXPECT_TRUE((code >= 400 && code < 500) || code == 500) << code << " " << error.message();
    EXPECT_EQ(status_of(error).text({"kind"}), "Status");
  }
  json::Value sample(const api::KindInfo& k) {
    if (k.resource.kind == "VirtualMachine") {
      return vm(
          "one", R"({"disks":[{"name":"a","sizeGiB":1}],"tags":["x"],"powerState":"On"})",
          R"({"labels":{"a":"b"},"annotations":{"c":"d"},"finalizers":["example.com/f"],"ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"o","uid":"1"}]})");
    }
    json::Value object =
        J(R"({"metadata":{"name":"one"},"data":{"a":"YQ=="},"spec":{"holderIdentity":"a"},"secrets":[{"name":"s"}],
        "involvedObject":{"namespace":"default"},"regarding":{"namespace":"default"},"eventTime":"2026-01-01T00:00:00.000000Z","type":"Normal",
        "reportingController":"c","reportingInstance":"i","action":"a","reason":"r","source":{"component":"c"}})");
    object["apiVersion"] = k.resource.api_version();
    object["kind"] = k.resource.kind;
    return object;
  }
};

TEST_F(BadInput, IsAnsweredAndLeavesObjectsReadable) {
  const unsigned seed = std::random_device()();
  std::printf("seed %u\n", seed);
  std::mt19937 random(seed);
  const std::vector<const api::KindInfo*> kinds = {&vms(),
                                                   &core("configmaps"),
                                                   &core("secrets"),
                                                   &core("serviceaccounts"),
                                                   &core("events"),
                                                   &kind("events", "events.k8s.io"),
                                                   &kind("leases", "coordination.k8s.io"),
                                                   &core("namespaces")};
  int accepted = 0;
  for (int i = 0; i < 3000; ++i) {
    const api::KindInfo& k = *kinds[random() % kinds.size()];
    const ObjectKey key{k.resource.namespaced ? "default" : "", "one"};
    const Result<json::Value> there = registry.get(k, key);
    ASSERT_TRUE(there.ok() || there.error().is(Code::kNotFound)) << show(there);
    json::Value body = there.ok() && random() % 2 == 0 ? *there : sample(k);
    for (auto n = random() % 3; n > 0; --n) spoil(body, random);
    const Part part = random() % 4 == 0 ? Part::kStatus : Part::kWhole;
    const std::string before = json::to_text(body);
    Result<json::Value> answer = json::Value();
    const auto object = [](Result<Written> written) {
      return written.ok() ? Result<json::Value>(written.take().object) : written.take_error();
    };
    switch (random() % 7) {
      case 0: answer = registry.create(k, key.namespace_, body, writer()); break;
      case 1: answer = object(registry.replace(k, key, body, part, writer())); break;
      case 2: answer = object(registry.patch(k, key, PatchType::kMerge, body, part, writer())); break;
      case 3: answer = object(registry.patch(k, key, PatchType::kStrategic, body, part, writer())); break;
      case 4: answer = object(registry.patch(k, key, PatchType::kApply, body, part, writer("applier"))); break;
      case 5: {
        const json::Array operations = {json::Object{
            {"op", random() % 2 == 0 ? "add" : "replace"}, {"path", "/metadata"}, {"value", odd_value(random)}}};
        answer = object(registry.patch(k, key, PatchType::kJson, operations, part, writer()));
        break;
      }
      default: answer = registry.remove(k, key, {}); break;
    }
    if (answer.ok()) ++accepted;
    if (!answer.ok()) expect_sane(answer.error());
    const Result<ListResult> listed = registry.list(k, {});
    ASSERT_TRUE(listed.ok()) << show(listed) << " after " << before;
    ASSERT_TRUE(registry.collect().ok());
  }
  EXPECT_GT(accepted, 100);
}

}  // namespace
}  // namespace rig::apiserver
