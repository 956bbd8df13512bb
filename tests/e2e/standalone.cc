#include "e2e/standalone.h"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

#include "api/kinds.h"
#include "base/check.h"
#include "base/file.h"
#include "base/yaml/yaml.h"
#include "e2e/host.h"

namespace rig::e2e {

using namespace std::chrono_literals;

std::string program(std::string_view name) { return std::string(RIG_PROGRAMS_DIR "/") + std::string(name); }

Call within(Duration time) {
  return {.deadline = std::chrono::steady_clock::now() + time, .stop = {}, .request_id = {}};
}

namespace {
std::optional<Cluster> in_use;
}  // namespace

Cluster lab_cluster() {
  const std::string& folder = environment().kube_folder;
  return {.person = folder + "/kubeconfig", .manager = folder + "/manager.kubeconfig"};
}
void use_cluster(const Cluster& cluster) { in_use = cluster; }
const std::optional<Cluster>& cluster_in_use() { return in_use; }

void Standalone::start() {
  const std::string kubeconfig = cluster_ ? cluster_->person : data() + "/kubeconfig";
  std::vector<std::string> arguments = {"--data-dir",          data(),        "--runtime-dir",
                                        folder_.path() + "/r", "--log-level", log_level_};
  if (cluster_) {
    arguments.insert(arguments.end(), {"--kubeconfig", cluster_->manager});
  } else {
    std::filesystem::remove(kubeconfig);  // the port is another one each time
    arguments.insert(arguments.end(), {"--listen", "127.0.0.1:0"});
  }
  process_.emplace(program("virtrigaud"), arguments, folder_.path() + "/log");
  const bool serves = eventually(30s, [&] {
    auto access = kube::read_kubeconfig(kubeconfig);
    if (!access.ok()) return false;
    access_ = access.take();
    auto transport = kube::connect(access_);
    if (!transport.ok()) return false;
    transport_ = transport.take();
    return kube::Api<v1::VirtualMachine>(*transport_).list("default", within(5s)).ok();
  });
  if (!serves) ADD_FAILURE() << "virtrigaud does not serve:\n" << log();
  CHECK(serves);
}

void Standalone::kill() {
  process_->signal(SIGKILL);
  CHECK(process_->wait(10s).has_value());
}

int Standalone::stop() {
  process_->signal(SIGTERM);
  return process_->wait(20s).value_or(-1);
}

std::string Standalone::log() const {
  std::string text;
  const auto add = [&](const std::string& path) {
    const auto part = read_file(path, std::size_t{64} << 20);
    if (part.ok()) text += "---- " + path + "\n" + *part;
  };
  add(folder_.path() + "/log");
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(data() + "/log", none)) add(entry.path().string());
  return text;
}

Status Standalone::create(const json::Value& object) {
  const std::string api_version(object.text({"apiVersion"}));
  const auto slash = api_version.find('/');
  const api::KindInfo* kind =
      api::find_kind_by_name(slash == std::string::npos ? "" : api_version.substr(0, slash), object.text({"kind"}));
  CHECK(kind != nullptr);
  const auto request = kube::create_request(kind->resource, "default", object, {.field_validation = "Strict"});
  TRY(transport_->send(request, within(10s)));
  return {};
}

Status Standalone::patch(const api::Resource& resource, const std::string& name, std::string_view yaml) {
  const auto patch = TRY(yaml::parse(yaml));
  const auto request =
      kube::merge_patch_request(resource, {"default", name}, patch, {}, {.field_validation = "Strict"});
  TRY(transport_->send(request, within(10s)));
  return {};
}

Status Standalone::remove(const api::Resource& resource, const std::string& name) {
  TRY(transport_->send(kube::delete_request(resource, {"default", name}), within(10s)));
  return {};
}

v1::VirtualMachine Standalone::vm(const std::string& name) {
  auto found = get<v1::VirtualMachine>(name);
  return found.ok() ? found.take() : v1::VirtualMachine{};
}

std::vector<v1::VirtualMachine> Standalone::vms() {
  auto found = kube::Api<v1::VirtualMachine>(*transport_).list("default", within(10s));
  EXPECT_TRUE(found.ok()) << found.error().to_string();
  return found.ok() ? std::move(found->items) : std::vector<v1::VirtualMachine>{};
}

}  // namespace rig::e2e
