// libvirt/event_loop.cc — the thread, and the timer that wakes it when the process ends.
#include "hypervisor/libvirt/event_loop.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <csignal>
#include <thread>

#include "base/check.h"

namespace rig::libvirt {
namespace {

class EventLoop {
 public:
  EventLoop() {
    std::signal(SIGPIPE, SIG_IGN);  // libvirt writes to sockets that the host may have closed
    virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    CHECK(virInitialize() == 0 && virEventRegisterDefaultImpl() == 0);
    waker_ = virEventAddTimeout(/*timeout=*/-1, [](int, void*) {}, nullptr, nullptr);
    CHECK(waker_ >= 0);
    thread_ = std::jthread([](const std::stop_token& stop) {
      while (!stop.stop_requested()) virEventRunDefaultImpl();
    });
  }
  ~EventLoop() {
    thread_.request_stop();
    virEventUpdateTimeout(waker_, 0);
  }

 private:
  int waker_ = -1;
  std::jthread thread_;
};

}  // namespace

void start_event_loop() { static EventLoop loop; }

}  // namespace rig::libvirt
