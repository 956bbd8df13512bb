// sim/sim_transport.cc — the way to the API server, in bad weather.
#include "sim/sim_transport.h"

#include "sim/world.h"

namespace rig::sim {
namespace {

// For a planted bug: the same write, as if it had been decided on what is there now.
kube::Request on_newest(kube::Transport& api, kube::Request request, const Call& call) {
  if (request.method != "PUT" && request.method != "PATCH") return request;
  const std::string path = request.path.substr(0, request.path.rfind("/status"));
  const auto now = api.send({.path = path}, call);
  if (!now.ok()) return request;
  const json::Value version = now->text({"metadata", "resourceVersion"});
  json::Value body = json::parse(request.body).take();
  if (body.is_object()) body.set({"metadata", "resourceVersion"}, version);
  if (auto* patch = body.as<json::Array>()) {
    for (json::Value& op : *patch) {
      if (op.text({"path"}) == "/metadata/resourceVersion") op["value"] = version;
    }
  }
  request.body = json::to_text(body);
  return request;
}

class SimTransport final : public kube::Transport {
 public:
  SimTransport(World& world, kube::Transport& api) : world_(world), api_(api) {}

  Result<json::Value> send(const kube::Request& request, const Call& call) override {
    const std::string what = request.method + " " + request.path;
    TRY(world_.before(what));
    const bool blindly = world_.planted == Planted::kConflictsIgnored;
    Result<json::Value> answer = api_.send(blindly ? on_newest(api_, request, call) : request, call);
    TRY(world_.after(what));
    return answer;
  }

  Status stream(const kube::Request& request, const Call&, const std::function<bool(json::Value)>&) override {
    return Error(Code::kUnimplemented, "a reconciler watches " + request.path + ": nothing may block in the simulator");
  }

 private:
  World& world_;
  kube::Transport& api_;
};

}  // namespace

std::unique_ptr<kube::Transport> sim_transport(World& world, kube::Transport& api) {
  return std::make_unique<SimTransport>(world, api);
}

}  // namespace rig::sim
