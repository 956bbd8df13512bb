// libvirt/session_pool.cc — what is idle, how many are out, and which belong to a host that was lost since.
#include "hypervisor/libvirt/session_pool.h"

#include <condition_variable>
#include <vector>

#include "base/mutex.h"
#include "hypervisor/libvirt/limits.h"

namespace rig::libvirt {

void keep_alive(virConnectPtr host, bool on) {
  (void)virConnectSetKeepAlive(host, on ? kKeepaliveSeconds : 0, on ? kKeepaliveCount : 0);
}

struct SessionPool::State {
  Mutex mutex;
  std::condition_variable_any came_back;
  std::vector<Session> idle GUARDED_BY(mutex);  // the newest last
  int out GUARDED_BY(mutex) = 0;
  int era GUARDED_BY(mutex) = 0;

  void give_back(Session session, int its_era) {
    if (session) keep_alive(session.get(), /*on=*/false);
    {
      const Lock lock(mutex);
      --out;
      if (session && its_era == era) idle.push_back(std::move(session));
    }
    came_back.notify_one();
  }  // one that is not kept ends here, without the lock
};

SessionPool::SessionPool(std::function<Result<Session>()> open)
    : open_(std::move(open)), state_(std::make_shared<State>()) {}

Result<Session> SessionPool::take(const Call& call) const {
  Session session;
  int era = 0;
  {
    Lock lock(state_->mutex);
    const auto is_free = [&]() REQUIRES(state_->mutex) { return state_->out < kSessionsMax; };
    if (!state_->came_back.wait_until(lock, call.stop, call.deadline, is_free))
      return Error(Code::kUnavailable, std::to_string(kSessionsMax) + " calls to libvirt are under way");
    ++state_->out;
    era = state_->era;
    if (!state_->idle.empty()) {
      session = std::move(state_->idle.back());
      state_->idle.pop_back();
    }
  }
  if (session && virConnectIsAlive(session.get()) != 1) session.reset();
  if (session) {
    keep_alive(session.get(), /*on=*/true);
  } else {
    auto opened = open_();
    if (!opened.ok()) {
      state_->give_back(nullptr, era);
      return opened.take_error();
    }
    session = opened.take();
  }
  virConnectPtr host = session.get();
  return Session(host, [state = state_, kept = std::move(session), era](virConnectPtr) mutable {
    state->give_back(std::move(kept), era);
  });
}

void SessionPool::renew() {
  std::vector<Session> ended;  // without the lock
  const Lock lock(state_->mutex);
  ++state_->era;
  ended.swap(state_->idle);
}

}  // namespace rig::libvirt
