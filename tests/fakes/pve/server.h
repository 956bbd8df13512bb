// fakes/pve/server.h — the fake on HTTPS: one door for each node, as many clients as come, one cluster behind them.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "fakes/pve/api.h"
#include "http/certificate.h"
#include "http/server.h"

namespace rig::fakes::pve {

struct FakeOptions {
  std::vector<std::string> nodes = {"pve1", "pve2"};
  int port = 0;          // of the first node; the others get any
  bool is_slow = false;  // every 401 takes 3 s, an agent that is not there 3 s, a lock that is held 10 s; as in truth
};

// Thread-safe.
class Fake {
 public:
  // `clock` tells the cluster's time and outlives the fake. kNotFound: no schema. What http::Server::start says.
  static Result<std::unique_ptr<Fake>> start(const Clock& clock, const FakeOptions& options = {});
  ~Fake();

  std::string url(std::size_t node = 0) const;
  const std::string& authority_pem() const { return authority_.certificate_pem; }
  const std::string& certificate_pem() const { return certificate_.certificate_pem; }
  static constexpr std::string_view kToken = "root@pam!test=00000000-0000-0000-0000-000000000000";

  // The cluster, settled, while no call is in it. Of what `act` returns nothing may point into the cluster.
  template <class Act>
  auto with(const Act& act) {
    const std::lock_guard lock(mutex_);
    cluster_.settle();
    return act(cluster_);
  }
  template <class Act>
  auto with_faults(const Act& act) {
    const std::lock_guard lock(mutex_);
    return act(faults_);
  }
  void fail(Fault fault) {
    with_faults([&](Faults& faults) { faults.add(std::move(fault)); });
  }
  int calls(std::string_view method, std::string_view path) {
    return with_faults([&](Faults& faults) { return faults.count(method, path); });
  }
  std::int64_t bytes_sent() const { return bytes_sent_; }    // bodies of answers, so far
  void set_password(std::string password);                   // ends all tickets
  void end_tickets();                                        // only them
  void close_door(std::size_t node);                         // its port refuses connections from now on
  Status set_certificate(const http::KeyPair& certificate);  // for new connections, at every door

 private:
  Fake(const Clock& clock, const FakeOptions& options, Schema schema);
  void answer(const http::ServerRequest& request, http::Responder& responder);

  const bool is_slow_;
  std::atomic<std::int64_t> bytes_sent_ = 0;
  std::mutex mutex_;  // guards cluster_, api_, faults_
  Cluster cluster_;
  Api api_;
  Faults faults_;
  http::KeyPair authority_, certificate_;
  std::vector<int> ports_;
  std::vector<std::unique_ptr<http::Server>> doors_;  // null: closed. Last: their threads use the rest
};

}  // namespace rig::fakes::pve
