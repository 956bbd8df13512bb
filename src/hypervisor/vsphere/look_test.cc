// vsphere/look_test.cc — one machine, found or proven gone; all of them, followed.
#include "hypervisor/vsphere/look.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "hypervisor/vsphere/recorded_test.h"
#include "hypervisor/vsphere/sample_test.h"
#include "hypervisor/vsphere/scripted_session_test.h"
#include "hypervisor/vsphere/watch.h"
#include "provider/limits.h"

namespace rig::vsphere {
namespace {

const MoRef kSelf{"VirtualMachine", "vm-96"};

std::string property(const std::string& name, const std::string& value) {
  return "<propSet><name>" + name + "</name><val xsi:type=\"xsd:string\">" + value + "</val></propSet>";
}
std::string object(const std::string& type, const std::string& id, const std::string& content) {
  return "<objects><obj type=\"" + type + "\">" + id + "</obj>" + content + "</objects>";
}
std::string machine(const std::string& id) {
  return object("VirtualMachine", id, property("name", "web") + property("runtime.powerState", "poweredOn"));
}
std::string known_machine(const std::string& id) {  // whose configuration is known
  return object("VirtualMachine", id,
                property("name", "web") + property("config.instanceUuid", "another") +
                    "<propSet><name>config.hardware.numCPU</name><val xsi:type=\"xsd:int\">1</val></propSet>");
}
std::string missing(const std::string& fault) {
  return "<missingSet><path>name</path><fault><fault xsi:type=\"" + fault + "\"/></fault></missingSet>";
}
std::string result(const std::string& objects) { return "<returnval>" + objects + "</returnval>"; }

TEST(Look, ReadsAMachineAndItsHostByOneCall) {
  ScriptedSession session;
  session.answer("RetrievePropertiesEx",
                 result(object("VirtualMachine", "vm-96",
                               property("name", "web") + "<propSet><name>runtime.host</name><val type=\"HostSystem\" "
                                                         "xsi:type=\"ManagedObjectReference\">host-1</val></propSet>") +
                        object("HostSystem", "host-1", property("name", "esx1"))));
  const auto sight = look(session, sample_ref(), no_hurry());
  ASSERT_TRUE(sight.ok() && *sight) << sight.error().to_string();
  EXPECT_EQ((*sight)->props.name, "web");
  EXPECT_EQ((*sight)->host, "esx1");
  EXPECT_EQ(session.asked.size(), 1U);
  EXPECT_NE(session.requests[0].find("<pathSet>config.extraConfig[\"virtrigaud.owner\"]</pathSet>"), std::string::npos);
  EXPECT_NE(session.requests[0].find("<selectSet xsi:type=\"TraversalSpec\"><type>VirtualMachine</type>"
                                     "<path>runtime.host</path></selectSet>"),
            std::string::npos);
}

TEST(Look, OnlyTheObjectsOwnAbsenceAndNoOtherOfItsUuidMeanGone) {
  ScriptedSession session;
  session.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", kSelf);
  session.answer("FindAllByUuid", "");
  const auto gone = look(session, sample_ref(), no_hurry());
  EXPECT_TRUE(gone.ok() && !gone->has_value());
  EXPECT_EQ(describe(session, sample_ref(), SystemClock(), no_hurry())->existence, provider::Existence::kGone);

  ScriptedSession elsewhere;
  elsewhere.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", kSelf);
  elsewhere.answer("RetrievePropertiesEx", result(machine("vm-97")));
  elsewhere.answer("FindAllByUuid", "<returnval type=\"VirtualMachine\">vm-97</returnval>");
  EXPECT_EQ((*look(elsewhere, sample_ref(), no_hurry()))->self.id, "vm-97");
}

TEST(Look, ManyAreReadByOneCallAndWhoIsGoneByItsOwn) {
  ScriptedSession session;
  provider::MachineRef gone = sample_ref(), unmade = sample_ref();
  gone.id = "vm-97";
  unmade.id.clear();
  session.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", {"VirtualMachine", "vm-97"});
  session.answer("RetrievePropertiesEx", result(known_machine("vm-96")));
  session.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", {"VirtualMachine", "vm-97"});
  session.answer("FindAllByUuid", "");
  const std::vector<provider::MachineRef> refs = {unmade, sample_ref(), gone};
  const auto machines = describe_many(session, refs, SystemClock(), no_hurry());
  ASSERT_TRUE(machines.ok()) << machines.error().to_string();
  ASSERT_EQ(machines->size(), 3U);
  EXPECT_EQ((*machines)[0].existence, provider::Existence::kGone);
  EXPECT_EQ((*machines)[1].ref.id, "vm-96");
  EXPECT_EQ((*machines)[1].existence, provider::Existence::kForeign) << "it has no stamp";
  EXPECT_EQ((*machines)[2].existence, provider::Existence::kGone);
  EXPECT_EQ(std::ranges::count(session.asked, "RetrievePropertiesEx"), 3);

  const std::vector<provider::MachineRef> too_many(provider::kDescribeManyMax + 1, sample_ref());
  EXPECT_TRUE(describe_many(session, too_many, SystemClock(), no_hurry()).error().is(Code::kInvalidArgument));
  ScriptedSession doubtful;
  doubtful.refuse("RetrievePropertiesEx", "NoPermission");
  EXPECT_FALSE(describe_many(doubtful, refs, SystemClock(), no_hurry()).ok());
}

TEST(Look, DoubtIsAnError) {
  struct Case {
    const char* what;
    std::function<void(ScriptedSession&)> script;
    Code code;
  };
  const Case cases[] = {
      {"another object is gone",
       [](ScriptedSession& s) {
         s.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", {"HostSystem", "host-1"});
       },
       Code::kNotFound},
      {"refused", [](ScriptedSession& s) { s.refuse("RetrievePropertiesEx", "NoPermission"); },
       Code::kPermissionDenied},
      {"nobody may read it",
       [](ScriptedSession& s) {
         s.answer("RetrievePropertiesEx", result(object("VirtualMachine", "vm-96", missing("NoPermission"))));
       },
       Code::kPermissionDenied},
      {"nobody is logged in, even after another login",
       [](ScriptedSession& s) {
         s.answer("RetrievePropertiesEx", result(object("VirtualMachine", "vm-96", missing("NotAuthenticated"))));
       },
       Code::kUnauthenticated},
      {"an empty answer", [](ScriptedSession& s) { s.answer("RetrievePropertiesEx", ""); }, Code::kUnavailable},
      {"the search is refused",
       [](ScriptedSession& s) {
         s.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", kSelf);
         s.refuse("FindAllByUuid", "NoPermission");
       },
       Code::kPermissionDenied},
      {"two have its UUID",
       [](ScriptedSession& s) {
         s.refuse("RetrievePropertiesEx", "ManagedObjectNotFound", kSelf);
         s.answer("FindAllByUuid",
                  "<returnval type=\"VirtualMachine\">vm-97</returnval>"
                  "<returnval type=\"VirtualMachine\">vm-98</returnval>");
       },
       Code::kFailedPrecondition},
  };
  for (const Case& c : cases) {
    ScriptedSession session;
    c.script(session);
    const auto sight = look(session, sample_ref(), no_hurry());
    ASSERT_FALSE(sight.ok()) << c.what;
    EXPECT_EQ(to_string(sight.error().code()), to_string(c.code)) << c.what;
  }
}

TEST(Look, NotAuthenticatedWithinASuccessIsAskedOnceMore) {
  ScriptedSession session;
  session.answer("RetrievePropertiesEx", result(object("VirtualMachine", "vm-96", missing("NotAuthenticated"))));
  session.answer("RetrievePropertiesEx", result(machine("vm-96")));
  const auto sight = look(session, sample_ref(), no_hurry());
  EXPECT_TRUE(sight.ok() && *sight);
  EXPECT_EQ(session.login_number(), 2U);
}

TEST(Look, ReadsEveryPage) {
  ScriptedSession session;
  session.answer("RetrievePropertiesEx", "<returnval><token>t1</token>" + machine("vm-1") + "</returnval>");
  session.answer("ContinueRetrievePropertiesEx", "<returnval><token>t2</token>" + machine("vm-2") + "</returnval>");
  session.answer("ContinueRetrievePropertiesEx", result(machine("vm-3")));
  EXPECT_EQ(retrieve(session, {}, no_hurry())->size(), 3U);
}

TEST(Look, AViewIsDestroyedWhateverComes) {
  ScriptedSession session;
  session.answer("CreateContainerView", "<returnval type=\"ContainerView\">v1</returnval>");
  session.answer("DestroyView", "");
  session.refuse("RetrievePropertiesEx", "NoPermission");
  EXPECT_FALSE(read_catalogue(session, false, no_hurry()).ok());
  EXPECT_EQ(session.asked, (std::vector<std::string>{"CreateContainerView", "RetrievePropertiesEx", "DestroyView"}));
  EXPECT_EQ(session.requests[0].find("<type>VirtualMachine</type>"), std::string::npos);
}

std::string update(const std::string& kind, const std::string& type, const std::string& id,
                   const std::string& content) {
  std::string changes = content;
  for (std::size_t at; (at = changes.find("propSet")) != std::string::npos;) changes.replace(at, 7, "changeSet");
  return "<objectSet><kind>" + kind + "</kind><obj type=\"" + type + "\">" + id + "</obj>" + changes + "</objectSet>";
}
std::string updates(const std::string& version, const std::string& objects, bool truncated = false) {
  return "<returnval><version>" + version + "</version><filterSet><filter type=\"PropertyFilter\">f</filter>" +
         objects + "</filterSet>" + (truncated ? "<truncated>true</truncated>" : "") + "</returnval>";
}
void script_begin(ScriptedSession& session) {
  session.answer("CreatePropertyCollector", "<returnval type=\"PropertyCollector\">c1</returnval>");
  session.answer("CreateContainerView", "<returnval type=\"ContainerView\">v1</returnval>");
  session.answer("CreateFilter", "<returnval type=\"PropertyFilter\">f1</returnval>");
  session.answer("DestroyView", "");
  session.answer("DestroyPropertyCollector", "");
}
std::size_t count(const ScriptedSession& session, std::string_view method) {
  return static_cast<std::size_t>(std::count(session.asked.begin(), session.asked.end(), method));
}

TEST(Watch, TellsWhatIsThereThenWhatChanges) {
  ScriptedSession session;
  script_begin(session);
  session.answer("WaitForUpdatesEx",
                 updates("1",
                         update("enter", "VirtualMachine", "vm-1",
                                property("name", "a") + "<propSet><name>runtime.host</name><val "
                                                        "type=\"HostSystem\">host-1</val></propSet>"),
                         /*truncated=*/true));
  session.answer("WaitForUpdatesEx",
                 updates("2", update("enter", "HostSystem", "host-1", property("name", "esx1")) +
                                  update("enter", "VirtualMachine", "vm-2", property("name", "b"))));
  session.answer("WaitForUpdatesEx", "");
  session.answer("WaitForUpdatesEx",
                 updates("3", update("modify", "VirtualMachine", "vm-2", property("runtime.powerState", "poweredOn")) +
                                  update("leave", "VirtualMachine", "vm-1", "")));
  const MoRef one{"VirtualMachine", "vm-1"}, two{"VirtualMachine", "vm-2"};
  Watch watch(session);
  const auto first = watch.wait(no_hurry());
  ASSERT_TRUE(first.ok()) << first.error().to_string();
  EXPECT_TRUE(first->began && !first->synced);
  EXPECT_EQ(first->happened, (Happenings{{one}, {}}));
  const auto second = watch.wait(no_hurry());
  EXPECT_TRUE(!second->began && second->synced);
  EXPECT_EQ(second->happened, (Happenings{{one, two}, {}})) << "the host's name came";
  EXPECT_EQ(watch.inventory().find(one)->host, "esx1");
  EXPECT_EQ(watch.wait(no_hurry())->happened, Happenings{});
  const auto last = watch.wait(no_hurry());
  EXPECT_EQ(last->happened, (Happenings{{two}, {one}}));
  EXPECT_EQ(watch.inventory().find(one), nullptr);
  EXPECT_EQ(watch.inventory().find(two)->props.name, "b");
  EXPECT_EQ(watch.inventory().find(two)->props.power_state, "poweredOn");
  EXPECT_EQ(count(session, "CreateFilter"), 1U);
  std::vector<std::string> versions;
  for (const std::string& request : session.requests) {
    const std::size_t at = request.find("<version>");
    if (request.find("<WaitForUpdatesEx") != std::string::npos)
      versions.push_back(at == std::string::npos ? "" : request.substr(at + 9, 1));
  }
  EXPECT_EQ(versions, (std::vector<std::string>{"", "1", "2", "2"}));
}

TEST(Watch, BeginsAgainAfterAnyError) {
  for (const char* fault : {"InvalidCollectorVersion", "NotAuthenticated", "ManagedObjectNotFound"}) {
    ScriptedSession session;
    script_begin(session);
    session.answer("WaitForUpdatesEx", updates("1", update("enter", "VirtualMachine", "vm-1", property("name", "a"))));
    session.refuse("WaitForUpdatesEx", fault);
    session.answer("WaitForUpdatesEx", updates("1", update("enter", "VirtualMachine", "vm-2", property("name", "b"))));
    Watch watch(session);
    EXPECT_TRUE(watch.wait(no_hurry()).ok());
    const auto failed = watch.wait(no_hurry());
    EXPECT_TRUE(!failed.ok() || failed->is_over);
    const auto again = watch.wait(no_hurry());
    EXPECT_TRUE(again.ok() && again->began && again->synced);
    EXPECT_EQ(watch.inventory().machines().size(), 1U) << "vm-1 left meanwhile";
    EXPECT_EQ(count(session, "CreateFilter"), 2U);
    EXPECT_EQ(count(session, "DestroyPropertyCollector"), 1U);
  }
}

TEST(Watch, WhatMayNotBeReadIsNotKnown) {
  ScriptedSession session;
  script_begin(session);
  session.answer("WaitForUpdatesEx",
                 updates("1", update("enter", "VirtualMachine", "vm-1", missing("NoPermission")) +
                                  update("enter", "VirtualMachine", "vm-2", missing("InvalidProperty"))));
  session.answer("WaitForUpdatesEx",
                 updates("2", update("modify", "VirtualMachine", "vm-2", missing("NotAuthenticated"))));
  Watch watch(session);
  EXPECT_TRUE(watch.wait(no_hurry()).ok());
  EXPECT_EQ(watch.inventory().find({"VirtualMachine", "vm-1"}), nullptr);
  EXPECT_EQ(watch.inventory().unreadable().size(), 1U);
  EXPECT_NE(watch.inventory().find({"VirtualMachine", "vm-2"}), nullptr);
  EXPECT_TRUE(watch.wait(no_hurry())->is_over);
  EXPECT_EQ(session.login_number(), 2U);
}

TEST(Watch, ReadsRecordedUpdates) {
  Inventory inventory;
  const auto take = [&](const char* name) {
    return inventory.take(*read_answer<WaitForUpdates>(recorded(name))).take();
  };
  EXPECT_EQ(take("watch-WaitForUpdatesEx-initial").changed.size(), 3U);
  const Sight* sight = inventory.find({"VirtualMachine", "vm-80"});
  ASSERT_NE(sight, nullptr);
  EXPECT_EQ(sight->props.name, "DC0_H0_VM0");
  EXPECT_EQ(take("WaitForUpdatesEx-after-destroy").left, (std::vector<MoRef>{{"VirtualMachine", "vm-99"}}));
}

}  // namespace
}  // namespace rig::vsphere
