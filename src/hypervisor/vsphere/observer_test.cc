// vsphere/observer_test.cc — what is told of what vCenter tells, and what is not believed to be gone.
#include "hypervisor/vsphere/observer.h"

#include <gtest/gtest.h>

#include "hypervisor/vsphere/sample_test.h"
#include "hypervisor/vsphere/scripted_session_test.h"

namespace rig::vsphere {
namespace {

using namespace std::chrono_literals;

std::string update(const std::string& kind, const std::string& id, const std::string& changes) {
  return "<objectSet><kind>" + kind + "</kind><obj type=\"VirtualMachine\">" + id + "</obj>" + changes + "</objectSet>";
}
std::string change(const std::string& name, const std::string& type, const std::string& value) {
  return "<changeSet><name>" + name + "</name><op>assign</op><val xsi:type=\"" + type + "\">" + value +
         "</val></changeSet>";
}
std::string updates(const std::string& objects) {
  return "<returnval><version>1</version><filterSet><filter type=\"PropertyFilter\">f</filter>" + objects +
         "</filterSet></returnval>";
}
std::string text(const std::string& name, const std::string& value) { return change(name, "xsd:string", value); }

class Observing : public testing::Test {
 protected:
  // One answer that has all there is, then nobody is logged in any more.
  void observe(const std::string& objects) {
    auto session = std::make_unique<ScriptedSession>();
    session->answer("CreatePropertyCollector", "<returnval type=\"PropertyCollector\">c</returnval>");
    session->answer("CreateContainerView", "<returnval type=\"ContainerView\">v</returnval>");
    session->answer("CreateFilter", "<returnval type=\"PropertyFilter\">f</returnval>");
    session->answer("DestroyPropertyCollector", "");
    session->answer("DestroyView", "");
    session->answer("WaitForUpdatesEx", updates(objects));
    session->refuse("WaitForUpdatesEx", "NotAuthenticated");
    session_ = std::move(session);
    observer_.start();
  }
  ~Observing() override { observer_.stop(); }

  const SystemClock clock_{};
  std::unique_ptr<Session> session_;
  Connection connection_{"https://vcenter", [] { return Result<Credentials>(Credentials{}); },
                         [this](const Credentials&) { return Result<std::unique_ptr<Session>>(std::move(session_)); },
                         clock_};
  provider::Feed feed_{100};
  Observer observer_{connection_, feed_, clock_, [](const auto&, WallTime, bool) {}};
};

TEST_F(Observing, AMachineThatIsBeingClonedIsNotGone) {
  observe(update("enter", "vm-7", text("name", "web-12345678") + text("runtime.connectionState", "connected")) +
          update("enter", "vm-8",
                 text("name", "db-87654321") + text("config.instanceUuid", "u") +
                     change("config.hardware.numCPU", "xsd:int", "1")));
  const Call call{std::chrono::steady_clock::now() + 30s, {}, ""};
  const Status doubt = observer_.check_gone("12345678-0000-0000-0000-000000000000", call);
  ASSERT_FALSE(doubt.ok());
  EXPECT_TRUE(doubt.error().is(Code::kUnavailable));
  EXPECT_NE(doubt.error().to_string().find("vm-7 ('web-12345678')"), std::string::npos) << doubt.error().to_string();
  EXPECT_TRUE(observer_.check_gone("87654321-0000-0000-0000-000000000000", call).ok()) << "it has another UUID";
  EXPECT_TRUE(observer_.check_gone("00000000-0000-0000-0000-000000000000", call).ok());
}

TEST_F(Observing, NothingIsGoneBeforeAllIsListed) {
  const Status doubt = observer_.check_gone(sample_ref().machine_id, {std::chrono::steady_clock::now(), {}, ""});
  ASSERT_FALSE(doubt.ok());
  EXPECT_TRUE(doubt.error().is(Code::kUnavailable));
}

}  // namespace
}  // namespace rig::vsphere
