// apiserver/registry_fixture_test.h — for the tests of this room: a registry on a store in memory, with short words.
#pragma once

#include <gtest/gtest.h>

#include "apiserver/registry.h"
#include "base/check.h"
#include "base/text.h"

namespace rig::apiserver {

inline json::Value J(std::string_view text) {
  Result<json::Value> parsed = json::parse(text);
  if (!parsed.ok()) ADD_FAILURE() << parsed.error().message() << " in " << text;
  return parsed.ok() ? parsed.take() : json::Value();
}

inline std::string show(const Error& error) { return json::to_text(status_of(error)); }
template <class T>
std::string show(const Result<T>& result) {
  return result.ok() ? "" : show(result.error());
}

inline Revision parse_int_or_zero(std::string_view text) {
  const Result<std::int64_t> value = parse_int(text);
  return value.ok() ? *value : 0;
}

class RegistryTest : public testing::Test {
 protected:
  RegistryTest() { EXPECT_TRUE(registry.bootstrap().ok()); }

  const api::KindInfo& kind(std::string_view plural, std::string_view group = "infra.virtrigaud.io") {
    const api::KindInfo* found = api::find_kind(group, plural);
    CHECK(found != nullptr);
    return *found;
  }
  const api::KindInfo& vms() { return kind("virtualmachines"); }
  const api::KindInfo& core(std::string_view plural) { return kind(plural, ""); }

  // A small VirtualMachine; `extra` is merged into its spec, `metadata` into its metadata.
  static json::Value vm(std::string_view name, std::string_view extra = "{}", std::string_view metadata = "{}") {
    json::Value object = J(R"({"apiVersion": "infra.virtrigaud.io/v1beta1", "kind": "VirtualMachine", "metadata": {},
                              "spec": {"classRef": {"name": "small"}, "imageRef": {"name": "tiny"}, "providerRef": {"name": "lab"}}})");
    object["metadata"]["name"] = name;
    const json::Value more = J(extra), meta = J(metadata);
    for (const auto& [key, value] : *more.as<json::Object>()) object["spec"][key] = value;
    for (const auto& [key, value] : *meta.as<json::Object>()) object["metadata"][key] = value;
    return object;
  }
  static json::Value config_map(std::string_view name, std::string_view rest = "{}") {
    json::Value object = J(rest);
    object["metadata"]["name"] = name;
    return object;
  }

  WriteContext writer(std::string manager = "test") {
    return {.field_manager = std::move(manager), .warnings = &warnings};
  }

  // Each of these expects success.
  json::Value create(const api::KindInfo& k, json::Value object) {
    return good(registry.create(k, "default", std::move(object), writer()));
  }
  json::Value get(const api::KindInfo& k, const std::string& name) { return good(registry.get(k, {"default", name})); }
  json::Value merge(const api::KindInfo& k, const std::string& name, std::string_view patch, Part part = Part::kWhole) {
    return good(registry.patch(k, {"default", name}, PatchType::kMerge, J(patch), part, writer()));
  }
  static json::Value good(Result<json::Value> result) {
    EXPECT_TRUE(result.ok()) << show(result);
    return result.ok() ? result.take() : json::Value();
  }
  static json::Value good(Result<Written> result) {
    EXPECT_TRUE(result.ok()) << show(result);
    return result.ok() ? result.take().object : json::Value();
  }
  bool exists(const api::KindInfo& k, const std::string& name) { return registry.get(k, {"default", name}).ok(); }

  StepClock clock;
  std::unique_ptr<Store> store = memory_store();
  Registry registry{*store, api::kinds(), clock};
  std::vector<std::string> warnings;
};

}  // namespace rig::apiserver
