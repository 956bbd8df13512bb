#include "e2e/client.h"

#include <gtest/gtest.h>

#include "api/kinds.h"
#include "base/check.h"
#include "base/yaml/yaml.h"

namespace rig::e2e {

using namespace std::chrono_literals;

Call within(Duration time) {
  return {.deadline = std::chrono::steady_clock::now() + time, .stop = {}, .request_id = {}};
}

Status Client::connect(const std::string& kubeconfig) {
  access_ = TRY(kube::read_kubeconfig(kubeconfig));
  transport_ = TRY(kube::connect(access_));
  TRY(kube::Api<v1::VirtualMachine>(*transport_).list("default", within(5s)));
  return {};
}

Status Client::create(const json::Value& object) {
  const std::string api_version(object.text({"apiVersion"}));
  const auto slash = api_version.find('/');
  const api::KindInfo* kind =
      api::find_kind_by_name(slash == std::string::npos ? "" : api_version.substr(0, slash), object.text({"kind"}));
  CHECK(kind != nullptr);
  const auto request = kube::create_request(kind->resource, "default", object, {.field_validation = "Strict"});
  TRY(transport_->send(request, within(10s)));
  return {};
}

Status Client::patch(const api::Resource& resource, const std::string& name, std::string_view yaml) {
  const auto patch = TRY(yaml::parse(yaml));
  const auto request =
      kube::merge_patch_request(resource, {"default", name}, patch, {}, {.field_validation = "Strict"});
  TRY(transport_->send(request, within(10s)));
  return {};
}

Status Client::remove(const api::Resource& resource, const std::string& name) {
  TRY(transport_->send(kube::delete_request(resource, {"default", name}), within(10s)));
  return {};
}

v1::VirtualMachine Client::vm(const std::string& name) {
  auto found = get<v1::VirtualMachine>(name);
  return found.ok() ? found.take() : v1::VirtualMachine{};
}

std::vector<v1::VirtualMachine> Client::vms() {
  auto found = kube::Api<v1::VirtualMachine>(*transport_).list("default", within(10s));
  EXPECT_TRUE(found.ok()) << found.error().to_string();
  return found.ok() ? std::move(found->items) : std::vector<v1::VirtualMachine>{};
}

}  // namespace rig::e2e
