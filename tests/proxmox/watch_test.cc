// proxmox/watch_test.cc — what is seen without being told, and what it costs the cluster.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/eventually_test.h"
#include "base/uuid.h"
#include "proxmox/bed.h"

namespace rig::proxmox {
namespace {

using namespace std::chrono_literals;
using fakes::pve::Cluster;
using fakes::pve::Fault;
using fakes::pve::Faults;
using provider::Existence;
using provider::MachineRef;
using provider::MachineSpec;
using provider::Power;

Call call(Duration time = 60s) { return {std::chrono::steady_clock::now() + time, {}, "watch"}; }

struct Stage {
  explicit Stage(const BedOptions& options = {}) : bed(options) {}
  MachineRef make(const MachineSpec& wish) {
    const std::string id = random_uuid();
    MachineRef ref = bed.provider().reserve({"c", "default", "web", id}, id, wish, call()).take();
    finish(bed.provider().create(ref, wish, call()));
    return ref;
  }
  MachineSpec spec() {
    MachineSpec wish = bed.subject("").small;
    wish.display_name = "web";
    wish.placement.storage = "shared";
    return wish;
  }
  void finish(const Result<provider::TaskId>& task) {
    ASSERT_TRUE(task.ok()) << task.error().to_string();
    EXPECT_TRUE(eventually(60s, [&] {
      const auto state = bed.provider().poll(*task, call());
      return state.ok() && state->phase != provider::TaskState::Phase::kRunning;
    }));
  }
  provider::Machine describe(const MachineRef& ref) { return bed.provider().describe(ref, call()).take(); }
  int calls() { return bed.fake().calls("*", "*"); }

  Bed bed;
};

// What is not in the snapshot is taken for gone.
TEST(Watching, TheSnapshotWaitsForMachinesThatOneLookHasNoTimeFor) {
  Stage stage({.look_max = 300ms});
  const MachineRef ref = stage.make(stage.spec());
  ASSERT_TRUE(stage.bed.add_machines(ref, 99).ok());
  stage.bed.fake().fail({.kind = Fault::Kind::kSlow, .path = "/nodes/*/qemu/*/config", .stays = true, .delay = 50ms});
  ASSERT_TRUE(stage.bed.restart_provider().ok());
  int machines = 0;
  bool is_synced = false;
  const auto on_event = [&](const provider::Event& event) {
    machines += std::holds_alternative<provider::Machine>(event.what) ? 1 : 0;
    is_synced = is_synced || std::holds_alternative<provider::Synced>(event.what);
    return !is_synced;
  };
  const Status ended = stage.bed.provider().watch("c", "", on_event, call());
  EXPECT_TRUE(is_synced) << ended.error().to_string();
  EXPECT_EQ(machines, 100);
}

TEST(Watching, AnImportWhoseCreationIsCancelledEndsOnItsNodeToo) {
  Stage stage;
  MachineSpec wish = stage.spec();
  const auto image = stage.bed.provider().images().prepare(stage.bed.subject("").image, call()).take();
  stage.finish(image.task);
  wish.image = {image.location, image.format};
  stage.bed.fake().with([](Cluster& cluster) { cluster.timing.copy_per_gib = std::chrono::hours(1); });
  const std::string id = random_uuid();
  const MachineRef ref = stage.bed.provider().reserve({"c", "default", "web", id}, id, wish, call()).take();
  const provider::TaskId task = stage.bed.provider().create(ref, wish, call()).take();
  const auto at_work = [&] {
    return stage.bed.fake().with([](Cluster& cluster) {
      return std::ranges::any_of(cluster.tasks.all(), [](const auto& each) { return each.is_running; });
    });
  };
  ASSERT_TRUE(eventually(60s, [&] {
    const auto state = stage.bed.provider().poll(task, call());
    return state.ok() && state->bytes_total > 0 && at_work();
  }));
  ASSERT_TRUE(stage.bed.provider().cancel(task, call()).ok());
  stage.finish(task);
  EXPECT_FALSE(at_work());
  stage.bed.fake().with([](Cluster& cluster) { cluster.timing.copy_per_gib = {}; });
  stage.finish(stage.bed.provider().create(ref, wish, call()));
  EXPECT_EQ(stage.describe(ref).existence, Existence::kOurs);
}

TEST(Watching, ADownloadThatIsCancelledEndsOnItsNodeToo) {
  Stage stage;
  const provider::ImageRequest request = stage.bed.subject("").image;
  stage.bed.fake().with([&](Cluster& cluster) {
    cluster.timing.copy_per_gib = std::chrono::hours(1);
    cluster.origins.at(request.url).file_bytes = std::int64_t{1} << 30U;
  });
  const auto image = stage.bed.provider().images().prepare(request, call()).take();
  const auto at_work = [&] {
    return stage.bed.fake().with([](Cluster& cluster) {
      return std::ranges::any_of(cluster.tasks.all(),
                                 [](const auto& each) { return each.is_running && each.type == "download"; });
    });
  };
  ASSERT_TRUE(eventually(60s, at_work));
  ASSERT_TRUE(stage.bed.provider().cancel(image.task, call()).ok());
  stage.finish(image.task);
  EXPECT_FALSE(at_work());
}

// The task of a reboot ends when the machine is off, and nobody is at work on it for a moment.
TEST(Watching, ARebootIsOverWhenTheMachineRunsAgain) {
  Stage stage;
  const MachineRef ref = stage.make(stage.spec());
  stage.finish(stage.bed.provider().power_on(ref, call()));
  stage.bed.fake().with([](Cluster& cluster) { cluster.timing.restart = 200ms; });
  const auto asked = std::chrono::system_clock::now();
  stage.finish(stage.bed.provider().reboot(ref, asked, call()));
  const provider::Machine machine = stage.describe(ref);
  EXPECT_EQ(machine.power, Power::kOn);
  EXPECT_GE(machine.booted_at, asked);
}

// Nor does a machine that booted less than a second ago, which its uptime cannot tell, reboot again and again.
TEST(Watching, ARebootIsAskedForOnce) {
  Stage stage;
  const MachineRef ref = stage.make(stage.spec());
  stage.finish(stage.bed.provider().power_on(ref, call()));
  stage.finish(stage.bed.provider().reboot(ref, std::chrono::system_clock::now(), call()));
  const int reboots =
      stage.bed.fake().with_faults([](fakes::pve::Faults& faults) { return faults.count("POST", "*/status/reboot"); });
  EXPECT_EQ(reboots, 1);
}

TEST(Watching, EachVerbAsksForWhatItNeedsAndNoMore) {
  Stage stage({.interval = 1h});  // no call but those that are asked for
  const auto image = stage.bed.provider().images().prepare(stage.bed.subject("").image, call()).take();
  stage.finish(image.task);
  MachineSpec wish = stage.spec();
  wish.image = {image.location, image.format};
  wish.seed = {};
  MachineRef ref;
  const auto cost = [&](const auto& act) {
    const int before = stage.calls();
    act();
    return stage.calls() - before;
  };
  EXPECT_LE(cost([&] { ref = stage.make(wish); }), 24) << "each disk is a call, its task and a look";
  EXPECT_LE(cost([&] { (void)stage.describe(ref); }), 2);
  EXPECT_LE(cost([&] { stage.finish(stage.bed.provider().power_on(ref, call())); }), 8);
  wish.memory_mib *= 2;
  const auto plan = stage.bed.provider().plan(ref, wish, call());
  ASSERT_TRUE(plan.ok());
  EXPECT_LE(cost([&] { stage.finish(stage.bed.provider().apply(ref, wish, *plan, call())); }), 7);
  EXPECT_LE(cost([&] { stage.finish(stage.bed.provider().power_off(ref, std::nullopt, call())); }), 8);
}

TEST(Watching, AHungAgentDelaysNobody) {
  Stage stage;
  stage.bed.fake().with([](Cluster& cluster) { cluster.guest.agent = fakes::pve::Guest::Agent::kHangs; });
  const MachineRef ref = stage.make(stage.spec());
  stage.finish(stage.bed.provider().power_on(ref, call()));
  stage.bed.fake().fail({.kind = Fault::Kind::kHang, .path = "*/agent/*", .stays = true});
  const Time begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(stage.describe(ref).power, Power::kOn);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
}

TEST(Watching, ANumberIsPromisedOnce) {
  Stage stage;
  const std::string one = random_uuid(), two = random_uuid();
  const auto reserve = [&](const std::string& id) {
    return stage.bed.provider().reserve({"c", "default", "web", id}, id, stage.spec(), call()).take().id;
  };
  EXPECT_EQ(reserve(one), "100");
  EXPECT_EQ(reserve(two), "101");
  EXPECT_EQ(reserve(one), "100");
  ASSERT_TRUE(stage.bed.add_foreign_machine("100", random_uuid()).ok());
  EXPECT_EQ(reserve(one), "102");
  // A restarted provider learns from the first look at a machine that its number is promised.
  ASSERT_TRUE(stage.bed.restart_provider().ok());
  EXPECT_EQ(stage.describe({{"c", "default", "web", two}, two, "101", false}).existence, Existence::kGone);
  EXPECT_EQ(reserve(one), "102");
}

TEST(Watching, TwoCallsAnIntervalAndOneMachineInTurnAreAllThatIdleMachinesCost) {
  Stage stage;
  std::vector<MachineRef> refs;
  for (int i = 0; i < 20; ++i) refs.push_back(stage.make(stage.spec()));
  // What was done is read once more, then it is quiet.
  EXPECT_TRUE(eventually(10s, [&] {
    const int before = stage.bed.fake().calls("GET", "/nodes/*");
    const int rounds = stage.bed.fake().calls("GET", "/cluster/resources");
    eventually(1s, [&] { return stage.bed.fake().calls("GET", "/cluster/resources") >= rounds + 3; });
    return stage.bed.fake().calls("GET", "/nodes/*") - before <= 8;
  }));
  stage.bed.fake().with_faults([](Faults& faults) { faults.forget_calls(); });
  EXPECT_TRUE(eventually(10s, [&] { return stage.bed.fake().calls("GET", "/cluster/resources") >= 10; }));
  const int rounds = stage.bed.fake().calls("GET", "/cluster/resources");
  EXPECT_LE(stage.calls(), 5 * (rounds + 1)) << "two of the cluster, two or three of one machine";
  EXPECT_EQ(stage.bed.fake().calls("POST", "*") + stage.bed.fake().calls("PUT", "*"), 0);
}

TEST(Watching, AnEditThatShowsNowhereIsSeenInTurn) {
  Stage stage;
  const MachineRef ref = stage.make(stage.spec());
  std::atomic<bool> is_seen = false;
  std::jthread watcher([&](const std::stop_token& stop) {
    (void)stage.bed.provider().watch("c", "",
                                     [&](const provider::Event& event) {
                                       const auto* machine = std::get_if<provider::Machine>(&event.what);
                                       is_seen =
                                           is_seen || (machine != nullptr && machine->configured.nics.at(0).vlan == 7);
                                       return true;
                                     },
                                     {std::chrono::steady_clock::now() + 60s, stop, "watch"});
  });
  stage.bed.fake().with([](Cluster& cluster) { cluster.vms.at(100).config["net0"] += ",tag=7"; });
  EXPECT_TRUE(eventually(20s, [&] { return is_seen.load(); }));
}

TEST(Watching, HaDoesWhatItIsAskedAtItsNextRound) {
  Stage stage;
  const MachineRef ref = stage.make(stage.spec());
  stage.bed.fake().with([](Cluster& cluster) { cluster.ha["vm:100"].state = "stopped"; });
  stage.finish(stage.bed.provider().power_on(ref, call()));
  EXPECT_EQ(stage.describe(ref).power, Power::kOn);
  stage.finish(stage.bed.provider().power_off(ref, std::nullopt, call()));
  EXPECT_EQ(stage.describe(ref).power, Power::kOff);
}

TEST(Watching, AFullCloneHasAllDisksOfItsTemplate) {
  Stage stage;
  stage.bed.fake().with([](Cluster& cluster) {
    fakes::pve::Vm model;
    model.id = 9000;
    model.node = "pve1";
    model.config = {{"name", "debian-12"},
                    {"template", "1"},
                    {"memory", "512"},
                    {"boot", "order=virtio0"},
                    {"virtio0", "shared:9000/base-9000-disk-0.raw,size=64M"},
                    {"scsi1", "shared:9000/base-9000-disk-1.raw,size=32M"}};
    for (const int disk : {0, 1}) {
      fakes::pve::Volume volume;
      volume.id = "shared:9000/base-9000-disk-" + std::to_string(disk) + ".raw";
      volume.owner = 9000;
      volume.format = "raw";
      volume.content = "images";
      volume.size_bytes = disk == 0 ? 64 << 20 : 32 << 20;
      volume.created = cluster.now();
      cluster.storages.at("shared").add("pve1", volume);
    }
    cluster.vms[9000] = model;
  });
  provider::ImageRequest request{"key", "debian", "", "", "", "", "", ""};
  request.template_name = "debian-12";
  EXPECT_TRUE(eventually(5s, [&] { return stage.bed.provider().images().prepare(request, call()).ok(); }))
      << "once pvestatd has seen it";
  const auto image = stage.bed.provider().images().prepare(request, call());
  ASSERT_TRUE(image.ok()) << image.error().to_string();
  EXPECT_EQ(image->location, "9000");
  EXPECT_EQ(image->size_bytes, 64 << 20);
  MachineSpec wish = stage.spec();
  wish.image.location = image->location;
  wish.disks = {{"data", 16 << 20, "", ""}};
  const MachineRef ref = stage.make(wish);
  const provider::Machine machine = stage.describe(ref);
  EXPECT_EQ(machine.existence, Existence::kOurs) << machine.detail;
  EXPECT_EQ(machine.configured.root_disk_bytes, 64 << 20);
  const auto config = stage.bed.fake().with([](Cluster& cluster) { return cluster.vms.at(100).config; });
  EXPECT_TRUE(config.contains("virtio0") && config.contains("scsi1") && config.contains("scsi2"));
  EXPECT_TRUE(stage.bed.provider().plan(ref, wish, call())->changes.empty());

  request.is_linked = true;
  EXPECT_EQ(stage.bed.provider().images().prepare(request, call())->location, "linked:9000");
}

}  // namespace
}  // namespace rig::proxmox
