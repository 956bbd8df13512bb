// fakes/vcenter/server.h — the fake on HTTPS: one endpoint, as many clients as come, one vCenter behind it.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "fakes/faults.h"
#include "fakes/vcenter/api.h"
#include "fakes/vcenter/inventory.h"
#include "http/certificate.h"
#include "http/server.h"

namespace rig::fakes::vcenter {

// Methods are vim25's ("CloneVM_Task"); of other requests GET, PUT, POST. Paths are "/sdk", "/nfc/...".
using Fault = fakes::Fault<Center>;
using Faults = fakes::Faults<Center>;

struct FakeOptions {
  int port = 0;
  std::string user = "administrator@vsphere.local", password = "fake-vcenter-pass";
};

// Thread-safe.
class Fake {
 public:
  // `clock` tells the vCenter's time and outlives the fake. kNotFound: no types.txt. What http::Server::start says.
  static Result<std::unique_ptr<Fake>> start(const Clock& clock, const FakeOptions& options = {});
  ~Fake();

  std::string url() const;  // "https://127.0.0.1:PORT"
  const std::string& authority_pem() const { return authority_.certificate_pem; }
  std::string fingerprint() const;  // SHA-256 of the certificate, in hex

  // The vCenter, settled, while no call is in it. Of what `act` returns nothing may point into it.
  template <class Act>
  auto with(const Act& act) {
    const std::lock_guard lock(mutex_);
    center_.settle();
    return act(center_);
  }
  template <class Act>
  auto with_faults(const Act& act) {
    const std::lock_guard lock(mutex_);
    return act(faults_);
  }
  void fail(Fault fault) {
    with_faults([&](Faults& faults) { faults.add(std::move(fault)); });
  }
  // Method and path as in Fault.
  int calls(std::string_view method, std::string_view path = "*") {
    return with_faults([&](Faults& faults) { return faults.count(method, path); });
  }
  void close_door();  // the port refuses connections from now on

 private:
  Fake(const Clock& clock, const FakeOptions& options, Types types);
  void answer(const http::ServerRequest& request, http::Responder& responder);
  Outcome ask(const Message& message, Asked& asked, std::optional<Fault>& fault, http::Responder& responder);

  std::mutex mutex_;  // guards center_, api_, faults_
  Center center_;
  Api api_;
  Faults faults_;
  http::KeyPair authority_, certificate_;
  int port_ = 0;
  std::unique_ptr<http::Server> door_;  // null: closed. Last: its threads use the rest
};

}  // namespace rig::fakes::vcenter
