// tests/fields/fields_test.cc — every accepted field either changes what we do, or is in a table that says it does not.
//
// Method: from a full object of each kind, one leaf is taken away at a time. If what the controllers ask of a provider
// stays the same, the row must be in fields_without_controller(); if that changes, but what libvirt is told does not,
// the row must be in libvirt's table. A row that is in a table and makes a difference must leave it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "base/file.h"
#include "base/yaml/yaml.h"
#include "controllers/fields.h"
#include "controllers/identity.h"
#include "controllers/machine_spec.h"
#include "hypervisor/libvirt/domain_xml.h"
#include "hypervisor/libvirt/fields.h"

namespace rig {
namespace {

using namespace api::v1beta1;

// Rows whose effect is not in a MachineSpec or ImageRequest, and the test or place where it is.
const std::set<std::string> kElsewhere = {
    "VirtualMachine.spec.providerRef.name",                        // which provider is asked: tests/e2e
    "VirtualMachine.spec.providerRef.namespace",                   // the same
    "VirtualMachine.spec.classRef.name",                           // dependencies_test
    "VirtualMachine.spec.classRef.namespace",                      // the same
    "VirtualMachine.spec.imageRef.name",                           // the same
    "VirtualMachine.spec.imageRef.namespace",                      // the same
    "VirtualMachine.spec.networks[].networkRef.name",              // the same
    "VirtualMachine.spec.networks[].networkRef.namespace",         // the same
    "VirtualMachine.spec.userData.cloudInit.secretRef.name",       // the same
    "VirtualMachine.spec.metaData.cloudInit.secretRef.name",       // the same
    "VirtualMachine.spec.networkConfig.cloudInit.secretRef.name",  // the same
    "VirtualMachine.spec.powerState",                              // the simulator's promises
    "VirtualMachine.spec.deletionPolicy",                          // virtual_machine_test
    "VirtualMachine.spec.lifecycle.gracefulShutdownTimeout",       // power_off's deadline: below
};

// Meant for another hypervisor's provider, or only describing.
bool is_not_for_libvirt(std::string_view row) {
  for (const std::string_view part : {".vsphere", ".proxmox", ".distribution", ".metadata"})
    if (row.find(part) != std::string_view::npos) return true;
  return false;
}

bool is_in(auto&& table, std::string_view row) {
  return std::ranges::any_of(table, [&](std::string_view listed) {
    return row.starts_with(listed) &&
           (row.size() == listed.size() || row[listed.size()] == '.' || row[listed.size()] == '[');
  });
}

std::vector<json::Value> samples(const std::string& kind) {
  const auto text = read_file(RIG_SOURCE_DIR "/tests/golden/api/" + kind + ".yaml");
  EXPECT_TRUE(text.ok());
  return yaml::parse_all(*text).take();
}
template <class T>
T decoded(const json::Value& v) {
  auto out = schema::decode<T>(v);
  return out.ok() ? out.take() : T{};
}

struct Objects {
  json::Value vm, vm_class, image, network;
};
struct Outcome {
  std::string asked;  // of any provider
  std::string told;   // to libvirt
  bool operator==(const Outcome&) const = default;
};

std::string text_of(const provider::MachineSpec& s) {
  std::string out = s.display_name + "|" + s.hostname + "|" + std::to_string(s.cpus) + "|" +
                    std::to_string(s.memory_mib) + "|" + std::to_string(static_cast<int>(s.firmware)) +
                    (s.secure_boot ? "S" : "s") + (s.tpm ? "T" : "t") + (s.nested_virtualization ? "N" : "n") + "|" +
                    s.image.location + "|" + s.image.format + "|" + std::to_string(s.root_disk_bytes);
  for (const auto& d : s.disks)
    out += "|" + d.name + ":" + std::to_string(d.size_bytes) + ":" + d.provisioning + ":" + d.storage;
  for (const auto& n : s.nics)
    out += "|" + n.name + ":" + n.mac + ":" + n.network + ":" + n.bridge + ":" + n.model + ":" +
           std::to_string(n.vlan.value_or(0)) + ":" + std::to_string(n.mtu.value_or(0)) + ":" + json::to_text(n.native);
  out += "|" + s.seed.user_data + "|" + s.seed.meta_data + "|" + s.seed.network_config;
  const auto& p = s.placement;
  out += "|" + p.host + ":" + p.cluster + ":" + p.folder + ":" + p.resource_pool + ":" + p.storage + ":" +
         p.storage_cluster;
  for (const auto limit : {s.limits.cpu_reservation_mhz, s.limits.cpu_limit_mhz, s.limits.cpu_shares,
                           s.limits.memory_reservation_mib, s.limits.memory_limit_mib})
    out += ":" + std::to_string(limit.value_or(-1));
  for (const auto& tag : s.tags) out += "|" + tag;
  for (const auto& [key, value] : s.extra_config) out += "|" + key + "=" + value;
  return out;
}

// Everything about it that libvirt or its pools are given (hypervisor/libvirt/create.cc).
std::string told_to_libvirt(const provider::MachineSpec& s) {
  std::map<std::string, std::string> paths;
  std::string volumes =
      std::to_string(s.root_disk_bytes) + ":" + s.placement.storage + ":" + s.image.location + ":" + s.image.format;
  for (const auto& d : s.disks) {
    paths[d.name] = "/pool/" + d.name;
    volumes += "|" + d.name + ":" + std::to_string(d.size_bytes) + ":" + d.storage + ":" + d.provisioning;
  }
  const std::string seed = s.seed.user_data + "|" + s.seed.meta_data + "|" + s.seed.network_config;
  return libvirt::domain_xml(s, {},
                             {.virt_type = "kvm",
                              .cpu_vendor_feature = "vmx",
                              .root_path = "/root",
                              .seed_path = "/seed",
                              .disk_paths = paths}) +
         volumes + seed;
}

Outcome outcome_of(const Objects& objects) {
  const auto vm = decoded<VirtualMachine>(objects.vm);
  controllers::Dependencies dependencies;
  api::v1beta1::Provider provider;
  provider.spec.type = ProviderType::kLibvirt;
  dependencies.provider = std::make_shared<const api::v1beta1::Provider>(provider);
  dependencies.vm_class = std::make_shared<const VmClass>(decoded<VmClass>(objects.vm_class));
  VmImage image = decoded<VmImage>(objects.image);
  const ObjectKey provider_key = api::resolve(vm.spec.provider_ref, vm.meta);
  image.status.provider_status[controllers::provider_status_key(provider_key, image.meta)] = {
      .available = true, .id = {}, .path = "/pool/image.qcow2", .size = {}, .message = {}, .last_updated = {}};
  dependencies.image = std::make_shared<const VmImage>(image);
  const auto network = std::make_shared<const VmNetworkAttachment>(decoded<VmNetworkAttachment>(objects.network));
  for (std::size_t i = 0; i < vm.spec.networks.size(); ++i) dependencies.networks.push_back(network);
  provider::Capabilities capabilities;
  capabilities.mac_prefix = "52:54:00";

  Outcome out;
  const auto request = controllers::image_request(image, ProviderType::kLibvirt);
  const std::string request_text = request.ok() ? request->key + request->path + request->url + request->format +
                                                      request->checksum + request->checksum_type + request->storage
                                                : request.error().to_string();
  const auto spec = controllers::machine_spec(vm, dependencies, capabilities);
  out.asked = request_text + "\n" + (spec.ok() ? text_of(*spec) : spec.error().to_string());
  out.told = request_text + "\n" + (spec.ok() ? told_to_libvirt(*spec) : spec.error().to_string());
  return out;
}

// Takes away what stands at a path like "spec.disks[0].name".
void take_away(json::Value& object, std::string path) {
  json::Value* at = &object;
  while (true) {
    const auto end = path.find_first_of(".[");
    std::string name = path.substr(0, end);
    if (!name.empty() && name.back() == ']') name.pop_back();
    const bool is_index = at->is_array();
    if (end == std::string::npos) {
      if (is_index)
        at->as<json::Array>()->erase(at->as<json::Array>()->begin() + std::stol(name));
      else
        at->as<json::Object>()->erase(name);
      return;
    }
    at = is_index ? &(*at->as<json::Array>())[static_cast<std::size_t>(std::stol(name))] : at->find(name);
    ASSERT_NE(at, nullptr) << path;
    path = path.substr(end + 1);
  }
}

struct Effects {
  std::set<std::string> rows, asked, told;
};

template <class T>
void try_each(const Objects& base, json::Value Objects::*which, Effects& effects) {
  const Outcome before = outcome_of(base);
  const std::string kind(T::kResource.kind);
  const schema::Field* spec_row = schema::type_of<T>().find("spec");
  const json::Value spec = *(base.*which).find("spec");
  schema::for_each_leaf(spec_row->type(), spec, [&](const std::string& path, const schema::Field&, const json::Value&) {
    const std::string row = kind + ".spec." + schema::row_path(path);
    effects.rows.insert(row);
    Objects changed = base;
    take_away(changed.*which, "spec." + path);
    const Outcome after = outcome_of(changed);
    if (after.asked != before.asked) effects.asked.insert(row);
    if (after.told != before.told) effects.told.insert(row);
  });
}

Effects try_everything() {
  Effects effects;
  Objects base{.vm = samples("virtualmachine").at(0),
               .vm_class = samples("vmclass").at(0),
               .image = samples("vmimage").at(0),
               .network = samples("vmnetworkattachment").at(0)};
  base.vm_class.set({"spec", "cpu"}, 3);  // other sizes than the machine's own, or taking those away shows nothing
  base.vm_class.set({"spec", "memory"}, "3Gi");
  try_each<VirtualMachine>(base, &Objects::vm, effects);
  Objects composed = base;  // a document of the user's own would hide the addresses
  take_away(composed.vm, "spec.networkConfig");
  try_each<VirtualMachine>(composed, &Objects::vm, effects);
  try_each<VmNetworkAttachment>(base, &Objects::network, effects);
  Objects by_class = base;  // the machine's own sizes would hide those of its class
  by_class.vm.find("spec")->as<json::Object>()->erase("resources");
  try_each<VmClass>(by_class, &Objects::vm_class, effects);
  Objects without_bridge = base;  // a bridge would hide the network's name
  take_away(without_bridge.network, "spec.network.libvirt.bridge");
  try_each<VmNetworkAttachment>(without_bridge, &Objects::network, effects);
  for (const json::Value& image : samples("vmimage")) {
    Objects with = base;
    with.image = image;
    try_each<VmImage>(with, &Objects::image, effects);
    with.image.find("spec")->as<json::Object>()->erase("prepare");  // it may say that checksums and pools do not count
    try_each<VmImage>(with, &Objects::image, effects);
    json::Value* source = with.image.find("spec")->find("source");
    if (source == nullptr || source->find("libvirt") == nullptr) continue;
    Objects pooled = base;
    pooled.image = image;
    pooled.image.find("spec")->find("source")->find("libvirt")->as<json::Object>()->erase("storagePool");
    try_each<VmImage>(pooled, &Objects::image, effects);
    source->find("libvirt")->as<json::Object>()->erase("path");
    try_each<VmImage>(with, &Objects::image, effects);
    source->as<json::Object>()->erase("libvirt");  // a neutral source counts where there is no shaped one
    try_each<VmImage>(with, &Objects::image, effects);
  }
  return effects;
}

TEST(Fields, EveryRowMakesADifferenceOrIsSaidNotTo) {
  const Effects effects = try_everything();
  ASSERT_GT(effects.rows.size(), 100U);
  for (const std::string& row : effects.rows) {
    if (kElsewhere.contains(row) || is_not_for_libvirt(row)) continue;
    const bool asked = effects.asked.contains(row), told = effects.told.contains(row);
    const bool ours = is_in(controllers::fields_without_controller(), row),
               theirs = is_in(libvirt::unsupported_fields(), row);
    if (!asked) {
      EXPECT_TRUE(ours) << row
                        << " changes nothing that a provider is asked: act on it, or list it in controllers/fields.cc";
    }
    if (asked) {
      EXPECT_FALSE(ours) << row << " makes a difference: take it out of controllers/fields.cc";
    }
    if (asked && !told) {
      EXPECT_TRUE(theirs) << row << " changes nothing that libvirt is told: act on it, or list it in libvirt/fields.cc";
    }
    if (told) {
      EXPECT_FALSE(theirs) << row << " makes a difference: take it out of libvirt/fields.cc";
    }
    if (!asked) {
      EXPECT_FALSE(theirs) << row << " does not reach the provider: it belongs in controllers/fields.cc alone";
    }
  }
}

TEST(Fields, TheSamplesReachEveryRow) {
  const Effects effects = try_everything();
  const auto expect_reached = [&](const schema::TypeInfo& type, const std::string& kind) {
    schema::for_each_row(type.find("spec")->type(), [&](const std::string& path, const schema::Field& field) {
      const schema::TypeInfo* shown = &field.type();
      while (shown->element != nullptr) shown = &shown->element();
      if (shown->kind == schema::Kind::kObject || field.type().kind == schema::Kind::kRaw) return;
      const std::string row = kind + ".spec." + path;
      // A leaf of a list or map of texts is reached as its elements.
      EXPECT_TRUE(std::ranges::any_of(effects.rows,
                                      [&](const std::string& seen) {
                                        return seen == row || seen.starts_with(row + "[") ||
                                               seen.starts_with(row + "{");
                                      }) ||
                  row == "VirtualMachine.spec.importedDisk" || row.starts_with("VirtualMachine.spec.importedDisk."))
          << row << " is in no sample under tests/golden/api";
    });
  };
  expect_reached(schema::type_of<VirtualMachine>(), "VirtualMachine");
  expect_reached(schema::type_of<VmClass>(), "VMClass");
  expect_reached(schema::type_of<VmImage>(), "VMImage");
  expect_reached(schema::type_of<VmNetworkAttachment>(), "VMNetworkAttachment");
}

// The first machine's own fields: none of these may be listed, whatever else happens.
TEST(Fields, WhatTheFirstMachineNeedsIsActedOn) {
  for (const std::string_view row : {"VMClass.spec.cpu",
                                     "VMClass.spec.memory",
                                     "VMClass.spec.firmware",
                                     "VMClass.spec.diskDefaults.size",
                                     "VMImage.spec.source.libvirt.path",
                                     "VMImage.spec.source.libvirt.url",
                                     "VMImage.spec.source.libvirt.checksum",
                                     "VMImage.spec.source.libvirt.checksumType",
                                     "VMImage.spec.source.libvirt.storagePool",
                                     "VMImage.spec.source.http.url",
                                     "VMImage.spec.source.http.checksum",
                                     "VMNetworkAttachment.spec.network.libvirt.networkName",
                                     "VMNetworkAttachment.spec.network.libvirt.bridge.name",
                                     "VMNetworkAttachment.spec.network.libvirt.model",
                                     "VirtualMachine.spec.networks[].macAddress",
                                     "VirtualMachine.spec.networks[].ipAddress",
                                     "VirtualMachine.spec.networks[].prefix",
                                     "VirtualMachine.spec.networks[].gateway",
                                     "VirtualMachine.spec.networks[].dns",
                                     "VirtualMachine.spec.disks[].name",
                                     "VirtualMachine.spec.disks[].sizeGiB",
                                     "VirtualMachine.spec.userData.cloudInit",
                                     "VirtualMachine.spec.metaData.cloudInit",
                                     "VirtualMachine.spec.networkConfig.cloudInit",
                                     "VirtualMachine.spec.resources.cpu",
                                     "VirtualMachine.spec.resources.memoryMiB",
                                     "VirtualMachine.spec.powerState",
                                     "VirtualMachine.spec.lifecycle.gracefulShutdownTimeout"}) {
    EXPECT_FALSE(is_in(controllers::fields_without_controller(), row)) << row;
    EXPECT_FALSE(is_in(libvirt::unsupported_fields(), row)) << row;
  }
}

TEST(Fields, TheListsOnlyGetShorter) {
  EXPECT_LE(controllers::fields_without_controller().size(), 40U);
  EXPECT_LE(libvirt::unsupported_fields().size(), 20U);
}

TEST(Fields, GracefulShutdownTimeoutIsTheDeadline) {
  VirtualMachine vm;
  vm.spec.lifecycle = Lifecycle{.graceful_shutdown_timeout = "90s", .post_start = {}, .pre_stop = {}};
  EXPECT_EQ(controllers::graceful_timeout(vm), std::chrono::seconds(90));
}

}  // namespace
}  // namespace rig
