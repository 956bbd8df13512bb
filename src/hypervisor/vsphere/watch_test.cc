// vsphere/watch_test.cc — what the end of a session is, and what is an error.
#include "hypervisor/vsphere/watch.h"

#include <gtest/gtest.h>

#include "hypervisor/vsphere/scripted_session_test.h"

namespace rig::vsphere {
namespace {

const char kNothingNew[] = "<returnval><version>1</version></returnval>";

struct Watching : testing::Test {
  Watching() {
    session.answer("CreatePropertyCollector", "<returnval type=\"PropertyCollector\">c</returnval>");
    session.answer("CreateContainerView", "<returnval type=\"ContainerView\">v</returnval>");
    session.answer("CreateFilter", "<returnval type=\"PropertyFilter\">f</returnval>");
    session.answer("DestroyPropertyCollector", "");
    session.answer("DestroyView", "");
  }
  ScriptedSession session;
};

TEST_F(Watching, ASessionThatEndedIsNoErrorAndTheNextRoundBeginsAgain) {
  session.answer("WaitForUpdatesEx", kNothingNew);
  session.refuse("WaitForUpdatesEx", "NotAuthenticated");
  session.answer("WaitForUpdatesEx", kNothingNew);
  session.refuse("WaitForUpdatesEx", "ManagedObjectNotFound", {"PropertyCollector", "c"});
  Watch watch(session);
  EXPECT_TRUE(watch.wait(no_hurry())->synced);
  const auto over = watch.wait(no_hurry());
  ASSERT_TRUE(over.ok()) << over.error().to_string();
  EXPECT_TRUE(over->is_over);
  EXPECT_FALSE(over->synced || over->began);
  const auto again = watch.wait(no_hurry());
  ASSERT_TRUE(again.ok()) << again.error().to_string();
  EXPECT_TRUE(again->began && again->synced && !again->is_over);
  // Somebody else's call has met the end of the session, and logged in: the collector is gone with the old one.
  session.distrust(session.login_number());
  EXPECT_TRUE(watch.wait(no_hurry())->is_over);
}

TEST_F(Watching, WhatFailsOtherwiseIsAnError) {
  session.refuse("WaitForUpdatesEx", "NotAuthenticated");  // the first thing that is asked with a new login
  session.answer("WaitForUpdatesEx", kNothingNew);
  session.refuse("WaitForUpdatesEx", "ManagedObjectNotFound", {"PropertyCollector", "c"});
  Watch watch(session);
  EXPECT_TRUE(watch.wait(no_hurry()).error().is(Code::kUnauthenticated));
  EXPECT_TRUE(watch.wait(no_hurry()).ok());
  EXPECT_TRUE(watch.wait(no_hurry()).error().is(Code::kNotFound));
}

}  // namespace
}  // namespace rig::vsphere
