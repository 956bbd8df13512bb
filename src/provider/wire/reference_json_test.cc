// provider/wire/reference_json_test.cc — the JSON inside the reference's messages, read and written.
#include "provider/wire/internal/reference_json.h"

#include <gtest/gtest.h>

namespace rig::provider::wire {
namespace {

// What the reference's manager writes for a full machine (recorded, tests/golden/wire/Create.json, sample w-full).
ReferenceTexts full() {
  return {
      R"({"CPU":2,"MemoryMiB":4096,"Firmware":"UEFI","DiskDefaults":{"Type":"thin","SizeGiB":40},
              "ExtraConfig":{"vsphere.hardwareVersion":"19"},"PerformanceProfile":{"NestedVirtualization":true},
              "SecurityProfile":{"SecureBoot":true,"TPMEnabled":true}})",
      R"({"TemplateName":"","Path":"/img/a.qcow2","URL":"","Format":"qcow2","Checksum":"ab","ChecksumType":"sha256"})",
      R"([{"Name":"eth0","NetworkName":"default","Bridge":"","VLAN":7,"Model":"virtio","MacAddress":"52:54:00:AA:00:01",
               "StaticIP":"10.0.0.5","Prefix":24,"Gateway":"10.0.0.1","DNS":"8.8.8.8","PCISlotNumber":null},
              {"Name":"eth1","NetworkName":"","Bridge":"br0","VLAN":0}])",
      R"([{"SizeGiB":100,"Type":"thin","Name":"data"}])",
      R"({"Datastore":"ds1","StoragePod":"pod","Cluster":"c1","Folder":"/DC/vm/x","Host":"h1"})"};
}

TEST(ReferenceJson, IsReadIntoASpec) {
  const ReferenceSpec said = read_reference(full()).take();
  MachineSpec wanted;
  wanted.cpus = 2;
  wanted.memory_mib = 4096;
  wanted.firmware = Firmware::kUefi;
  wanted.root_disk_bytes = 40LL << 30;
  wanted.secure_boot = wanted.tpm = wanted.nested_virtualization = true;
  wanted.extra_config = {{"vsphere.hardwareVersion", "19"}};
  wanted.image = {"/img/a.qcow2", "qcow2"};
  wanted.disks = {{"data", 100LL << 30, "thin", ""}};
  wanted.nics = {{"eth0",
                  "52:54:00:aa:00:01",
                  "default",
                  "",
                  "virtio",
                  7,
                  {},
                  json::Object{{"StaticIP", "10.0.0.5"}, {"Prefix", 24}, {"Gateway", "10.0.0.1"}, {"DNS", "8.8.8.8"}}},
                 {"eth1", "", "", "br0", "", {}, {}, {}}};
  wanted.placement = {"h1", "c1", "/DC/vm/x", "", "ds1", "pod"};
  EXPECT_EQ(said.spec, wanted);
  EXPECT_EQ(said.image.checksum, "ab");
}

TEST(ReferenceJson, NullEmptyAndMissingAreNothingSaid) {
  for (const char* nothing : {"null", "", " ", "{}"}) {
    const ReferenceTexts texts{nothing, nothing, nothing, nothing, nothing};
    EXPECT_EQ(read_reference(texts)->spec, MachineSpec{}) << nothing;
  }
}

TEST(ReferenceJson, KeysOfTheApisStyleAndOfAnyCaseAreRead) {
  ReferenceTexts texts;
  texts.class_json = R"({"cpu":4,"memory":"4Gi","firmware":"EFI","diskDefaults":{"size":"40Gi","type":"thin"},
                         "securityProfile":{"secureBoot":true},"performanceProfile":{"nestedVirtualization":true}})";
  texts.networks_json = R"([{"name":"eth0","networkname":"lan"}])";
  const MachineSpec spec = read_reference(texts)->spec;
  EXPECT_EQ(spec.cpus, 4);
  EXPECT_EQ(spec.memory_mib, 4096);
  EXPECT_EQ(spec.firmware, Firmware::kUefi);
  EXPECT_EQ(spec.root_disk_bytes, 40LL << 30);
  EXPECT_TRUE(spec.secure_boot && spec.nested_virtualization);
  EXPECT_EQ(spec.nics.at(0).network, "lan");
}

TEST(ReferenceJson, WrongTextsAreRefusedByName) {
  const struct {
    ReferenceTexts texts;
    const char* says;
  } kCases[] = {
      {{"{", "", "", "", ""}, "class_json"},
      {{R"({"CPU":-1})", "", "", "", ""}, "CPU: found -1"},
      {{R"({"memory":"4 potatoes"})", "", "", "", ""}, "memory: found \"4 potatoes\""},
      {{R"({"memory":"99999999999Ti"})", "", "", "", ""}, "memory"},
      {{"", "", "", R"([{"SizeGiB":-3}])", ""}, "SizeGiB: found -3"},
      {{"", "", "[", "", ""}, "networks_json"},
  };
  for (const auto& c : kCases) {
    const auto result = read_reference(c.texts);
    ASSERT_FALSE(result.ok()) << c.says;
    EXPECT_EQ(result.error().code(), Code::kInvalidArgument);
    EXPECT_NE(result.error().to_string().find(c.says), std::string::npos) << result.error().to_string();
  }
}

TEST(ReferenceJson, WhatTheReferenceCanSayComesBackAsItWas) {
  const MachineSpec spec = read_reference(full())->spec;
  EXPECT_EQ(read_reference(write_reference(spec))->spec, spec);
  EXPECT_EQ(read_reference(write_reference(MachineSpec{}))->spec, MachineSpec{});
  MachineSpec from_template;
  from_template.image.location = "ubuntu-22.04";
  EXPECT_EQ(read_reference(write_reference(from_template))->image.template_name, "ubuntu-22.04");
}

TEST(ReferenceJson, IsWrittenAsGoWritesItWithNullsForNothing) {
  const ReferenceTexts texts = write_reference(MachineSpec{});
  EXPECT_EQ(texts.networks_json, "null");
  EXPECT_EQ(texts.disks_json, "null");
  EXPECT_EQ(texts.placement_json, "");
  EXPECT_EQ(texts.class_json,
            R"({"CPU":1,"DiskDefaults":null,"ExtraConfig":null,"Firmware":"BIOS","GuestToolsPolicy":"",)"
            R"("MemoryMiB":512,"PerformanceProfile":null,"ResourceLimits":null,"SecurityProfile":null})");
}

TEST(ReferenceJson, ADiskIsNeverWrittenSmallerThanAskedFor) {
  MachineSpec spec;
  spec.disks = {{"data", (1LL << 30) + 1, "", ""}};
  EXPECT_EQ(read_reference(write_reference(spec))->spec.disks[0].size_bytes, 2LL << 30);
}

TEST(ReferenceJson, ADesiredStateChangesSizesAndNothingElse) {
  MachineSpec configured = read_reference(full())->spec;
  configured.display_name = "web";
  const MachineSpec wish =
      read_desired(R"({"Name":"web","Class":{"CPU":8,"MemoryMiB":8192,"Firmware":"BIOS","DiskDefaults":{"SizeGiB":10}},
                       "Networks":null,"Disks":[{"Name":"data","SizeGiB":200},{"Name":"logs","SizeGiB":5}]})",
                   configured)
          .take();
  MachineSpec wanted = configured;
  wanted.cpus = 8;
  wanted.memory_mib = 8192;
  wanted.disks[0].size_bytes = 200LL << 30;
  wanted.disks.push_back({"logs", 5LL << 30, "", ""});
  EXPECT_EQ(wish, wanted) << "the root disk does not shrink to a class's default";
  EXPECT_EQ(*read_desired("null", configured), configured);
  EXPECT_EQ(read_desired(write_desired(wanted), configured)->cpus, 8);
}

TEST(ReferenceJson, AnImageIsTheFirstSourceWithAPlace) {
  const ImageRequest libvirt =
      read_image_source(R"({"source":{"libvirt":{"url":"https://e/u.qcow2","format":"qcow2","checksum":"01",
                            "checksumType":"sha256","storagePool":"default"}},"prepare":{"onMissing":"Import"}})")
          .take();
  EXPECT_EQ(libvirt.url, "https://e/u.qcow2");
  EXPECT_EQ(libvirt.checksum, "01");
  EXPECT_EQ(libvirt.storage, "default");
  EXPECT_EQ(read_image_source(R"({"Source":{"vsphere":{"ovaURL":"https://e/a.ova"}}})")->url, "https://e/a.ova");
  EXPECT_EQ(read_image_source(R"({"source":{"proxmox":{}}})").error().code(), Code::kInvalidArgument);
  EXPECT_EQ(read_image_source("null").error().code(), Code::kInvalidArgument);
  EXPECT_EQ(read_image_source(write_image_source(libvirt))->url, libvirt.url);
}

TEST(ReferenceJson, AnImageMayBeATemplateByNumberOrName) {
  const ImageRequest linked =
      read_image_source(R"({"source":{"proxmox":{"templateID":9000,"node":"pve2","fullClone":false}}})").take();
  EXPECT_EQ(linked.template_name, "9000");
  EXPECT_EQ(linked.host, "pve2");
  EXPECT_TRUE(linked.is_linked);
  EXPECT_EQ(read_image_source(write_image_source(linked)).take(), linked);
  const ImageRequest named = read_image_source(R"({"source":{"vsphere":{"templateName":"ubuntu"}}})").take();
  EXPECT_EQ(named.template_name, "ubuntu");
  EXPECT_FALSE(named.is_linked);
  EXPECT_EQ(read_image_source(write_image_source(named)).take(), named);
}

}  // namespace
}  // namespace rig::provider::wire
