// libvirt/inbox.cc — the callbacks. They run on the event thread, so they only take notes.
#include "hypervisor/libvirt/inbox.h"

#include <utility>

namespace rig::libvirt {
namespace {

using Kept = std::shared_ptr<Inbox>;

void drop(void* opaque) { delete static_cast<Kept*>(opaque); }  // the counterpart of add()

void note(virDomainPtr domain, void* opaque, Signal::Kind kind) {
  char uuid[VIR_UUID_STRING_BUFLEN];
  if (virDomainGetUUIDString(domain, uuid) < 0) return;
  (*static_cast<Kept*>(opaque))->put({kind, uuid, ""});
}

int on_lifecycle(virConnectPtr, virDomainPtr domain, int event, int, void* opaque) {
  const bool stopped = event == VIR_DOMAIN_EVENT_STOPPED || event == VIR_DOMAIN_EVENT_CRASHED;
  note(domain, opaque,
       event == VIR_DOMAIN_EVENT_STARTED ? Signal::Kind::kBooted
       : stopped                         ? Signal::Kind::kStopped
                                         : Signal::Kind::kChanged);
  return 0;
}
void on_reboot(virConnectPtr, virDomainPtr domain, void* opaque) { note(domain, opaque, Signal::Kind::kBooted); }
void on_agent(virConnectPtr, virDomainPtr domain, int state, int, void* opaque) {
  const bool up = state == VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED;
  note(domain, opaque, up ? Signal::Kind::kAgentUp : Signal::Kind::kChanged);
}
void on_device(virConnectPtr, virDomainPtr domain, const char*, void* opaque) {
  note(domain, opaque, Signal::Kind::kChanged);
}
void on_metadata(virConnectPtr, virDomainPtr domain, int, const char*, void* opaque) {
  note(domain, opaque, Signal::Kind::kChanged);
}
void on_close(virConnectPtr, int reason, void* opaque) {
  static constexpr const char* kReasons[] = {"an error", "the host closed it", "no answer to keepalive", "us"};
  const char* why = reason >= 0 && reason < 4 ? kReasons[reason] : "an unknown reason";
  (*static_cast<Kept*>(opaque))->put({Signal::Kind::kLost, "", std::string("connection ended by ") + why});
}

template <class Callback>
Status add(virConnectPtr host, const Kept& inbox, int event, Callback callback) {
  return done(ask(virConnectDomainEventRegisterAny, host, nullptr, event, VIR_DOMAIN_EVENT_CALLBACK(callback),
                  static_cast<void*>(new Kept(inbox)), drop),
              "subscribe to events");
}

}  // namespace

void Inbox::put(Signal signal) {
  {
    const Lock lock(mutex_);
    signals_.push_back(std::move(signal));
  }
  changed_.notify_all();
}

std::vector<Signal> Inbox::take(Time until, const std::stop_token& stop) {
  Lock lock(mutex_);
  changed_.wait_until(lock, stop, until, [&]() REQUIRES(mutex_) { return !signals_.empty(); });
  return std::exchange(signals_, {});
}

Status subscribe(virConnectPtr host, const std::shared_ptr<Inbox>& inbox) {
  TRY(add(host, inbox, VIR_DOMAIN_EVENT_ID_LIFECYCLE, on_lifecycle));
  TRY(add(host, inbox, VIR_DOMAIN_EVENT_ID_REBOOT, on_reboot));
  TRY(add(host, inbox, VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE, on_agent));
  TRY(add(host, inbox, VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, on_device));
  TRY(add(host, inbox, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, on_device));
  TRY(add(host, inbox, VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, on_metadata));
  return done(ask(virConnectRegisterCloseCallback, host, on_close, static_cast<void*>(new Kept(inbox)), drop),
              "subscribe to the end of the connection");
}

}  // namespace rig::libvirt
