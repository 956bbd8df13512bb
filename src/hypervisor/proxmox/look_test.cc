// proxmox/look_test.cc — a machine that is there, that moved, that is gone, and all that only looks like it.
#include "hypervisor/proxmox/look.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/recorded_test.h"
#include "hypervisor/proxmox/scripted_session_test.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;
using provider::Existence;

constexpr char kList[] = "GET /cluster/resources";
const std::string kMissing = "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist";

Call soon() { return {.deadline = std::chrono::steady_clock::now() + 20s, .stop = {}, .request_id = {}}; }

std::string pending(const std::string& node) { return "GET /nodes/" + node + "/qemu/100/pending"; }
std::string status(const std::string& node) { return "GET /nodes/" + node + "/qemu/100/status/current"; }

void put_machine(ScriptedSession& session, const std::string& node) {
  session.answer(pending(node), *recorded("pending.json").front().find("data"));
  session.answer(status(node), recorded_data("status.json", "from", "02/11"));
}

// The cluster's list: two nodes, and the machine where `node` says.
json::Value list(const std::string& node, bool online = true) {
  json::Array all;
  for (const char* name : {"pve1", "pve2"})
    all.push_back(json::Object{{"type", "node"}, {"node", name}, {"status", online ? "online" : "offline"}});
  if (!node.empty()) all.push_back(json::Object{{"type", "qemu"}, {"vmid", 100}, {"node", node}, {"name", "web-01"}});
  return all;
}

provider::MachineRef legacy() { return {{"c", "n", "web-01", "u"}, "", "100", true}; }

Result<provider::Machine> described(ScriptedSession& session, const std::string& node) {
  const StepClock clock;
  return describe(session, legacy(), node, clock, soon());
}

TEST(Look, WhereItWasIsTwoCalls) {
  ScriptedSession session;
  put_machine(session, "pve1");
  const auto machine = described(session, "pve1");
  ASSERT_TRUE(machine.ok()) << machine.error().to_string();
  EXPECT_EQ(machine->existence, Existence::kOurs);
  EXPECT_EQ(machine->host, "pve1");
  EXPECT_EQ(session.asked.size(), 2U);
}

TEST(Look, WhereItIsNotKnownTheListIsAskedFirst) {
  ScriptedSession session;
  session.answer(kList, list("pve2"));
  put_machine(session, "pve2");
  EXPECT_EQ(described(session, "")->host, "pve2");
  EXPECT_EQ(session.asked.size(), 3U);
}

TEST(Look, AMachineThatMovedIsFoundOnItsNewNode) {
  ScriptedSession session;
  session.refuse(pending("pve1"), 500, kMissing);
  session.answer(kList, list("pve2"));
  put_machine(session, "pve2");
  EXPECT_EQ(described(session, "pve1")->host, "pve2");
}

TEST(Look, AMachineOfADeadNodeIsFoundWhereItWasStartedAgain) {
  for (const auto& [code, reason] :
       {std::pair(595, "Connection refused"), std::pair(500, "hostname lookup 'pve1' failed")}) {
    ScriptedSession session;
    session.refuse(pending("pve1"), code, reason);
    session.answer(kList, list("pve2"));
    put_machine(session, "pve2");
    const auto machine = described(session, "pve1");
    ASSERT_TRUE(machine.ok()) << machine.error().to_string();
    EXPECT_EQ(machine->host, "pve2");
  }
}

TEST(Look, GoneIsTheNodesWordAndTheListsSilence) {
  ScriptedSession session;
  session.refuse(pending("pve1"), 500, kMissing);
  session.answer(kList, list(""));
  EXPECT_EQ(described(session, "pve1")->existence, Existence::kGone);
  EXPECT_EQ(described(session, "")->existence, Existence::kGone);
}

TEST(Look, WhatOnlyLooksLikeAbsenceIsAnError) {
  struct Case {
    const char* name;
    int status;
    std::string reason;
    json::Value list;
    Code code;
  };
  const Case cases[] = {
      {"the ticket is no good", 401, "No ticket", list(""), Code::kUnauthenticated},
      {"no rights", 403, "Permission check failed (/vms/100, VM.Audit)", list(""), Code::kPermissionDenied},
      {"the node is down", 595, "Connection refused", list(""), Code::kUnavailable},
      {"a proxy's page", 503, "Service Unavailable", list(""), Code::kUnavailable},
      {"a proxy's page that says missing", 503, kMissing, list(""), Code::kUnavailable},
      {"not the API", 404, "Not Found", list(""), Code::kFailedPrecondition},
      {"no such node any more", 500, "hostname lookup 'pve1' failed - failed to get address info", list(""),
       Code::kNotFound},
      {"the list has it still", 500, kMissing, list("pve1"), Code::kUnavailable},
      {"the list is empty", 500, kMissing, json::Array{}, Code::kUnavailable},
      {"no node is online", 500, kMissing, list("", false), Code::kUnavailable},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    ScriptedSession session;
    session.refuse(pending("pve1"), c.status, c.reason);
    session.answer(kList, c.list);
    const auto machine = described(session, "pve1");
    ASSERT_FALSE(machine.ok());
    EXPECT_EQ(machine.error().code(), c.code) << machine.error().to_string();
  }
}

TEST(Look, AMachineThatMovesTwiceIsLookedAtLater) {
  ScriptedSession session;
  session.refuse(pending("pve1"), 500, kMissing);
  session.refuse(pending("pve2"), 500, kMissing);
  session.answer(kList, list("pve2"));
  session.answer(kList, list("pve1"));
  EXPECT_TRUE(described(session, "pve1").error().is(Code::kUnavailable));
}

TEST(Look, AnAnswerThatIsNoConfigurationNamesTheMachine) {
  ScriptedSession session;
  session.answer(pending("pve1"), json::Array{});
  session.answer(status("pve1"), {});
  EXPECT_TRUE(described(session, "pve1").error().to_string().starts_with("VM 100: ")) << "of the configuration";
}

TEST(Lists, AreOneCallEach) {
  ScriptedSession session;
  session.answer(kList, recorded_data("cluster.json", "path", "/cluster/resources"));
  session.answer("GET /cluster/tasks", recorded_data("cluster.json", "path", "/cluster/tasks"));
  EXPECT_EQ(read_inventory(session, soon())->nodes.size(), 1U);
  EXPECT_FALSE(list_tasks(session, soon())->empty());
  EXPECT_EQ(session.asked.size(), 2U);
}

}  // namespace
}  // namespace rig::proxmox
