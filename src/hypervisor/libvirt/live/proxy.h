// libvirt/live/proxy.h — a socket in front of libvirtd's that can lose the reply of the n-th effect, or go dead.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/fd.h"

namespace rig::libvirt::live {

// It reads the heads of libvirt's messages (docs/internals/rpc: length, program, version, procedure, type, serial,
// status), so it knows which call had an effect on the host, and that it had it.
class Proxy {
 public:
  explicit Proxy(std::string socket);  // libvirtd's
  ~Proxy();
  const std::string& path() const { return path_; }

  enum class After : std::uint8_t { kReplyLost, kDead };
  // `effects` more go well; the reply of the next one is not passed on and its connection ends. kDead: nobody can
  // connect any more, until revive().
  void plan(std::optional<After> after, int effects);
  bool happened();  // since the last plan()
  void cut();       // all connections end
  void die();       // and none can be made
  void revive();

 private:
  void accept_all(const std::stop_token& stop);
  void serve(Fd client, const std::stop_token& stop);
  bool meets_fault();  // one effect more

  const std::string target_;
  std::string folder_, path_;
  Fd listener_;
  std::mutex mutex_;
  std::optional<After> after_;  // guarded by mutex_, like those below
  int effects_left_ = 0;
  bool happened_ = false;
  std::atomic<bool> dead_{false};
  std::atomic<int> epoch_{0};              // connections of an older one end
  std::vector<std::jthread> connections_;  // of the accepting thread
  std::jthread thread_;
};

}  // namespace rig::libvirt::live
