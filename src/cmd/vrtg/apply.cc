// cmd/vrtg/apply.cc — `vrtg apply`: make objects as files say, and wait for their machines.
#include <cstdio>
#include <set>
#include <thread>

#include "api/v1beta1/provider.h"
#include "api/v1beta1/virtual_machine.h"
#include "api/v1beta1/vm_image.h"
#include "cmd/vrtg/commands.h"
#include "cmd/vrtg/manifests.h"
#include "cmd/vrtg/progress.h"
#include "cmd/vrtg/table.h"

namespace rig::vrtg {
namespace {

using api::v1beta1::Provider;
using api::v1beta1::VirtualMachine;
using api::v1beta1::VmImage;

constexpr Duration kLook = std::chrono::milliseconds(200);

// Server-side apply: what we set is ours, what others set stays theirs.
Result<ObjectKey> apply_one(Cluster& cluster, Manifest& manifest) {
  const std::string api_version(manifest.object.text({"apiVersion"}));
  const auto slash = api_version.find('/');
  const api::KindInfo* kind = api::find_kind_by_name(slash == std::string::npos ? "" : api_version.substr(0, slash),
                                                     manifest.object.text({"kind"}));
  if (kind == nullptr)
    return Error(Code::kInvalidArgument, manifest.file + ": kind " + std::string(manifest.object.text({"kind"})) +
                                             " of " + api_version + " is not served");
  ObjectKey key{std::string(manifest.object.text({"metadata", "namespace"})),
                std::string(manifest.object.text({"metadata", "name"}))};
  if (kind->resource.namespaced && key.namespace_.empty()) key.namespace_ = cluster.name_space;
  if (!kind->resource.namespaced) key.namespace_.clear();
  kube::Request request = kube::apply_request(kind->resource, key, manifest.object, "vrtg", /*force=*/true);
  request.query.emplace_back("fieldValidation", "Strict");
  TRY(cluster.transport->send(request, cluster.call())
          .context(manifest.file + ": " + std::string(kind->singular) + " " + key.to_string()));
  std::printf("%s/%s applied\n", std::string(kind->singular).c_str(), key.name.c_str());
  return key;
}

json::Value fetch(Cluster& cluster, const api::Resource& resource, const ObjectKey& key) {
  auto object = cluster.transport->send(kube::get_request(resource, key), cluster.call());
  return object.ok() ? object.take() : json::Value();
}

Watched look(Cluster& cluster, const ObjectKey& key) {
  Watched watched{.machine = fetch(cluster, VirtualMachine::kResource, key), .provider = {}, .image = {}};
  const auto referred = [&](std::string_view ref) {
    const std::string name_space(watched.machine.text({"spec", ref, "namespace"}));
    return ObjectKey{name_space.empty() ? key.namespace_ : name_space,
                     std::string(watched.machine.text({"spec", ref, "name"}))};
  };
  watched.provider = fetch(cluster, Provider::kResource, referred("providerRef"));
  if (watched.machine.at({"spec", "imageRef"}) != nullptr)
    watched.image = fetch(cluster, VmImage::kResource, referred("imageRef"));
  return watched;
}

Status wait_for(Cluster& cluster, const std::vector<ObjectKey>& machines, Duration timeout) {
  const Time started = std::chrono::steady_clock::now();
  ProgressLine line;
  for (const ObjectKey& key : machines) {
    while (true) {
      const Duration elapsed = std::chrono::steady_clock::now() - started;
      const Step step = step_of(look(cluster, key));
      if (step.done) break;
      line.show(key.name, step, elapsed);
      if (elapsed > timeout) {
        line.finish("");
        return Error(Code::kDeadlineExceeded, "VirtualMachine " + key.to_string() + " is not as asked: " +
                                                  (step.trouble.empty() ? step.text : step.trouble))
            .with_hint("`vrtg describe vm " + key.name + "` says more.");
      }
      std::this_thread::sleep_for(kLook);
    }
    const auto seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    char text[64];
    std::snprintf(text, sizeof text, "is ready after %.1f s", seconds);
    line.finish("VirtualMachine " + key.to_string() + " " + text);
  }
  return {};
}

void print_machines(Cluster& cluster, const std::vector<ObjectKey>& machines) {
  std::vector<Row> rows;
  for (const ObjectKey& key : machines) {
    const json::Value vm = fetch(cluster, VirtualMachine::kResource, key);
    std::string addresses;
    if (const json::Value* ips = vm.at({"status", "ips"}); ips != nullptr && ips->is_array())
      for (const json::Value& ip : *ips->as<json::Array>())
        if (const auto* text = ip.as<std::string>()) addresses += (addresses.empty() ? "" : ",") + *text;
    const std::string console_url(vm.text({"status", "consoleURL"}));
    rows.push_back({key.name, std::string(vm.text({"status", "phase"})), std::string(vm.text({"status", "powerState"})),
                    addresses, console_url.empty() ? "vrtg console " + key.name : console_url});
  }
  std::printf("\n%s", table({"NAME", "PHASE", "POWER", "ADDRESS", "CONSOLE"}, rows).c_str());
}

}  // namespace

Status apply(Cluster& cluster, const ApplyOptions& options) {
  std::vector<Manifest> manifests = TRY(read_manifests(options.paths));
  std::vector<ObjectKey> machines;
  for (Manifest& manifest : manifests) {
    const bool is_machine = manifest.object.text({"kind"}) == VirtualMachine::kResource.kind;
    const ObjectKey key = TRY(apply_one(cluster, manifest));
    if (is_machine) machines.push_back(key);
  }
  if (!options.wait || machines.empty()) return {};
  TRY(wait_for(cluster, machines, options.timeout));
  print_machines(cluster, machines);
  return {};
}

}  // namespace rig::vrtg
