// sim/event_pump.h — the reflector's rules over the real API server, one event at a time: late, repeated, cut off,
// silent.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "apiserver/api_server.h"
#include "kube/reflector.h"
#include "sim/process.h"

namespace rig::sim {

class EventPump final : public Source {
 public:
  EventPump(World& world, const Replica& manager, const api::Resource& resource,
            std::function<void(const kube::Event&)> on_event);
  bool bring(int events_max) override;

 private:
  enum class Brought : std::uint8_t { kSomething, kNothing };
  Brought bring_one();
  Brought list(const kube::ReflectorCore::ListPage& page);
  Brought watch(const kube::ReflectorCore::Watch& watch);
  Brought deliver();
  void break_off();
  bool is_silent();
  void tell(kube::Event event);
  void skip_to_now();

  World& world_;
  const Replica& manager_;
  const api::Resource resource_;
  const std::function<void(const kube::Event&)> on_event_;
  kube::ReflectorCore core_;
  std::unique_ptr<apiserver::EventStream> stream_;
  std::deque<json::Value> under_way_;
  bool silent_ = false;
  Time watch_ends_{};
};

}  // namespace rig::sim
