// e2e/move_test.cc — a machine moves from one control plane to another, and does not notice.
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

using v1::VirtualMachine;

class Move : public Suite {
 protected:
  void SetUp() override {
    lay_foundation(other_);
    Suite::SetUp();
    create(machine("mover", "imageRef: {name: blank}\ndisks: [{name: data, sizeGiB: 1}]"));
    ASSERT_TRUE(becomes_ready("mover", kSoon));
    id_ = id_of("mover");
    run_ = run_of_machine();
    ASSERT_GT(run_, 0);
  }
  void TearDown() override {
    if (HasFailure()) std::fprintf(stderr, "the other one:\n%s\n", other_.log().c_str());
    for (const VirtualMachine& left : other_.vms()) (void)other_.remove<VirtualMachine>(left.meta.name);
    EXPECT_TRUE(eventually(kSoon, [&] { return other_.vms().empty(); }));
    Suite::TearDown();
  }

  // libvirt counts starts: the number is another one after each.
  int run_of_machine() const {
    const auto domain = host().domain(id_);
    return domain == nullptr ? 0 : static_cast<int>(virDomainGetID(domain.get()));
  }
  std::string xml_without_stamp() const {
    std::string xml = host().xml(id_);
    const auto begin = xml.find("<metadata>"), end = xml.find("</metadata>");
    return xml.erase(begin, end - begin);
  }
  static Outcome vrtg(const Standalone& at, const std::string& verb, const std::string& target) {
    return e2e::run(program("vrtg"), {"--kubeconfig", at.kubeconfig(), verb, target});
  }
  // What `kubectl get -o yaml | kubectl --kubeconfig OTHER apply -f -` sends: kubectl drops the resourceVersion.
  static json::Value copy(Standalone& at) {
    auto object = at.transport().send(kube::get_request(VirtualMachine::kResource, {"default", "mover"}), within(10s));
    EXPECT_TRUE(object.ok());
    object->set({"metadata", "resourceVersion"}, "");
    return object.take();
  }
  static std::string ready(Standalone& at) { return told(at.vm("mover"), condition::kReady); }
  void expect_taken_over(Standalone& by) {
    EXPECT_TRUE(eventually(kSoon, [&] { return ready(by).starts_with("True"); })) << ready(by);
    EXPECT_EQ(by.vm("mover").meta.annotation("virtrigaud.io/machine-id"), id_);
    EXPECT_EQ(run_of_machine(), run_) << "the same run of the same machine";
    EXPECT_TRUE(has(host().xml(id_), by.vm("mover").meta.uid)) << host().xml(id_);
  }
  void expect_to_end(Standalone& at) {
    EXPECT_TRUE(at.remove<VirtualMachine>("mover").ok());
    EXPECT_TRUE(eventually(kSoon, [&] { return at.is_gone<VirtualMachine>("mover"); })) << ready(at);
  }
  // As its documentation says, step by step; the machine is not touched by any.
  void move(Standalone& from, Standalone& to) {
    const std::string before = xml_without_stamp();
    const Outcome released = vrtg(from, "release", "vm/mover");
    EXPECT_EQ(released.status, 0) << released.output;
    EXPECT_TRUE(has(released.output, "kubectl get vm mover -n default -o yaml")) << released.output;
    EXPECT_TRUE(told(from.vm("mover"), condition::kReleased).starts_with("True Released")) << released.output;
    EXPECT_EQ(run_of_machine(), run_);
    EXPECT_EQ(xml_without_stamp(), before);

    ASSERT_TRUE(to.create(copy(from)).ok());
    expect_taken_over(to);
    expect_to_end(from);
    EXPECT_EQ(run_of_machine(), run_) << "deleting the released object removes nothing";
    EXPECT_EQ(xml_without_stamp(), before);
  }

  Standalone other_{std::nullopt};  // with an API server of its own, also where the first one works for a cluster
  std::string id_;
  int run_ = 0;
};

TEST_F(Move, ByReleaseAndApplyThereAndBackKeepsTheMachineRunning) {
  ASSERT_TRUE(other_.create(copy(rig())).ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return ready(other_).starts_with("False OwnedByAnother"); })) << ready(other_);
  EXPECT_TRUE(has(ready(other_), "`vrtg release vm/mover -n default`")) << ready(other_);
  expect_to_end(other_);

  move(rig(), other_);
  move(other_, rig());
  host().destroy(id_);
  EXPECT_TRUE(eventually(kSoon, [&] { return host().is_on(id_); })) << "its owner looks after it";
  expect_to_end(rig());
  EXPECT_FALSE(host().domain(id_));
}

TEST_F(Move, ByRetainAndDeleteLeadsToTheSame) {
  const json::Value kept = copy(rig());
  ASSERT_TRUE(rig().patch<VirtualMachine>("mover", "spec: {deletionPolicy: Retain}").ok());
  expect_to_end(rig());
  EXPECT_EQ(run_of_machine(), run_);
  ASSERT_TRUE(other_.create(kept).ok());
  expect_taken_over(other_);
  expect_to_end(other_);
  EXPECT_FALSE(host().domain(id_));
}

TEST_F(Move, OfWhatIsNoMachineIsRefused) {
  const Outcome kind = vrtg(rig(), "release", "vmclass/tiny");
  EXPECT_EQ(kind.status, 1);
  EXPECT_TRUE(has(kind.output, "only a VirtualMachine can be released")) << kind.output;
  const Outcome nobody = vrtg(rig(), "release", "vm/nobody");
  EXPECT_EQ(nobody.status, 1);
  EXPECT_TRUE(has(nobody.output, "nobody")) << nobody.output;
  EXPECT_TRUE(told(vm("mover"), condition::kReady).starts_with("True"));
}

}  // namespace
}  // namespace rig::e2e
