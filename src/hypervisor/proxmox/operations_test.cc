// proxmox/operations_test.cc — whole operations on a node in miniature, with the n-th call refused, lost or answered by
// a proxy, for every n.
#include "hypervisor/proxmox/operations.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/errors.h"
#include "hypervisor/proxmox/look.h"
#include "hypervisor/proxmox/mini_node_test.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;
using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;

constexpr std::int64_t kGib = 1LL << 30;

Call soon() { return {.deadline = std::chrono::steady_clock::now() + 60s, .stop = {}, .request_id = {}}; }
void nobody_listens(const provider::TaskProgress&) {}

enum class Mishap : std::uint8_t { kNone, kRefused, kReplyLost, kProxyPage };

// The API in front of a MiniNode. The n-th call goes wrong in one of three ways.
class MiniSession final : public Session {
 public:
  explicit MiniSession(MiniNode& node) : node_(node) {}
  int calls = 0, mishap_at = -1;
  Mishap mishap = Mishap::kNone;

  Result<json::Value> send(const ApiCall& what, const Call&) override {
    const bool now = calls++ == mishap_at;
    const std::string name = what.method + " " + what.path;
    if (now && mishap == Mishap::kRefused) return refusal(595, "Connection refused", name);
    if (now && mishap == Mishap::kProxyPage) return refusal(503, "Service Unavailable", name);
    auto answer = what.method == "GET" ? read(what) : change(what);
    if (now && mishap == Mishap::kReplyLost) return Error(Code::kUnavailable, name + ": the connection ended");
    return answer;
  }
  Contact contact() const override { return {}; }

 private:
  static Error refusal(int status, const std::string& reason, const std::string& name) {
    return reply_error({.status = status, .headers = {}, .body = "", .reason = reason}, name);
  }

  Result<json::Value> read(const ApiCall& what) {
    const std::string& path = what.path;
    if (path == "/cluster/nextid") return json::Value("100");
    if (path == "/cluster/tasks") return json::Value(json::Array{});
    if (path == "/cluster/resources") return resources();
    for (const std::string node : {"pve1", "pve2"})
      if (path == "/nodes/" + node + "/storage/local/content") return content(node);
    if (path.ends_with("/status") && path.find("/tasks/") != std::string::npos)
      return *json::parse(R"({"status":"stopped","exitstatus":"OK"})");
    if (path.ends_with("/log")) return json::Value(json::Array{});
    if (!node_.config)
      return refusal(500, "Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist", "GET " + path);
    if (path == "/nodes/pve1/qemu/100/pending") return pending();
    if (path == "/nodes/pve1/qemu/100/status/current")
      return json::Value(json::Object{{"status", node_.running ? "running" : "stopped"}});
    ADD_FAILURE() << "no such call: GET " << path;
    return Error(Code::kInternal, path);
  }

  Result<json::Value> change(const ApiCall& what) {
    if (what.path.ends_with("/upload")) {
      EXPECT_NE(what.body.find("instance-id: 1"), std::string::npos);
      node_.seed_volume = "local:import/" + seed_file_name(kMachineId);
      return task("imgcopy");
    }
    if (!node_.take(what)) return refusal(500, "checksum mismatch (file change by other user?)", what.path);
    if (what.method == "PUT" && what.path.ends_with("/config")) return json::Value();
    return task("qm");
  }

  json::Value task(const std::string& type) const { return "UPID:pve1:1:1:1:" + type + ":100:op@pve!k8s:"; }

  json::Value pending() const {
    json::Array list = {json::Object{{"key", "digest"}, {"value", node_.config->digest}}};
    for (const auto& [option, text] : node_.config->options)
      list.push_back(json::Object{{"key", option}, {"value", text}});
    return list;
  }
  json::Value resources() const {
    json::Array list;
    for (const char* node : {"pve1", "pve2"}) {
      list.push_back(json::Object{{"type", "node"}, {"node", node}, {"status", "online"}});
      list.push_back(json::Object{{"type", "storage"}, {"node", node}, {"storage", "local"}, {"status", "available"}});
    }
    if (node_.config) list.push_back(json::Object{{"type", "qemu"}, {"vmid", 100}, {"node", "pve1"}});
    return list;
  }
  json::Value content(const std::string& node) const {
    json::Array list = {json::Object{{"volid", "local:import/other.raw"}}};
    if (!node_.seed_volume.empty() && node_.seed_node == node)
      list.push_back(json::Object{{"volid", node_.seed_volume}});
    return list;
  }

  MiniNode& node_;
};

MachineRef our_ref() { return {{"cluster-1", "shop", "web", "uid-1"}, kMachineId, "100", false}; }

MachineSpec base() {
  MachineSpec spec;
  spec.display_name = "web-6a3f0d2e";
  spec.image.location = "local:import/a.qcow2";
  spec.root_disk_bytes = 4 * kGib;
  spec.disks.resize(1);
  spec.disks[0].name = "data";
  spec.disks[0].size_bytes = kGib;
  spec.seed.meta_data = "instance-id: 1\n";
  return spec;
}

struct Stage {
  MiniNode node;
  MiniSession session{node};
  SystemClock clock;
  Host host{session, clock, {.default_storage = "st", .import_storage = "local"}};

  Status create() {
    const Source source{.root = "local:import/a.qcow2", .linked = {}};
    return create_machine(host, our_ref(), base(), source, "pve1", nobody_listens, soon());
  }
  Status remove() { return remove_machine(host, our_ref(), nobody_listens, soon()); }
  Existence existence() { return describe(session, our_ref(), "pve1", clock, soon())->existence; }
};

TEST(Operations, AMachineLivesAndDies) {
  Stage stage;
  EXPECT_EQ(stage.existence(), Existence::kGone);
  const Status created = stage.create();
  ASSERT_TRUE(created.ok()) << created.error().to_string();
  EXPECT_EQ(stage.existence(), Existence::kOurs);
  EXPECT_EQ(stage.node.seed_volume, "") << "the upload is not left";
  const int calls = stage.session.calls, writes = stage.node.writes;
  EXPECT_TRUE(stage.create().ok());
  EXPECT_EQ(stage.node.writes, writes) << "what is there is not touched";
  EXPECT_LE(stage.session.calls - calls, 6);
  EXPECT_TRUE(stage.remove().ok());
  EXPECT_EQ(stage.existence(), Existence::kGone);
  EXPECT_TRUE(stage.remove().ok());
}

TEST(Operations, ReleasedItIsNobodysUntilItIsTakenOver) {
  Stage stage;
  ASSERT_TRUE(stage.create().ok());
  EXPECT_TRUE(release_machine(stage.host, our_ref(), soon()).ok());
  EXPECT_EQ(stage.existence(), Existence::kReleased);
  EXPECT_TRUE(release_machine(stage.host, our_ref(), soon()).ok());
  EXPECT_TRUE(stage.remove().error().is(Code::kFailedPrecondition));
  EXPECT_TRUE(stage.create().ok());
  EXPECT_EQ(stage.existence(), Existence::kOurs);
}

TEST(Operations, WhatWasUploadedToAnotherNodeIsRemovedToo) {
  Stage stage;
  stage.node.seed_volume = "local:import/" + seed_file_name(kMachineId);
  stage.node.seed_node = "pve2";
  EXPECT_TRUE(stage.remove().ok());
  EXPECT_EQ(stage.node.seed_volume, "");
}

TEST(Operations, APlanIsCarriedOut) {
  Stage stage;
  ASSERT_TRUE(stage.create().ok());
  MachineSpec wish = base();
  wish.memory_mib = 2048;
  wish.root_disk_bytes = 8 * kGib;
  const auto plan = make_plan(stage.node.look(), our_ref(), wish);
  const Status applied = apply_plan(stage.host, our_ref(), wish, *plan, nobody_listens, soon());
  ASSERT_TRUE(applied.ok()) << applied.error().to_string();
  EXPECT_TRUE(make_plan(stage.node.look(), our_ref(), wish)->changes.empty());
  EXPECT_TRUE(apply_plan(stage.host, our_ref(), base(), *plan, nobody_listens, soon()).error().is(Code::kAborted));
}

// Every call goes wrong once, in every way; then the operation is asked again until it succeeds.
void with_every_mishap(const std::function<void(Stage&)>& before, const std::function<Status(Stage&)>& operation,
                       const std::function<void(Stage&)>& after) {
  Stage undisturbed;
  before(undisturbed);
  const int first = undisturbed.session.calls;
  ASSERT_TRUE(operation(undisturbed).ok());
  const int calls = undisturbed.session.calls - first;
  ASSERT_GT(calls, 3);
  for (const Mishap mishap : {Mishap::kRefused, Mishap::kReplyLost, Mishap::kProxyPage}) {
    for (int n = 0; n < calls; ++n) {
      SCOPED_TRACE("call " + std::to_string(n) + ", mishap " + std::to_string(static_cast<int>(mishap)));
      Stage stage;
      before(stage);
      stage.session.mishap = mishap;
      stage.session.mishap_at = stage.session.calls + n;
      Status status = operation(stage);
      EXPECT_TRUE(status.ok() || remedy(status.error().code()) != Remedy::kUserFix) << status.error().to_string();
      for (int tries = 0; tries < 3 && !status.ok(); ++tries) status = operation(stage);
      EXPECT_TRUE(status.ok()) << status.error().to_string();
      after(stage);
    }
  }
}

TEST(Weather, CreateMakesOneMachineAndLeavesNothing) {
  with_every_mishap([](Stage&) {}, [](Stage& stage) { return stage.create(); },
                    [](Stage& stage) {
                      EXPECT_EQ(stage.existence(), Existence::kOurs);
                      EXPECT_EQ(stage.node.made_machines, 1);
                      EXPECT_EQ(stage.node.volumes, 3) << "root, data, seed";
                      EXPECT_EQ(stage.node.seed_volume, "");
                    });
}

TEST(Weather, RemoveRemovesItAll) {
  with_every_mishap(
      [](Stage& stage) {
        ASSERT_TRUE(stage.create().ok());
        stage.node.running = true;
      },
      [](Stage& stage) { return stage.remove(); },
      [](Stage& stage) {
        EXPECT_EQ(stage.existence(), Existence::kGone);
        EXPECT_FALSE(stage.node.config.has_value());
      });
}

TEST(Weather, ApplyEndsWhereItWasToEnd) {
  MachineSpec wish = base();
  wish.cpus = 4;
  wish.root_disk_bytes = 8 * kGib;
  wish.disks[0].name = "logs";
  with_every_mishap([](Stage& stage) { ASSERT_TRUE(stage.create().ok()); },
                    [&](Stage& stage) {  // the controller plans anew each time
                      const auto plan = make_plan(stage.node.look(), our_ref(), wish);
                      return apply_plan(stage.host, our_ref(), wish, *plan, nobody_listens, soon());
                    },
                    [&](Stage& stage) {
                      EXPECT_TRUE(make_plan(stage.node.look(), our_ref(), wish)->changes.empty());
                      EXPECT_EQ(stage.node.volumes, 4) << "root, data, seed, logs";
                    });
}

}  // namespace
}  // namespace rig::proxmox
