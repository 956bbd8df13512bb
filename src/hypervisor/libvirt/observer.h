// libvirt/observer.h — one thread per host that keeps the connection, follows events and watches the clock.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <thread>

#include "base/clock.h"
#include "hypervisor/libvirt/connection.h"
#include "hypervisor/libvirt/inbox.h"
#include "hypervisor/libvirt/inventory.h"
#include "hypervisor/libvirt/sightings.h"
#include "provider/feed.h"

namespace rig::libvirt {

// All that is known of a machine, for describe() and for the feed: reading, leases, the agent's last word.
Result<Reading> complete(virConnectPtr host, const Found& found, const Sightings& sightings);

// Reads a machine for the feed. Whoever changed one tells watchers before he says that he is done.
Result<Reading> publish(virConnectPtr host, const std::string& machine_id, Sightings& sightings, provider::Feed& feed);

class Observer {
 public:
  // Called on the observer's thread; they may only hand the work on.
  struct Hooks {
    std::function<void(const provider::MachineRef&)> cut_power;  // the instant of a graceful shutdown has come
    std::function<void(const provider::MachineRef&)> ask_to_shut_down;
    std::function<void(const std::string& machine_id)> ask_agent;
  };
  Observer(Connection& connection, Sightings& sightings, provider::Feed& feed, const Clock& clock, Hooks hooks);

  void start();
  void stop();  // waits for its thread; no hook is called any more
  // Reads the machine anew and tells watchers. For those who learned something that libvirt makes no event of.
  void look_at(const std::string& machine_id);

 private:
  // Addresses come some time after a boot, and nothing tells when: so they are asked for in growing distances.
  struct Pursuit {
    int tries = 0;
    Time next;
    std::vector<std::string> macs;  // every one of them is to have an IPv4 address; one of IPv6 alone comes earlier
  };
  struct Shutdown {
    provider::MachineRef ref;
    WallTime cut_at;
    Time ask_at;
  };

  void run(const std::stop_token& stop);
  Status connect();
  void wait_to_reconnect(const std::stop_token& stop);
  void serve(const std::stop_token& stop);          // until the connection is lost
  bool handle(const std::vector<Signal>& signals);  // false: the connection is lost
  void pursue_due();
  void shut_down_due();
  Time next_wake() const;
  Status read_all(virConnectPtr host);
  void refresh(virConnectPtr host, const std::string& machine_id);
  void learn(const Reading& reading);  // which addresses to wait for; whether it is to be shut down, and when

  Connection& connection_;
  Sightings& sightings_;
  provider::Feed& feed_;
  const Clock& clock_;
  const Hooks hooks_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();

  // Of the observer's thread alone.
  Session session_;
  std::map<std::string, Pursuit> pursuits_;
  std::map<std::string, Shutdown> shutdowns_;
  Time next_probe_;
  Duration backoff_;

  std::jthread thread_;
};

}  // namespace rig::libvirt
