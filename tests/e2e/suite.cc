#include "e2e/suite.h"

#include <cstdio>
#include <filesystem>

#include "api/kinds.h"
#include "base/check.h"
#include "base/file.h"
#include "base/yaml/yaml.h"

namespace rig::e2e {
namespace {

constexpr const char* kFoundation[] = {"00-credentials.yaml", "10-provider.yaml", "20-class.yaml", "30-image.yaml",
                                       "40-network.yaml"};

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

void turn_to_host(json::Value& object, const std::string& images) {
  if (object.text({"kind"}) == "VMImage") {
    object.set({"spec", "source", "libvirt", "path"}, environment().guest_image);
  } else if (object.text({"kind"}) == "Provider") {
    const auto variable = [](const char* name, const std::string& value) {
      return json::Value(json::Object{{"name", name}, {"value", value}});
    };
    object.set({"spec", "endpoint"}, environment().uri);
    object.set({"spec", "healthCheck", "interval"}, "1s");
    object.set({"spec", "runtime", "env"},
               json::Array{variable("LIBVIRT_VIRT_TYPE", "qemu"),
                           variable("LIBVIRT_IMAGE_DIRS", folder_of(environment().guest_image) + ":" + images)});
  }
}

}  // namespace

json::Value sample(std::string_view file, const std::string& images) {
  const auto text = read_file(RIG_SOURCE_DIR "/deploy/samples/quickstart/" + std::string(file));
  CHECK(text.ok());
  json::Value value = object(*text);
  turn_to_host(value, images);
  return value;
}

json::Value machine(std::string_view name, std::string_view spec) {
  json::Value vm = sample("50-machine.yaml");
  vm.set({"metadata", "name"}, name);
  vm.set({"spec", "userData"}, json::Value());
  const json::Value changes = object(spec);
  if (const auto* members = changes.as<json::Object>())
    for (const auto& [key, value] : *members) vm.set({"spec", key}, value);
  json::Object kept;
  for (const auto& [key, value] : *vm.at({"spec"})->as<json::Object>())
    if (!value.is_null()) kept[key] = value;
  vm["spec"] = std::move(kept);
  return vm;
}

json::Value object(std::string_view yaml) {
  auto value = yaml::parse(yaml);
  if (!value.ok()) ADD_FAILURE() << value.error().to_string();
  CHECK(value.ok());
  return value.take();
}

std::string told(const std::vector<api::Condition>& conditions, std::string_view type) {
  const api::Condition* found = api::find_condition(conditions, type);
  if (found == nullptr) return "";
  return std::string(schema::name_of(found->status)) + " " + found->reason + " " + found->message;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

void create_foundation(Client& client, const std::string& folder) {
  const std::string blank = folder + "/blank.qcow2";
  ASSERT_EQ(run("qemu-img", {"create", "-q", "-f", "qcow2", blank, "1M"}).status, 0);
  json::Value image = sample("30-image.yaml");
  image.set({"metadata", "name"}, "blank");
  image.set({"spec", "source", "libvirt", "path"}, blank);
  ASSERT_TRUE(client.create(image).ok());
  for (const char* file : kFoundation) {
    const Status created = client.create(sample(file, folder));
    ASSERT_TRUE(created.ok()) << file << ": " << created.error().to_string();
  }
}

void lay_foundation(Standalone& rig) {
  create_foundation(rig, rig.folder());
  const auto answers = [&] {
    const auto provider = rig.get<v1::Provider>("libvirt");
    return provider.ok() && told(*provider, condition::kProviderAvailable).starts_with("True");
  };
  ASSERT_TRUE(eventually(kSoon, answers)) << rig.log();
}

void take_up_foundation(Standalone& rig) {
  EXPECT_TRUE(rig.remove<v1::VmNetworkAttachment>("default").ok());
  for (const char* image : {"tiny-guest", "blank"}) EXPECT_TRUE(rig.remove<v1::VmImage>(image).ok());
  EXPECT_TRUE(rig.remove<v1::VmClass>("tiny").ok());
  EXPECT_TRUE(rig.remove<v1::Provider>("libvirt").ok());
  EXPECT_TRUE(eventually(kSoon, [&] { return rig.is_gone<v1::Provider>("libvirt"); })) << rig.log();
  EXPECT_TRUE(rig.remove<api::core::Secret>("libvirt-credentials").ok());
}

std::unique_ptr<Standalone> Suite::rig_;
std::unique_ptr<Host> Suite::host_;

void Suite::SetUpTestSuite() {
  host_ = std::make_unique<Host>();
  rig_ = std::make_unique<Standalone>();
  lay_foundation(*rig_);
}

void Suite::TearDownTestSuite() {
  take_up_foundation(*rig_);
  EXPECT_EQ(rig_->stop(), 0) << rig_->log();
  rig_.reset();
  host_.reset();
}

void Suite::SetUp() { before_ = host().inventory(); }

void Suite::TearDown() {
  for (const v1::VirtualMachine& left : rig().vms()) (void)rig().remove<v1::VirtualMachine>(left.meta.name);
  EXPECT_TRUE(eventually(kSoon, [&] { return rig().vms().empty(); })) << told(rig().vms().front(), condition::kReady);
  const Inventory after = host().inventory();
  EXPECT_EQ(after.domains, before_.domains);
  EXPECT_EQ(after.files, before_.files);
  if (HasFailure()) std::fprintf(stderr, "%s\n", rig().log().c_str());
}

void Suite::create(const json::Value& object) {
  const Status created = rig().create(object);
  ASSERT_TRUE(created.ok()) << created.error().to_string();
}

bool Suite::becomes_ready(const std::string& name, Duration time) {
  const auto is_ready = [&] {
    const v1::VirtualMachine now = vm(name);
    return now.status.observed_generation == now.meta.generation && told(now, condition::kReady).starts_with("True");
  };
  if (eventually(time, is_ready)) return true;
  ADD_FAILURE() << name << " is not ready: " << told(vm(name), condition::kReady);
  return false;
}

std::string Suite::until_told(const std::string& name, std::string_view type, std::string_view beginning,
                              Duration time) {
  std::string now;
  eventually(time, [&] {
    now = told(vm(name), type);
    return now.starts_with(beginning);
  });
  return now;
}

}  // namespace rig::e2e
