// vsphere/middle.h — stands between a provider and a vCenter: counts calls, loses answers as a test plans, and may
// answer itself.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "base/mutex.h"
#include "http/certificate.h"
#include "http/server.h"
#include "hypervisor/vsphere/login.h"

namespace rig::vsphere {

http::Reply fault_reply(const std::string& fault);  // "NoPermission"

class Middle {
 public:
  // Of a SOAP call: its method ("CloneVM_Task"; a GET's is its target) and body. nullopt: vCenter answers. Status 0:
  // nobody does.
  using Instead = std::function<std::optional<http::Reply>(const std::string& method, const std::string& body)>;

  // `center`: the one behind.
  explicit Middle(const Login& center, Instead instead = {});
  ~Middle();
  const std::string& url() const { return url_; }
  const std::string& authority_pem() const { return authority_.certificate_pem; }

  // The answer to the n-th call from now on that changes something is lost, after its effect; n from 0 on. `and_all`:
  // and then nobody is answered any more until end_calls().
  void lose_answer(int n, bool and_all);
  bool forget_plan();   // whether it had happened
  void end_calls();     // of a provider that is gone; the next one is answered
  void end_sessions();  // vCenter knows nobody any more who is logged in now
  std::int64_t calls() const { return calls_; }
  int calls(const std::string& method) const;

 private:
  void answer(const http::ServerRequest& request, http::Responder& responder);
  bool is_struck(bool is_effect);  // counts effects

  const Instead instead_;
  std::unique_ptr<http::Client> client_;
  http::KeyPair authority_;
  std::string url_;
  std::atomic<std::int64_t> calls_ = 0;
  mutable Mutex mutex_;
  std::map<std::string, int> by_method_ GUARDED_BY(mutex_);
  std::set<std::string> cookies_ GUARDED_BY(mutex_), ended_ GUARDED_BY(mutex_);  // of sessions
  std::optional<int> left_ GUARDED_BY(mutex_);  // effects before the one that is struck
  bool strikes_all_ GUARDED_BY(mutex_) = false, happened_ GUARDED_BY(mutex_) = false,
                    is_dead_ GUARDED_BY(mutex_) = false;
  std::stop_source calls_end_ GUARDED_BY(mutex_);
  std::unique_ptr<http::Server> server_;  // last: its handlers use the rest
};

}  // namespace rig::vsphere
