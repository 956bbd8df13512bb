// cmd/vrtg/power.cc — `vrtg power` and `vrtg delete`.
#include <cstdio>

#include "api/v1beta1/virtual_machine.h"
#include "cmd/vrtg/commands.h"

namespace rig::vrtg {

using api::v1beta1::VirtualMachine;

Status power(Cluster& cluster, const std::string& name, const std::string& state) {
  const std::string wanted = state == "on" ? "On" : state == "off" ? "Off" : state == "shutdown" ? "OffGraceful" : "";
  if (wanted.empty())
    return Error(Code::kInvalidArgument, "power " + state + ": there is no such state")
        .with_hint("Use on, off (at once) or shutdown.");
  json::Value patch;
  patch.set({"spec", "powerState"}, wanted);
  TRY(cluster.transport->send(kube::merge_patch_request(VirtualMachine::kResource, {cluster.name_space, name}, patch),
                              cluster.call()));
  std::printf("virtualmachine/%s: power %s asked for\n", name.c_str(), state.c_str());
  return {};
}

Status remove(Cluster& cluster, const std::string& word, const std::string& name, bool wait, Duration timeout) {
  const api::KindInfo* kind = TRY(kind_typed(word));
  const ObjectKey key{kind->resource.namespaced ? cluster.name_space : "", name};
  const json::Value object = TRY(cluster.transport->send(kube::get_request(kind->resource, key), cluster.call()));
  const std::string uid(object.text({"metadata", "uid"}));
  TRY(cluster.transport->send(
      kube::delete_request(kind->resource, key, {.uid = uid, .propagation_policy = "Background"}), cluster.call()));
  if (wait) {
    kube::ListOptions options;
    options.field_selector = "metadata.name=" + name;
    bool gone = false;
    const Call call{.deadline = std::chrono::steady_clock::now() + timeout, .stop = {}, .request_id = {}};
    TRY(cluster.transport->stream(
        kube::watch_request(kind->resource, key.namespace_, options, timeout), call, [&](json::Value event) {
          gone = event.text({"type"}) == "DELETED" && event.text({"object", "metadata", "uid"}) == uid;
          return !gone;
        }));
    const auto left = cluster.transport->send(kube::get_request(kind->resource, key), cluster.call());
    if (left.ok() && left->text({"metadata", "uid"}) == uid)
      return Error(Code::kDeadlineExceeded, std::string(kind->singular) + " " + key.to_string() + " is still there")
          .with_hint("`vrtg describe " + std::string(kind->singular) + " " + name + "` says what holds it.");
  }
  std::printf("%s/%s deleted\n", std::string(kind->singular).c_str(), name.c_str());
  return {};
}

}  // namespace rig::vrtg
