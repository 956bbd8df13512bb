// vsphere/live/center.h — govmomi's simulator of a vCenter for tests, and machines that go with the test.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "hypervisor/vsphere/operations.h"

namespace rig::vsphere::live {

// From RIG_TEST_VCSIM_DIR, the folder of tools/lab/vcsim/up; main() refuses to run without it.
Login login();

Call within(Duration time);

// Passes calls on, and may lose the answer of one that changes something: what was asked is done.
class LossySession final : public Session {
 public:
  explicit LossySession(Session& inner) : inner_(inner) {}
  void lose(int n) { left_ = n; }  // of the n-th from now on; 0: of none
  bool has_lost() const { return left_ < 0; }

  Result<std::string> send(std::string_view method, const std::string& request, const Call& call) override;
  Status upload(const Upload& what, const http::ReadBody& read, const Call& call) override {
    return inner_.upload(what, read, call);
  }
  Result<ServiceContent> service(const Call& call) override { return inner_.service(call); }
  std::uint64_t login_number() const override { return inner_.login_number(); }
  void distrust(std::uint64_t login) override { inner_.distrust(login); }
  Contact contact() const override { return inner_.contact(); }

 private:
  Session& inner_;
  std::atomic<int> left_ = 0;
};

class LiveTest : public testing::Test {
 protected:
  LiveTest();
  ~LiveTest() override;

  Session& session() { return *session_; }
  Host host() { return host(*session_); }
  Host host(Session& session) { return {session, clock_, {}, true}; }

  // A machine cloned from one of DC0, with two cards and a disk.
  provider::MachineSpec small(const std::string& name);
  provider::MachineRef ref_for(const provider::MachineSpec& spec);  // is removed at the end
  provider::MachineRef created(const provider::MachineSpec& spec);
  provider::Machine describe(const provider::MachineRef& ref);
  std::size_t machines_called(const std::string& name);  // whosever

  const SystemClock clock_{};

 private:
  std::unique_ptr<Session> session_;
  std::vector<provider::MachineRef> refs_;
};

void quietly(const provider::TaskProgress&);

}  // namespace rig::vsphere::live
