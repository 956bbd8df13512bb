// vsphere/live/center.cc — see center.h.
#include "hypervisor/vsphere/live/center.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "base/uuid.h"
#include "hypervisor/vsphere/look.h"

namespace rig::vsphere::live {
namespace {

// "NAME=value" in the folder's env.
std::string setting(std::string_view name) {
  const char* folder = std::getenv("RIG_TEST_VCSIM_DIR");
  const auto text = read_file(std::string(folder == nullptr ? "" : folder) + "/env");
  if (text.ok())
    for (const std::string& line : split(*text, '\n'))
      if (line.starts_with(std::string(name) + "=")) return line.substr(name.size() + 1);
  return "";
}

std::string text_of(const std::string& path) {
  const auto text = read_file(path);
  EXPECT_TRUE(text.ok()) << path;
  return text.ok() ? *text : "";
}

}  // namespace

Login login() {
  const Credentials credentials{setting("USER"), text_of(setting("PASSWORD_FILE")), text_of(setting("CA")), ""};
  return login_for(setting("URL"), credentials, false).take();
}

Call within(Duration time) {
  return {.deadline = std::chrono::steady_clock::now() + time, .stop = {}, .request_id = {}};
}

void quietly(const provider::TaskProgress&) {}

Result<std::string> LossySession::send(std::string_view method, const std::string& request, const Call& call) {
  auto answer = inner_.send(method, request, call);
  constexpr std::string_view kMore[] = {"ShutdownGuest", "ImportVApp", "HttpNfcLeaseComplete", "MarkAsTemplate"};
  const bool changes_something = method.ends_with("_Task") || std::ranges::find(kMore, method) != std::end(kMore);
  if (!changes_something || left_ <= 0 || --left_ != 0) return answer;
  left_ = -1;
  return Error(Code::kUnavailable, std::string(method) + ": the answer was lost");
}

LiveTest::LiveTest() : session_(Session::open(login(), clock_).take()) {}

LiveTest::~LiveTest() {
  for (const provider::MachineRef& ref : refs_) {
    const Status removed = remove_machine(host(), ref, quietly, within(std::chrono::minutes(1)));
    EXPECT_TRUE(removed.ok()) << removed.error().to_string();
  }
}

provider::MachineSpec LiveTest::small(const std::string& name) {
  provider::MachineSpec spec;
  spec.display_name = name + "-" + random_suffix(5);
  spec.cpus = 2;
  spec.memory_mib = 1024;
  spec.firmware = provider::Firmware::kUefi;
  spec.secure_boot = true;
  spec.image.location = "DC0_C0_RP0_VM0";
  spec.root_disk_bytes = 20LL << 30;
  spec.placement.cluster = "DC0_C0";
  spec.disks = {{"data", 1LL << 30, "", ""}};
  spec.nics.resize(2);
  spec.nics[0].name = "eth0";
  spec.nics[0].network = "DC0_DVPG0";
  spec.nics[1].name = "eth1";
  spec.nics[1].network = "VM Network";
  spec.seed.user_data = "#cloud-config\n";
  return spec;
}

provider::MachineRef LiveTest::ref_for(const provider::MachineSpec& spec) {
  provider::MachineRef ref;
  ref.owner = {"cluster-1", "team", spec.display_name, random_uuid()};
  ref.machine_id = random_uuid();
  refs_.push_back(ref);
  return ref;
}

provider::MachineRef LiveTest::created(const provider::MachineSpec& spec) {
  provider::MachineRef ref = ref_for(spec);
  const auto id = create_machine(host(), ref, spec, quietly, within(std::chrono::minutes(1)));
  EXPECT_TRUE(id.ok()) << id.error().to_string();
  if (id.ok()) ref.id = *id;
  return ref;
}

provider::Machine LiveTest::describe(const provider::MachineRef& ref) {
  auto machine = vsphere::describe(session(), ref, clock_, within(std::chrono::seconds(30)));
  EXPECT_TRUE(machine.ok()) << machine.error().to_string();
  return machine.ok() ? machine.take() : provider::Machine{};
}

std::size_t LiveTest::machines_called(const std::string& name) {
  const auto catalogue = read_catalogue(session(), /*with_machines=*/true, within(std::chrono::seconds(30)));
  EXPECT_TRUE(catalogue.ok());
  const auto all = catalogue->all(kTemplate);
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const Entity* entity) { return entity->props.name == name; }));
}

}  // namespace rig::vsphere::live

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (std::getenv("RIG_TEST_VCSIM_DIR") == nullptr) {
    std::fprintf(stderr, "RIG_TEST_VCSIM_DIR is not set: tools/lab/vcsim/up DIR starts a vCenter there\n");
    return 1;
  }
  return RUN_ALL_TESTS();
}
