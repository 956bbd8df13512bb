// sim/sim_transport.cc — the way to the API server, in bad weather.
#include "sim/sim_transport.h"

#include "sim/world.h"

namespace rig::sim {
namespace {

class SimTransport final : public kube::Transport {
 public:
  SimTransport(World& world, kube::Transport& api) : world_(world), api_(api) {}

  Result<json::Value> send(const kube::Request& request, const Call& call) override {
    const std::string what = request.method + " " + request.path;
    TRY(world_.before(what));
    Result<json::Value> answer = api_.send(request, call);
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
