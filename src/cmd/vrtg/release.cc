// cmd/vrtg/release.cc — `vrtg release`: the machine runs on and is nobody's, until another control plane takes it over.
#include <cstdio>
#include <thread>

#include "api/reasons.h"
#include "api/v1beta1/virtual_machine.h"
#include "cmd/vrtg/commands.h"
#include "cmd/vrtg/progress.h"
#include "controllers/identity.h"
#include "kube/api.h"

namespace rig::vrtg {
namespace {

using api::v1beta1::VirtualMachine;

constexpr Duration kLook = std::chrono::milliseconds(200);

// "vm/web", "web".
Result<std::string> name_in(const std::string& target) {
  const auto slash = target.find('/');
  if (slash == std::string::npos) return target;
  const api::KindInfo* kind = TRY(kind_typed(target.substr(0, slash)));
  if (kind->resource.kind == VirtualMachine::kResource.kind) return target.substr(slash + 1);
  return Error(Code::kInvalidArgument, "release " + target + ": only a VirtualMachine can be released");
}

// The annotation names this object by its uid: should another one of its name come in between, it is not meant.
Status ask(Cluster& cluster, const VirtualMachine& vm) {
  json::Value patch;
  patch.set({"metadata", "annotations", controllers::kReleaseAnnotation}, vm.meta.uid);
  TRY(cluster.transport->send(kube::merge_patch_request(VirtualMachine::kResource, vm.meta.key(), patch),
                              cluster.call()));
  return {};
}

// Until it is released; on the way, what it waits for.
Status wait_for(Cluster& cluster, const VirtualMachine& asked, Duration timeout) {
  const ObjectKey key = asked.meta.key();
  const Time started = std::chrono::steady_clock::now();
  ProgressLine line;
  while (true) {
    const auto vm = TRY(kube::Api<VirtualMachine>(*cluster.transport).get(key, cluster.call()));
    if (vm.meta.uid != asked.meta.uid)
      return Error(Code::kAborted, "VirtualMachine " + key.to_string() + " was replaced by another of its name");
    const auto* released = api::find_condition(vm.status.conditions, api::condition::kReleased);
    if (released != nullptr && released->status == api::ConditionStatus::kTrue) break;
    const auto* ready = api::find_condition(vm.status.conditions, api::condition::kReady);
    const std::string text = ready == nullptr ? "nothing is said of it yet" : ready->message;
    const Duration elapsed = std::chrono::steady_clock::now() - started;
    if (elapsed > timeout) {
      line.finish("");
      return Error(Code::kDeadlineExceeded, "VirtualMachine " + key.to_string() + " is not released yet: " + text)
          .with_hint("It is released as soon as that is possible; `vrtg describe vm " + key.name + "` says more.");
    }
    line.show(key.name, {.done = false, .text = text, .percent = -1, .trouble = {}}, elapsed);
    std::this_thread::sleep_for(kLook);
  }
  line.finish("VirtualMachine " + key.to_string() + " is released: its machine runs on, and nobody manages it");
  return {};
}

}  // namespace

Status release(Cluster& cluster, const std::string& target, Duration timeout) {
  const std::string name = TRY(name_in(target));
  const auto vm = TRY(kube::Api<VirtualMachine>(*cluster.transport).get({cluster.name_space, name}, cluster.call()));
  TRY(ask(cluster, vm));
  TRY(wait_for(cluster, vm, timeout));
  const std::string which = "vm " + name + " -n " + cluster.name_space;
  std::printf(
      "To take it over elsewhere:  kubectl get %s -o yaml | kubectl --kubeconfig OTHER apply -f -\n"
      "To forget it here:          kubectl delete %s\n",
      which.c_str(), which.c_str());
  return {};
}

}  // namespace rig::vrtg
