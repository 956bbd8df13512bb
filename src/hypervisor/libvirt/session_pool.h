// libvirt/session_pool.h — sessions for calls, of one thread at a time.
//
// libvirt's client library before 10.4 must not have calls of two threads under way on one session: the one that
// wakes the other leaves an event source that later writes into a stack frame that is no more (CVE-2024-4418; Debian
// 12 has 9.0, where we saw the crash in virNetClientIOEventFD). Sessions are kept, since ending one has its own price.
#pragma once

#include <functional>
#include <memory>

#include "base/call.h"
#include "hypervisor/libvirt/handle.h"

namespace rig::libvirt {

// On: a call to a host that is silent ends after 15 to 20 s. Drivers without a server (test:///) have nothing to do.
void keep_alive(virConnectPtr host, bool on);

// Thread-safe. Sessions that are out may outlive it.
class SessionPool {
 public:
  explicit SessionPool(std::function<Result<Session>()> open);  // blocks; called by the thread that needs one

  // Comes back by itself when the last copy is gone; whoever takes it has to see that no other thread uses it.
  // kUnavailable: kSessionsMax are out until the deadline.
  Result<Session> take(const Call& call) const;
  void renew();  // the host was lost: what is here ends, what is out ends when it comes back

 private:
  struct State;
  const std::function<Result<Session>()> open_;
  const std::shared_ptr<State> state_;
};

}  // namespace rig::libvirt
