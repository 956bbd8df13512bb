// proxmox/inventory_test.cc — the cluster's lists, and what they say to look at.
#include "hypervisor/proxmox/inventory.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/recorded_test.h"

namespace rig::proxmox {
namespace {

Sighting sighting(const std::string& vmid, const std::string& node = "pve1") {
  Sighting one;
  one.vmid = vmid;
  one.node = node;
  one.name = "web-" + vmid;
  one.status = "running";
  return one;
}
Inventory inventory(const std::vector<Sighting>& machines) {
  Inventory all;
  for (const Sighting& one : machines) all.machines[one.vmid] = one;
  all.nodes = {{"pve1", true, 100, 60, 2}, {"pve2", true, 100, 10, 2}, {"pve3", false, 900, 0, 2}};
  all.storages = {{"pve1", "local", "dir", "images,import", true, false, 0, 0},
                  {"pve2", "local", "dir", "images", true, false, 0, 0},
                  {"pve1", "fast", "lvmthin", "images", true, false, 0, 0},
                  {"pve2", "fast", "lvmthin", "images", false, false, 0, 0}};
  return all;
}
ListedTask task(const std::string& number, const std::string& vmid, bool running) {
  ListedTask one;
  one.upid = parse_upid("UPID:pve1:" + number + ":1:1:qmstart:" + vmid + ":u@pam:").take();
  one.running = running;
  return one;
}
using Ids = std::vector<std::string>;

TEST(Inventory, IsReadFromTheRecordedLists) {
  const auto all = read_resources(recorded_data("cluster.json", "path", "/cluster/resources"));
  ASSERT_TRUE(all.ok()) << all.error().to_string();
  ASSERT_EQ(all->nodes.size(), 1U);
  EXPECT_EQ(all->nodes.front().name, "pve1");
  EXPECT_TRUE(all->nodes.front().online);
  EXPECT_EQ(all->nodes.front().memory_bytes, 25276514304);
  ASSERT_EQ(all->storages.size(), 1U);
  EXPECT_EQ(all->storages.front().name, "local");
  EXPECT_TRUE(all->storages.front().available);
  const auto machines = read_resources(recorded_data("cluster.json", "path", "/cluster/resources?type=vm"));
  ASSERT_EQ(machines->machines.size(), 1U);
  const Sighting& web = machines->machines.at("100");
  EXPECT_EQ(web.node, "pve1");
  EXPECT_EQ(web.name, "web-01");
  EXPECT_EQ(web.status, "stopped");
  EXPECT_EQ(web.memory_bytes, 512LL << 20);
  EXPECT_FALSE(web.is_template);
  EXPECT_TRUE(read_resources(json::Value()).error().is(Code::kDataLoss));
}

TEST(Inventory, WhatRunsBusilyDoesNotLookDifferent) {
  json::Value data = recorded_data("cluster.json", "path", "/cluster/resources?type=vm");
  const Inventory before = read_resources(data).take();
  json::Value& web = data.as<json::Array>()->front();
  for (const char* metric : {"cpu", "mem", "netin", "netout", "uptime", "diskread", "diskwrite"}) web[metric] = 77;
  EXPECT_EQ(to_read(before, read_resources(data).take(), {}, {}), Ids{});
  web["tags"] = "virtrigaud;x";
  const Inventory tagged = read_resources(data).take();
  EXPECT_EQ(to_read(before, tagged, {}, {}), Ids{"100"});
  EXPECT_TRUE(carries_our_tag(tagged.machines.at("100")));
  EXPECT_FALSE(carries_our_tag(before.machines.at("100")));
}

TEST(Inventory, SaysWhatToReadAgain) {
  Sighting moved = sighting("102", "pve2"), locked = sighting("103");
  locked.lock = "backup";
  const Inventory before = inventory({sighting("100"), sighting("101"), sighting("102"), sighting("103")});
  const Inventory now = inventory({sighting("100"), moved, locked, sighting("104")});
  EXPECT_EQ(to_read(before, now, {}, {}), (Ids{"101", "102", "103", "104"}));
  EXPECT_EQ(to_read(before, before, {}, {}), Ids{});

  const std::vector<ListedTask> old_tasks = {task("1", "100", true), task("2", "101", false)};
  const std::vector<ListedTask> new_tasks = {task("1", "100", false), task("2", "101", false), task("3", "103", true),
                                             task("4", "999", false)};
  EXPECT_EQ(to_read(before, before, old_tasks, new_tasks), (Ids{"100", "103"}));
}

TEST(Inventory, ThatIsEmptyProvesNothing) {
  EXPECT_TRUE(lacks(inventory({sighting("100")}), "101"));
  EXPECT_FALSE(lacks(inventory({sighting("100")}), "100"));
  EXPECT_FALSE(lacks(Inventory{}, "100")) << "an account without rights sees such a list";
  Inventory asleep = inventory({});
  for (NodeSighting& node : asleep.nodes) node.online = false;
  EXPECT_FALSE(lacks(asleep, "100"));
}

TEST(Inventory, KnowsTheTasksAtWork) {
  const std::vector<ListedTask> tasks = {task("1", "100", true), task("2", "100", false), task("3", "101", true)};
  const auto running = running_on(tasks, "100");
  ASSERT_EQ(running.size(), 1U);
  EXPECT_EQ(running.front(), tasks.front());
}

TEST(Node, IsTheAskedOneOrTheOneWithMostMemoryFree) {
  const Inventory all = inventory({});
  EXPECT_EQ(choose_node(all, {}, "").take(), "pve2");
  EXPECT_EQ(choose_node(all, {}, "local").take(), "pve2");
  EXPECT_EQ(choose_node(all, {}, "fast").take(), "pve1");
  EXPECT_EQ(choose_node(all, {"pve1"}, "local").take(), "pve1");
  struct Case {
    const char *node, *storage;
    Code code;
    const char* says;
  };
  const Case cases[] = {
      {"pve9", "", Code::kNotFound, "node 'pve9' is not in the cluster; there are: pve1, pve2, pve3"},
      {"pve3", "", Code::kUnavailable, "node 'pve3' is not online"},
      {"pve2", "fast", Code::kNotFound, "node 'pve2' has not storage 'fast' at hand; there are: fast, local"},
      {"", "none", Code::kNotFound, "no node has storage 'none' at hand; there are: fast, local"},
  };
  for (const Case& c : cases) {
    const auto node =
        choose_node(all, c.node[0] == '\0' ? std::vector<std::string>() : std::vector<std::string>{c.node}, c.storage);
    ASSERT_FALSE(node.ok()) << c.says;
    EXPECT_EQ(node.error().message(), c.says);
    EXPECT_EQ(node.error().code(), c.code) << c.says;
  }
}

}  // namespace
}  // namespace rig::proxmox
