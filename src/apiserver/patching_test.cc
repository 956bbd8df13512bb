// apiserver/patching_test.cc — PATCH against stored objects: preconditions, results that cannot be used, races.
#include <thread>

#include "apiserver/limits.h"
#include "apiserver/registry_fixture_test.h"

namespace rig::apiserver {
namespace {

class Patching : public RegistryTest {
 protected:
  std::string refusal(PatchType type, std::string_view patch, Part part = Part::kWhole) {
    const auto out = registry.patch(vms(), {"default", "one"}, type, J(patch), part, writer());
    return out.ok() ? "ok" : out.error().message();
  }
};

TEST_F(Patching, TakesAVersionInThePatchAsAPrecondition) {
  create(vms(), vm("one"));
  EXPECT_EQ(refusal(PatchType::kMerge, R"({"metadata":{"resourceVersion":"1"}})"),
            conflict(vms().resource, "one").message());
  EXPECT_EQ(refusal(PatchType::kJson, R"([{"op":"replace","path":"/metadata/resourceVersion","value":"1"}])"),
            conflict(vms().resource, "one").message());
  EXPECT_EQ(refusal(PatchType::kMerge, R"({"metadata":{"resourceVersion":"abc"}})"),
            R"(strconv.ParseUint: parsing "abc": invalid syntax)");
}

TEST_F(Patching, CannotChangeWhatAnObjectIs) {
  create(vms(), vm("one"));
  EXPECT_EQ(refusal(PatchType::kMerge, R"({"metadata":{"name":"two"}})"),
            "the name of the object (two) does not match the name on the URL (one)");
  EXPECT_EQ(refusal(PatchType::kMerge, R"({"metadata":null})"),
            "the name of the object (one based on URL) was undeterminable: name must be provided");
  EXPECT_EQ(refusal(PatchType::kMerge, R"({"metadata":{"namespace":"x"}})"),
            "the namespace of the provided object does not match the namespace sent on the request");
  EXPECT_EQ(refusal(PatchType::kMerge, R"({"kind":"Other"})"),
            R"(Other.infra.virtrigaud.io "one" is invalid: kind: Invalid value: "Other": must be VirtualMachine)");
  EXPECT_EQ(
      refusal(PatchType::kMerge, R"({"apiVersion":"other/v1"})"),
      R"(VirtualMachine.other "one" is invalid: apiVersion: Invalid value: "other/v1": must be infra.virtrigaud.io/v1beta1)");
  EXPECT_EQ(refusal(PatchType::kJson, R"([{"op":"replace","path":"","value":{}}])"),
            R"( "" is invalid: patch: Invalid value: "{}": Object 'Kind' is missing in '{}')");
  const auto uid = registry.patch(vms(), {"default", "one"}, PatchType::kMerge, J(R"({"metadata":{"uid":"x"}})"),
                                  Part::kWhole, writer());
  EXPECT_EQ(
      uid.error().message(),
      R"(VirtualMachine.infra.virtrigaud.io "one" is invalid: metadata.uid: Invalid value: "x": field is immutable)");
  EXPECT_EQ(status_of(uid.error()).at({"details", "causes"})->as<json::Array>()->size(), 2U)
      << "the real server says it twice";
}

TEST_F(Patching, RefusesAResultThatCannotBeRead) {
  create(vms(), vm("one"));
  const std::string refused = refusal(PatchType::kMerge, R"({"metadata":{"labels":{"a":1}}})");
  EXPECT_TRUE(
      refused.starts_with(R"( "" is invalid: patch: Invalid value: "{\"apiVersion\":\"infra.virtrigaud.io/v1beta1\")"))
      << refused;
  EXPECT_TRUE(refused.ends_with("json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string"))
      << refused;
}

TEST_F(Patching, OfACoreKindIsReadByAnotherPartOfTheRealServer) {
  create(core("secrets"), config_map("s"));
  const auto why = [&](std::string_view patch) {
    return registry.patch(core("secrets"), {"default", "s"}, PatchType::kStrategic, J(patch), Part::kWhole, writer())
        .error()
        .message();
  };
  const std::string head = R"( "" is invalid: patch: Invalid value: )";
  EXPECT_EQ(why(R"({"data":"x"})"), head + R"("map[data:x]": cannot restore map from string)");
  EXPECT_EQ(why(R"({"type":1})"), head + R"("map[type:1]": unrecognized type: string)");
  EXPECT_EQ(why(R"({"metadata":{"finalizers":"x"}})"),
            head + R"("map[metadata:map[finalizers:x]]": cannot restore slice from string)");
  EXPECT_EQ(why(R"({"data":{"b":"***"}})"),
            head + R"("map[data:map[b:***]]": error decoding from json: illegal base64 data at input byte 0)");
}

TEST_F(Patching, SaysWhichFieldNobodyKnows) {
  create(vms(), vm("one"));
  EXPECT_EQ(refusal(PatchType::kMerge, R"({"spec":{"colour":"red"}})"), "ok");
  EXPECT_EQ(refusal(PatchType::kJson, R"([{"op":"add","path":"/spec/powerState","value":"On","x":1}])"), "ok");
  EXPECT_EQ(warnings,
            (std::vector<std::string>{R"(unknown field "spec.colour")", R"(json patch unknown field "[0].x")"}));
  WriteContext strict = writer();
  strict.validation = Validation::kStrict;
  const auto refused = registry.patch(vms(), {"default", "one"}, PatchType::kMerge, J(R"({"spec":{"colour":"red"}})"),
                                      Part::kWhole, strict);
  EXPECT_EQ(http_code(refused.error()), 422);
  EXPECT_TRUE(refused.error().message().ends_with(R"(strict decoding error: unknown field "spec.colour")"));
}

TEST_F(Patching, IsMadeAgainWhenSomebodyElseWasFaster) {
  create(core("configmaps"), config_map("one", R"({"data":{}})"));
  {
    std::vector<std::jthread> writers;
    for (int w = 0; w < 4; ++w) {
      writers.emplace_back([this, w] {
        for (int i = 0; i < 20; ++i) {
          const std::string patch = R"({"data":{"k)" + std::to_string(w * 20 + i) + R"(":"v"}})";
          const auto out = registry.patch(core("configmaps"), {"default", "one"}, PatchType::kMerge, J(patch),
                                          Part::kWhole, {.field_manager = "w"});
          EXPECT_TRUE(out.ok()) << show(out);
        }
      });
    }
  }
  EXPECT_EQ(get(core("configmaps"), "one").find("data")->as<json::Object>()->size(), 80U);
}

// A store on which somebody else is always faster.
class BusyStore final : public Store {
 public:
  explicit BusyStore(Store& store) : store_(store) {}
  Result<Revision> create(std::string_view key, std::string value) override {
    return store_.create(key, std::move(value));
  }
  Result<Revision> update(std::string_view, std::string, Revision) override {
    ++attempts;
    return Error(Code::kAborted, "somebody else");
  }
  Result<Revision> remove(std::string_view key, Revision expected) override { return store_.remove(key, expected); }
  Result<Record> get(std::string_view key) const override { return store_.get(key); }
  Result<Page> list(std::string_view p, std::string_view a, std::size_t l, Revision r) const override {
    return store_.list(p, a, l, r);
  }
  Result<std::vector<Change>> changes(std::string_view p, Revision a, std::size_t l) const override {
    return store_.changes(p, a, l);
  }
  Revision revision() const override { return store_.revision(); }
  Revision compacted() const override { return store_.compacted(); }
  Status compact(Revision upto) override { return store_.compact(upto); }
  Revision wait(std::string_view p, Revision after, Time deadline, std::stop_token stop) const override {
    return store_.wait(p, after, deadline, std::move(stop));
  }

  int attempts = 0;

 private:
  Store& store_;
};

TEST_F(Patching, GivesUpAgainstOthersInTheEnd) {
  create(vms(), vm("one"));
  BusyStore busy(*store);
  Registry crowded(busy, api::kinds(), clock);
  const auto out = crowded.patch(vms(), {"default", "one"}, PatchType::kMerge, J(R"({"spec":{"powerState":"On"}})"),
                                 Part::kWhole, writer());
  EXPECT_EQ(http_code(out.error()), 409);
  EXPECT_EQ(busy.attempts, limits::kWriteAttemptsMax);
}

class Scaling : public RegistryTest {
 protected:
  Scaling() {
    create(
        sets(),
        J(R"({"apiVersion":"infra.virtrigaud.io/v1beta1","kind":"VMSet","metadata":{"name":"one"},"spec":{"replicas":3,
        "selector":{"matchLabels":{"app":"a"}},"template":{"spec":{"classRef":{"name":"small"},"imageRef":{"name":"i"},"providerRef":{"name":"lab"}}}}})"));
  }
  const api::KindInfo& sets() { return kind("vmsets"); }
  Result<Written> put(std::string_view body) {
    return registry.replace(sets(), {"default", "one"}, J(body), Part::kScale, writer());
  }
};

TEST_F(Scaling, IsTheObjectAsAScale) {
  const json::Value scale = good(registry.get(sets(), {"default", "one"}, Part::kScale));
  EXPECT_EQ(scale.text({"kind"}), "Scale");
  EXPECT_EQ(scale.integer({"spec", "replicas"}), 3);
  EXPECT_EQ(scale.integer({"status", "replicas"}, -1), 0);
  EXPECT_EQ(scale.at({"status", "selector"}), nullptr);
}

TEST_F(Scaling, ChangesTheNumberOfReplicasAndTheGeneration) {
  EXPECT_EQ(
      good(put(R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"one"},"spec":{"replicas":4}})"))
          .integer({"spec", "replicas"}),
      4);
  const auto patched = registry.patch(sets(), {"default", "one"}, PatchType::kMerge, J(R"({"spec":{"replicas":2}})"),
                                      Part::kScale, writer());
  EXPECT_EQ(good(patched).integer({"spec", "replicas"}), 2);
  const json::Value whole = get(sets(), "one");
  EXPECT_EQ(whole.integer({"metadata", "generation"}), 3);
  EXPECT_EQ(whole.integer({"spec", "replicas"}), 2);
}

TEST_F(Scaling, RefusesWhatTheWholeObjectWouldNotTake) {
  const auto message = [&](std::string_view body) { return put(body).error().message(); };
  EXPECT_EQ(
      message(R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"one"},"spec":{"replicas":-1}})"),
      R"(VMSet.infra.virtrigaud.io "one" is invalid: [spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0, .spec.replicas: Invalid value: -1: should be a non-negative integer])");
  EXPECT_EQ(
      message(
          R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"one","resourceVersion":"1"},"spec":{"replicas":1}})"),
      conflict(sets().resource, "one").message());
  EXPECT_EQ(
      message(R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"two"},"spec":{"replicas":1}})"),
      "the name of the object (two) does not match the name on the URL (one)");
  EXPECT_EQ(
      message(R"({"apiVersion":"autoscaling/v1","kind":"Scale","metadata":{"name":"one"},"spec":{"replicas":"1"}})"),
      "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal string into Go struct field "
      "ScaleSpec.spec.replicas of type int32");
  EXPECT_EQ(message(json::to_text(get(sets(), "one"))),
            "no kind is registered for the type v1.Scale in scheme \"pkg/runtime/scheme.go:111\"");
}

}  // namespace
}  // namespace rig::apiserver
