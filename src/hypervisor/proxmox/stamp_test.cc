// proxmox/stamp_test.cc — the stamp in a description that people write in, too.
#include "hypervisor/proxmox/stamp.h"

#include <gtest/gtest.h>

#include "hypervisor/proxmox/limits.h"

namespace rig::proxmox {
namespace {

constexpr char kId[] = "6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de";

Stamp sample() {
  Stamp stamp;
  stamp.owner = {"cluster-1", "shop", "web", "0f4c6d1e-0000-4000-8000-000000000001"};
  stamp.machine_id = kId;
  stamp.id = "100";
  stamp.image = "local:import/a.qcow2";
  stamp.image_bytes = 7;
  stamp.phase = Phase::kReady;
  stamp.disks = {{"data", "scsi1"}};
  stamp.nics = {{"eth0", "net0"}};
  return stamp;
}

TEST(Stamp, IsOneLineOfTheDescription) {
  const std::string text = with_stamp("", sample()).take();
  EXPECT_EQ(
      text,
      R"(virtrigaud-machine: {"cluster":"cluster-1","disks":{"data":"scsi1"},"id":"100",)"
      R"("image":"local:import/a.qcow2","imageBytes":7,)"
      R"("machine":"6a3f0d2e-52a1-4a0e-9f6d-0c1f00d0c0de","name":"web","namespace":"shop","nics":{"eth0":"net0"},)"
      R"("phase":"ready","uid":"0f4c6d1e-0000-4000-8000-000000000001"})");
  EXPECT_EQ(find_stamp(text).take(), sample());
  EXPECT_EQ(find_stamp(text + "\n").take(), sample());
}

TEST(Stamp, ComesBackInEveryPhase) {
  for (const Phase phase : {Phase::kBuilding, Phase::kReady, Phase::kDeleting}) {
    Stamp stamp = sample();
    stamp.phase = phase;
    EXPECT_EQ(find_stamp(with_stamp("", stamp).take()).take(), stamp);
  }
}

TEST(Stamp, LeavesTheNotesOfPeopleAlone) {
  const std::string line = with_stamp("", sample()).take();
  EXPECT_EQ(with_stamp("# Web\n\ncall Ann first\n\n", sample()).take(), "# Web\n\ncall Ann first\n" + line);
  Stamp released = sample();
  released.owner = {};
  const std::string changed = with_stamp("above\n" + line + "\nbelow\n", released).take();
  EXPECT_TRUE(changed.starts_with("above\nvirtrigaud-machine: ")) << changed;
  EXPECT_TRUE(changed.ends_with("}\nbelow\n")) << changed;
  EXPECT_EQ(changed.find("shop"), std::string::npos);
  EXPECT_TRUE(is_released(*find_stamp(changed).take()));
  EXPECT_EQ(with_stamp(line + "\n" + line, sample()).take(), line);
  EXPECT_EQ(find_stamp("nothing of ours\nvirtrigaud is fine").take(), std::nullopt);
}

TEST(Stamp, ThatCannotBeReadIsNotNone) {
  const std::string line = with_stamp("", sample()).take();
  for (const std::string& text :
       {std::string("virtrigaud-machine: "), std::string("virtrigaud-machine: {"),
        std::string("virtrigaud-machine: {}"),
        std::string(R"(virtrigaud-machine: {"id":"1","machine":"a","phase":"done"})"), line + "\n" + line}) {
    const auto stamp = find_stamp(text);
    ASSERT_FALSE(stamp.ok()) << text;
    EXPECT_TRUE(stamp.error().is(Code::kDataLoss)) << stamp.error().to_string();
    EXPECT_TRUE(stamp.error().message().starts_with("description: ")) << stamp.error().to_string();
  }
}

TEST(Stamp, FitsOrIsRefused) {
  const std::size_t length = with_stamp("", sample()).take().size();
  EXPECT_TRUE(with_stamp(std::string(kDescriptionBytesMax - length - 1, 'x'), sample()).ok());
  const auto longer = with_stamp(std::string(kDescriptionBytesMax - length, 'x'), sample());
  ASSERT_FALSE(longer.ok());
  EXPECT_TRUE(longer.error().is(Code::kOutOfRange));
}

TEST(Stamp, IsOfTheMachineThatItNames) {
  provider::MachineRef ref{sample().owner, kId, "100", false};
  EXPECT_TRUE(is_of(sample(), ref));
  ref.owner.name = "moved";
  EXPECT_TRUE(is_of(sample(), ref));
  ref.owner.uid = "another";
  EXPECT_FALSE(is_of(sample(), ref));
  Stamp released = sample();
  released.owner = {};
  EXPECT_FALSE(is_of(released, {{}, kId, "100", false}));
}

TEST(Tag, ComesOnceAndKeepsTheOthers) {
  EXPECT_EQ(with_tag({"web"}), (std::vector<std::string>{"virtrigaud", "web"}));
  EXPECT_EQ(with_tag({"web", "virtrigaud"}), (std::vector<std::string>{"web", "virtrigaud"}));
}

}  // namespace
}  // namespace rig::proxmox
