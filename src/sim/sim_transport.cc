// sim/sim_transport.cc — a manager's way to the API server, in bad weather.
#include "sim/sim_transport.h"

#include <utility>

#include "sim/replica.h"
#include "sim/world.h"

namespace rig::sim {
namespace {

class SimTransport final : public kube::Transport {
 public:
  SimTransport(World& world, const Replica& manager, kube::Transport& api)
      : world_(world), manager_(manager), api_(api) {}

  Result<json::Value> send(const kube::Request& request, const Call& call) override {
    if (!is_lease(request)) return across(request, call);
    // Renewed again and again while nothing happens: not a moment of which a mishap is worth trying.
    const Mishap later = std::exchange(world_.mishap, {});
    auto answer = across(request, call);
    world_.mishap = later;
    return answer;
  }

  Status stream(const kube::Request& request, const Call&, const std::function<bool(json::Value)>&) override {
    return Error(Code::kUnimplemented, "a reconciler watches " + request.path + ": nothing may block in the simulator");
  }

 private:
  static bool is_lease(const kube::Request& request) { return request.path.find("/leases") != request.path.npos; }

  Result<json::Value> across(const kube::Request& request, const Call& call) {
    const std::string what = request.method + " " + request.path;
    TRY(world_.before(what));
    if (manager_.is_cut_off()) return Error(Code::kUnavailable, "injected: cut off from the API server");
    Result<json::Value> answer = api_.send(planted(request), planted(call));
    TRY(world_.after(what));
    return answer;
  }

  Call planted(const Call& call) const {
    const bool comes_late = world_.planted == Planted::kLeadOutlived || world_.planted == Planted::kNewestVersionTaken;
    return comes_late ? world_.call() : call;
  }

  // The request, or what a planted bug makes of it.
  kube::Request planted(kube::Request request) {
    const bool is_write = request.method == "PUT" || request.method == "PATCH";
    if (world_.planted != Planted::kNewestVersionTaken || !is_write || is_lease(request)) return request;
    kube::Request read{.method = "GET", .path = request.path.substr(0, request.path.rfind("/status"))};
    const auto now = api_.send(read, world_.call());
    if (!now.ok()) return request;
    const std::string_view version = now->text({"metadata", "resourceVersion"});
    json::Value body = json::parse(request.body).take();
    if (auto* operations = body.as<json::Array>()) {
      for (json::Value& operation : *operations)
        if (operation.text({"path"}) == "/metadata/resourceVersion") operation["value"] = version;
    } else {
      body.set({"metadata", "resourceVersion"}, version);
    }
    request.body = json::to_text(body);
    return request;
  }

  World& world_;
  const Replica& manager_;
  kube::Transport& api_;
};

}  // namespace

std::unique_ptr<kube::Transport> sim_transport(World& world, const Replica& manager, kube::Transport& api) {
  return std::make_unique<SimTransport>(world, manager, api);
}

}  // namespace rig::sim
