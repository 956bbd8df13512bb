// apiserver/registry_test.cc — one object at a time: create, read, replace, delete.
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

using Creating = RegistryTest;
using Replacing = RegistryTest;
using Deleting = RegistryTest;

TEST_F(Creating, GivesWhatTheServerDecides) {
  const json::Value made = create(vms(), vm("one", "{}", R"({"uid": "u", "generation": 7, "selfLink": "/x",
      "creationTimestamp": "2001-01-01T00:00:00Z", "deletionTimestamp": "2001-01-01T00:00:00Z"})"));
  EXPECT_EQ(made.text({"metadata", "namespace"}), "default");
  EXPECT_EQ(made.text({"metadata", "creationTimestamp"}), "2026-01-01T00:00:00Z");
  EXPECT_EQ(made.integer({"metadata", "generation"}), 1);
  EXPECT_EQ(made.text({"metadata", "uid"}).size(), 36U);
  EXPECT_EQ(made.at({"metadata", "selfLink"}), nullptr);
  EXPECT_EQ(made.at({"metadata", "deletionTimestamp"}), nullptr);
  EXPECT_EQ(made.text({"metadata", "resourceVersion"}), std::to_string(store->revision()));
  EXPECT_EQ(get(vms(), "one"), made);
}

struct Refusal {
  const char* name;
  const char* plural;
  std::string body;
  int code;
  std::string message;
};

class Refusing : public RegistryTest, public testing::WithParamInterface<Refusal> {};

TEST_P(Refusing, SaysItAsTheRealServerDoes) {
  const Refusal& c = GetParam();
  const bool is_custom = std::string_view(c.plural).starts_with("v");
  create(vms(), vm("one"));
  const auto made = registry.create(is_custom ? kind(c.plural) : core(c.plural), "default", J(c.body), writer());
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(http_code(made.error()), c.code);
  EXPECT_EQ(made.error().message(), c.message);
}

const std::string kVm = R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VirtualMachine",)";
const std::string kSpec =
    R"("spec":{"classRef":{"name":"small"},"imageRef":{"name":"tiny"},"providerRef":{"name":"lab"}})";

INSTANTIATE_TEST_SUITE_P(
    Recorded, Refusing,
    testing::Values(
        Refusal{"exists", "virtualmachines", kVm + R"("metadata":{"name":"one"},)" + kSpec + "}", 409,
                R"(virtualmachines.infra.virtrigaud.io "one" already exists)"},
        Refusal{
            "upper", "virtualmachines", kVm + R"("metadata":{"name":"UPPER"},)" + kSpec + "}", 422,
            R"(VirtualMachine.infra.virtrigaud.io "UPPER" is invalid: metadata.name: Invalid value: "UPPER": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*'))"},
        Refusal{
            "no_name", "virtualmachines", kVm + kSpec + "}", 422,
            R"(VirtualMachine.infra.virtrigaud.io "" is invalid: metadata.name: Required value: name or generateName is required)"},
        Refusal{
            "metadata_string", "virtualmachines", kVm + R"("metadata":"x",)" + kSpec + "}", 400,
            R"(VirtualMachine in version "v1beta1" cannot be handled as a VirtualMachine: json: cannot unmarshal string into Go value of type v1.ObjectMeta)"},
        Refusal{
            "name_number", "virtualmachines", kVm + R"("metadata":{"name":3},)" + kSpec + "}", 400,
            R"(VirtualMachine in version "v1beta1" cannot be handled as a VirtualMachine: json: cannot unmarshal number into Go struct field ObjectMeta.name of type string)"},
        Refusal{
            "label_number", "virtualmachines", kVm + R"("metadata":{"name":"x","labels":{"a":1}},)" + kSpec + "}", 400,
            R"(VirtualMachine in version "v1beta1" cannot be handled as a VirtualMachine: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string)"},
        Refusal{
            "required", "virtualmachines", kVm + R"("metadata":{"name":"x"},"spec":{"imageRef":{"name":"tiny"}}})", 422,
            R"(VirtualMachine.infra.virtrigaud.io "x" is invalid: [spec.classRef: Required value, spec.providerRef: Required value])"},
        Refusal{
            "wrong_kind", "virtualmachines",
            R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VMClass","metadata":{"name":"x"},)" + kSpec + "}",
            422,
            R"(VMClass.infra.virtrigaud.io "x" is invalid: kind: Invalid value: "VMClass": must be VirtualMachine)"},
        Refusal{
            "wrong_group", "virtualmachines",
            R"({"apiVersion":"other.io/v1beta1","kind":"VirtualMachine","metadata":{"name":"x"},)" + kSpec + "}", 400,
            R"(the API version in the data (other.io/v1beta1) does not match the expected API version (infra.virtrigaud.io/v1beta1))"},
        Refusal{"other_namespace", "virtualmachines", kVm + R"("metadata":{"name":"x","namespace":"y"},)" + kSpec + "}",
                400, R"(the namespace of the provided object does not match the namespace sent on the request)"},
        Refusal{"version", "virtualmachines", kVm + R"("metadata":{"name":"x","resourceVersion":"1"},)" + kSpec + "}",
                500, R"(resourceVersion should not be set on objects to be created)"},
        Refusal{
            "finalizer", "virtualmachines",
            kVm + R"("metadata":{"name":"x","finalizers":["no slash","UPPER"]},)" + kSpec + "}", 422,
            R"(VirtualMachine.infra.virtrigaud.io "x" is invalid: metadata.finalizers: Invalid value: "no slash": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'))"},
        Refusal{
            "owner_empty", "virtualmachines",
            kVm +
                R"("metadata":{"name":"x","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"","uid":""}]},)" +
                kSpec + "}",
            422,
            R"(VirtualMachine.infra.virtrigaud.io "x" is invalid: [metadata.ownerReferences[0].name: Required value: must not be empty, metadata.ownerReferences[0].uid: Required value: must not be empty])"},
        Refusal{
            "two_controllers", "virtualmachines",
            kVm +
                R"("metadata":{"name":"x","ownerReferences":[{"apiVersion":"v1","kind":"ConfigMap","name":"a","uid":"a","controller":true},{"apiVersion":"v1","kind":"ConfigMap","name":"b","uid":"b","controller":true}]},)" +
                kSpec + "}",
            422,
            R"(VirtualMachine.infra.virtrigaud.io "x" is invalid: metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"ConfigMap","name":"a","uid":"a","controller":true},{"apiVersion":"v1","kind":"ConfigMap","name":"b","uid":"b","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for ConfigMap/a and ConfigMap/b)"},
        Refusal{
            "config_map_number", "configmaps", R"({"metadata":{"name":"x"},"data":{"a":1}})", 400,
            R"(ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string)"},
        Refusal{
            "config_map_key", "configmaps", R"({"metadata":{"name":"x"},"data":{"a b":"1","..":"1"}})", 422,
            R"(ConfigMap "x" is invalid: [data[..]: Invalid value: "..": must not be '..', data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')])"},
        Refusal{"secret_base64", "secrets", R"({"metadata":{"name":"x"},"data":{"x":"***"}})", 400,
                R"(Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte 0)"},
        Refusal{"secret_tls", "secrets", R"({"metadata":{"name":"c"},"type":"kubernetes.io/tls"})", 422,
                R"(Secret "c" is invalid: [data[tls.crt]: Required value, data[tls.key]: Required value])"}),
    [](const auto& row) { return row.param.name; });

TEST_F(Creating, NeedsTheNamespace) {
  const auto made = registry.create(vms(), "none", vm("one"), writer());
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(show(made), show(not_found(core("namespaces").resource, "none")));
}

TEST_F(Creating, MakesAName) {
  json::Value object =
      vm("", "{}",
         R"({"generateName": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})");
  const json::Value made = create(vms(), object);
  EXPECT_EQ(made.text({"metadata", "name"}).size(), 63U);
  EXPECT_TRUE(made.text({"metadata", "name"}).starts_with(std::string(58, 'a')));
}

TEST_F(Creating, DropsStatusAndUnknownFieldsAndFillsInDefaults) {
  json::Value object =
      vm("one", R"({"colour": "red", "disks": [{"name": "a", "sizeGiB": 1, "type": null}], "tags": null})");
  object.set({"status", "phase"}, "Running");
  const json::Value made = create(vms(), object);
  EXPECT_EQ(made.find("status"), nullptr);
  EXPECT_EQ(*made.at({"spec", "disks"}), J(R"([{"expandPolicy":"Offline","name":"a","sizeGiB":1,"type":"thin"}])"));
  EXPECT_EQ(made.at({"spec", "tags"}), nullptr);
  EXPECT_EQ(warnings, std::vector<std::string>{R"(unknown field "spec.colour")"});
}

TEST_F(Creating, StrictlyNamesTheUnknownFieldAndTheNearMiss) {
  WriteContext strict = writer();
  strict.validation = Validation::kStrict;
  strict.body_warnings = {R"(duplicate field "spec.x")"};
  const auto made = registry.create(vms(), "default", vm("one", R"({"disks": [{"name": "a", "sizeGB": 1}]})"), strict);
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(http_code(made.error()), 400);
  EXPECT_EQ(made.error().message(),
            R"(VirtualMachine in version "v1beta1" cannot be handled as a VirtualMachine: strict decoding error: )"
            R"(duplicate field "spec.x", unknown field "spec.disks[0].sizeGB" (did you mean "sizeGiB"?))");
}

TEST_F(Creating, DryStoresNothing) {
  WriteContext dry = writer();
  dry.dry_run = true;
  const json::Value made = good(registry.create(vms(), "default", vm("one"), dry));
  EXPECT_EQ(made.text({"metadata", "uid"}).size(), 36U);
  EXPECT_EQ(made.at({"metadata", "resourceVersion"}), nullptr);
  EXPECT_FALSE(exists(vms(), "one"));
}

TEST_F(Creating, RefusesWhatIsTooLarge) {
  const auto made =
      registry.create(core("configmaps"), "default",
                      config_map("x", R"({"data": {"a": ")" + std::string(1'048'577, 'x') + "\"}}"), writer());
  EXPECT_EQ(made.error().message(), R"(ConfigMap "x" is invalid: []: Too long: may not be more than 1048576 bytes)");
  const auto large = registry.create(
      vms(), "default", vm("x", R"({"metaData": {"cloudInit": {"inline": ")" + std::string(1'600'000, 'x') + "\"}}}"),
      writer());
  EXPECT_EQ(large.error().message(), "etcdserver: request is too large");
}

TEST_F(Creating, WarnsOfAFinalizerWithoutADomain) {
  create(vms(), vm("one", "{}", R"({"finalizers": ["plain"]})"));
  EXPECT_EQ(warnings.size(), 1U);
}

TEST_F(Replacing, NeedsTheVersionThatIsThere) {
  json::Value object = create(vms(), vm("one"));
  object.set({"metadata", "labels", "a"}, "1");
  const json::Value changed = good(registry.replace(vms(), {"default", "one"}, object, Part::kWhole, writer()));
  EXPECT_NE(changed.text({"metadata", "resourceVersion"}), object.text({"metadata", "resourceVersion"}));
  const auto stale = registry.replace(vms(), {"default", "one"}, object, Part::kWhole, writer());
  EXPECT_EQ(show(stale), show(conflict(vms().resource, "one")));
  object["metadata"].as<json::Object>()->erase("resourceVersion");
  const auto none = registry.replace(vms(), {"default", "one"}, object, Part::kWhole, writer());
  EXPECT_EQ(
      none.error().message(),
      R"(virtualmachines.infra.virtrigaud.io "one" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update)");
}

TEST_F(Replacing, WithTheSameWritesNothing) {
  const json::Value object = create(vms(), vm("one"));
  const Revision before = store->revision();
  EXPECT_EQ(good(registry.replace(vms(), {"default", "one"}, object, Part::kWhole, writer())), object);
  EXPECT_EQ(store->revision(), before);
}

TEST_F(Replacing, CountsTheGenerationOfTheSpecOnly) {
  create(vms(), vm("one"));
  const auto generation = [&](std::string_view patch, Part part = Part::kWhole) {
    return merge(vms(), "one", patch, part).integer({"metadata", "generation"});
  };
  EXPECT_EQ(generation(R"({"metadata": {"labels": {"a": "b"}}})"), 1);
  EXPECT_EQ(generation(R"({"spec": {"powerState": "On"}})"), 2);
  EXPECT_EQ(generation(R"({"spec": {"powerState": "On"}})"), 2);
  EXPECT_EQ(generation(R"({"spec": {"colour": "red"}})"), 2);
  EXPECT_EQ(generation(R"({"status": {"phase": "Running"}})", Part::kStatus), 2);
  EXPECT_EQ(generation(R"({"metadata": {"finalizers": ["example.com/f"]}})"), 2);
  const json::Value deleted = good(registry.remove(vms(), {"default", "one"}, {}));
  EXPECT_EQ(deleted.integer({"metadata", "generation"}), 3);
}

TEST_F(Replacing, KeepsStatusAndSpecApart) {
  json::Value object = create(vms(), vm("one"));
  object.set({"status", "phase"}, "Running");
  object.set({"spec", "powerState"}, "Off");
  object.set({"metadata", "labels", "a"}, "b");
  json::Value status = good(registry.replace(vms(), {"default", "one"}, object, Part::kStatus, writer()));
  EXPECT_EQ(status.text({"status", "phase"}), "Running");
  EXPECT_EQ(status.at({"spec", "powerState"}), nullptr);
  EXPECT_EQ(status.at({"metadata", "labels"}), nullptr);
  status.set({"status", "phase"}, "Failed");
  EXPECT_EQ(good(registry.replace(vms(), {"default", "one"}, status, Part::kWhole, writer())).text({"status", "phase"}),
            "Running");
  status.set({"status", "phase"}, "Nowhere");
  const auto wrong = registry.replace(vms(), {"default", "one"}, status, Part::kStatus, writer());
  EXPECT_EQ(
      wrong.error().message(),
      R"(VirtualMachine.infra.virtrigaud.io "one" is invalid: status.phase: Unsupported value: "Nowhere": supported values: "Pending", "Provisioning", "Running", "Stopped", "Reconfiguring", "Deleting", "Failed")");
}

TEST_F(Replacing, RefusesAnotherUidAndAnotherName) {
  json::Value object = create(vms(), vm("one"));
  json::Value other = object;
  other["metadata"]["uid"] = "00000000-0000-4000-8000-000000000000";
  EXPECT_EQ(http_code(registry.replace(vms(), {"default", "one"}, other, Part::kWhole, writer()).error()), 409);
  other["metadata"]["name"] = "two";
  EXPECT_EQ(registry.replace(vms(), {"default", "one"}, other, Part::kWhole, writer()).error().message(),
            "the name of the object (two) does not match the name on the URL (one)");
}

TEST_F(Replacing, RefusesAnotherKind) {
  json::Value object = create(vms(), vm("one"));
  object["kind"] = "VMClass";
  const auto refused = registry.replace(vms(), {"default", "one"}, object, Part::kWhole, writer());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message(),
            R"(VMClass.infra.virtrigaud.io "one" is invalid: kind: Invalid value: "VMClass": must be VirtualMachine)");
}

TEST_F(Deleting, IsAtOnceWhenNothingHoldsTheObject) {
  const json::Value made = create(vms(), vm("one"));
  const json::Value status = good(registry.remove(vms(), {"default", "one"}, {}));
  EXPECT_EQ(status, success(vms().resource, "one", made.text({"metadata", "uid"})));
  EXPECT_FALSE(exists(vms(), "one"));
}

TEST_F(Deleting, WaitsForTheLastFinalizer) {
  create(vms(), vm("one", "{}", R"({"finalizers": ["example.com/a"]})"));
  const json::Value marked = good(registry.remove(vms(), {"default", "one"}, {}));
  EXPECT_EQ(marked.text({"metadata", "deletionTimestamp"}), "2026-01-01T00:00:00Z");
  EXPECT_EQ(good(registry.remove(vms(), {"default", "one"}, {})), marked);
  EXPECT_EQ(registry.create(vms(), "default", vm("one"), writer()).error().message(),
            R"(object is being deleted: virtualmachines.infra.virtrigaud.io "one" already exists)");
  const auto more =
      registry.patch(vms(), {"default", "one"}, PatchType::kMerge,
                     J(R"({"metadata": {"finalizers": ["example.com/a", "example.com/c"]}})"), Part::kWhole, writer());
  EXPECT_EQ(
      more.error().message(),
      R"(VirtualMachine.infra.virtrigaud.io "one" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/c"})");
  merge(vms(), "one", R"({"metadata": {"finalizers": []}})", Part::kStatus);
  EXPECT_TRUE(exists(vms(), "one"));
  merge(vms(), "one", R"({"metadata": {"finalizers": []}})");
  EXPECT_FALSE(exists(vms(), "one"));
}

TEST_F(Deleting, HonoursPreconditionsAndPolicies) {
  create(vms(), vm("one"));
  EXPECT_EQ(http_code(registry.remove(vms(), {"default", "one"}, {.uid = "other"}).error()), 409);
  EXPECT_EQ(http_code(registry.remove(vms(), {"default", "one"}, {.resource_version = "1"}).error()), 409);
  const json::Value orphan = good(registry.remove(vms(), {"default", "one"}, {.propagation = "Orphan"}));
  EXPECT_EQ(*orphan.at({"metadata", "finalizers"}), J(R"(["orphan"])"));
  const json::Value foreground = good(registry.remove(vms(), {"default", "one"}, {.propagation = "Foreground"}));
  EXPECT_EQ(*foreground.at({"metadata", "finalizers"}), J(R"(["foregroundDeletion"])"));
}

TEST_F(Deleting, SparesTheNamespacesOfTheSystem) {
  EXPECT_EQ(registry.remove(core("namespaces"), {"", "default"}, {}).error().message(),
            R"(namespaces "default" is forbidden: this namespace may not be deleted)");
}

}  // namespace
}  // namespace rig::apiserver
