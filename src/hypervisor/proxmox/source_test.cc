// proxmox/source_test.cc — templates by name and number, volumes wherever they are, storages.
#include "hypervisor/proxmox/source.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/scripted_session_test.h"

namespace rig::proxmox {
namespace {

Call soon() {
  return {.deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1), .stop = {}, .request_id = {}};
}

Sighting machine(const std::string& vmid, const std::string& name, const std::string& node, bool is_template) {
  Sighting sighting;
  sighting.vmid = vmid;
  sighting.name = name;
  sighting.node = node;
  sighting.is_template = is_template;
  return sighting;
}

StorageSighting storage(const std::string& node, const std::string& name, const std::string& content, bool shared,
                        std::int64_t free, bool available = true) {
  return {node, name, "dir", content, available, shared, free, 0};
}

Inventory cluster() {
  Inventory all;
  for (const Sighting& each : {machine("100", "web", "pve1", false), machine("9000", "debian", "pve1", true),
                               machine("9001", "debian", "pve2", true), machine("9002", "alpine", "pve2", true)})
    all.machines[each.vmid] = each;
  all.storages = {storage("pve1", "local", "iso,images,import", false, 10),
                  storage("pve1", "fast", "images", false, 50),
                  storage("pve2", "local", "iso,images,import", false, 10), storage("pve1", "nfs", "import", true, 5),
                  storage("pve2", "nfs", "import", true, 5)};
  return all;
}

TEST(Template, IsFoundByNumberOrNameAndSaysWhatThereIs) {
  struct Case {
    const char *name, *node, *found;  // a VMID, or part of the error
    Code code = Code::kInternal;      // kInternal: found
  };
  const Case cases[] = {
      {"9000", "", "9000"},
      {"alpine", "", "9002"},
      {"debian", "pve2", "9001"},
      {"debian", "", "9000 ('debian', pve1), 9001 ('debian', pve2)", Code::kFailedPrecondition},
      {"100", "", "VM 100 ('web', pve1) is no template", Code::kFailedPrecondition},
      {"web", "", "there are: 9000", Code::kNotFound},
      {"alpine", "pve1", "on node 'pve1'", Code::kNotFound},
      {"7", "", "template '7' is not there", Code::kNotFound},
  };
  for (const Case& c : cases) {
    const auto found = find_template(cluster(), c.name, c.node);
    if (c.code == Code::kInternal) {
      ASSERT_TRUE(found.ok()) << c.name << ": " << found.error().to_string();
      EXPECT_EQ(found->vmid, c.found);
      continue;
    }
    ASSERT_FALSE(found.ok()) << c.name;
    EXPECT_EQ(found.error().code(), c.code) << c.name;
    EXPECT_NE(found.error().message().find(c.found), std::string::npos) << found.error().message();
  }
}

TEST(Storage, IsTheRoomiestForDisksAndASharedOneForImports) {
  Inventory all = cluster();
  EXPECT_EQ(storage_for_disks(all, "pve1"), "fast");
  EXPECT_EQ(storage_for_disks(all, "pve2"), "local");
  EXPECT_EQ(storage_for_disks(all, "pve3"), "");
  EXPECT_EQ(storage_for_imports(all), "nfs");
  std::erase_if(all.storages, [](const StorageSighting& each) { return each.shared; });
  EXPECT_EQ(storage_for_imports(all), "local");
  EXPECT_EQ(storage_for_imports({}), "");
}

TEST(Volume, IsLookedForOnEveryNodeThatMayHaveIt) {
  ScriptedSession session;
  session.answer("GET /nodes/pve1/storage/local/content", json::Array{});
  session.answer("GET /nodes/pve2/storage/local/content", json::Array{json::Object{{"volid", "local:import/a.qcow2"}}});
  const auto origin = find_origin(session, cluster(), "local:import/a.qcow2", soon());
  ASSERT_TRUE(origin.ok()) << origin.error().to_string();
  EXPECT_EQ(origin->node, "pve2") << "machines of it can be made there alone";
  EXPECT_EQ(origin->source.root, "local:import/a.qcow2");

  const auto missing = find_origin(session, cluster(), "local:import/b.qcow2", soon());
  EXPECT_EQ(missing.error().code(), Code::kNotFound);
  Inventory half = cluster();
  half.storages[2].available = false;
  EXPECT_EQ(find_origin(session, half, "local:import/b.qcow2", soon()).error().code(), Code::kUnavailable);

  session.answer("GET /nodes/pve1/storage/nfs/content", json::Array{json::Object{{"volid", "nfs:import/a.qcow2"}}});
  EXPECT_EQ(find_origin(session, cluster(), "nfs:import/a.qcow2", soon())->node, "") << "anywhere";
}

TEST(Origin, OfATemplateHasAllItsDisksButNoKeys) {
  ScriptedSession session;
  session.answer("GET /nodes/pve1/qemu/9000/config",
                 *json::parse(R"({"digest":"d","boot":"order=virtio0","virtio0":"nfs:9000/base-9000-disk-0.raw,size=2G",
                              "scsi1":"nfs:9000/base-9000-disk-1.raw,size=1G","ide2":"nfs:vm-9000-cloudinit,media=cdrom",
                              "efidisk0":"nfs:9000/base-9000-disk-2.raw,size=4M","tpmstate0":"nfs:9000/x.raw,size=4M"})"));
  const auto full = find_origin(session, cluster(), "9000", soon());
  ASSERT_TRUE(full.ok()) << full.error().to_string();
  EXPECT_EQ(full->source.root_option, "virtio0");
  EXPECT_EQ(full->source.root, "nfs:9000/base-9000-disk-0.raw");
  ASSERT_EQ(full->source.more.size(), 2U);
  EXPECT_EQ(full->source.more[0].first, "scsi1");
  EXPECT_EQ(full->source.more[1].first, "efidisk0");
  EXPECT_EQ(full->node, "");
  const auto linked = find_origin(session, cluster(), "linked:9000", soon());
  ASSERT_TRUE(linked.ok() && linked->source.linked);
  EXPECT_EQ(linked->source.linked->drives.size(), 4U);
}

// Its user-data is its own: another machine that booted with it would have its keys and passwords.
TEST(Origin, OfAMachineOfOursThatWasMadeATemplateHasNotItsSeed) {
  Stamp stamp;
  stamp.owner = {"c", "default", "web", "uid-1"};
  stamp.machine_id = "6b1e5f3a-58a3-4c06-8b5b-0d6d7d1f0c11";
  stamp.id = "9000";
  stamp.disks = {{"root", "scsi0"}, {"data", "scsi1"}, {"seed", "scsi30"}};
  ScriptedSession session;
  session.answer("GET /nodes/pve1/qemu/9000/config", json::Object{{"digest", "d"},
                                                                  {"boot", "order=scsi0"},
                                                                  {"description", with_stamp("", stamp).take()},
                                                                  {"scsi0", "nfs:9000/base-9000-disk-0.raw,size=2G"},
                                                                  {"scsi1", "nfs:9000/base-9000-disk-1.raw,size=1G"},
                                                                  {"scsi30", "nfs:9000/base-9000-disk-2.raw,size=4M"}});
  const auto full = find_origin(session, cluster(), "9000", soon());
  ASSERT_TRUE(full.ok()) << full.error().to_string();
  ASSERT_EQ(full->source.more.size(), 1U);
  EXPECT_EQ(full->source.more[0].first, "scsi1");
  const auto linked = find_origin(session, cluster(), "linked:9000", soon());
  ASSERT_TRUE(linked.ok() && linked->source.linked);
  EXPECT_EQ(linked->source.linked->seed, "scsi30");
}

}  // namespace
}  // namespace rig::proxmox
