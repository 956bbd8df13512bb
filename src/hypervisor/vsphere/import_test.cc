// vsphere/import_test.cc — packages that come over HTTP, and a vCenter whose answers are written down.
#include "hypervisor/vsphere/import.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/digest.h"
#include "http/server.h"
#include "hypervisor/vsphere/answers_test.h"
#include "hypervisor/vsphere/limits.h"
#include "hypervisor/vsphere/package_test.h"
#include "hypervisor/vsphere/recorded_test.h"
#include "hypervisor/vsphere/scripted_session_test.h"

namespace rig::vsphere {
namespace {

const char kDescriptor[] =
    "<Envelope xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1\"><References><File ovf:href=\"d.vmdk\" "
    "ovf:id=\"f\" ovf:size=\"65536\"/></References><VirtualSystem/></Envelope>";

std::string imported(bool is_template, const std::string& key) {
  return "<returnval>" +
         object("VirtualMachine", "vm-171",
                property("config.template", is_template ? "true" : "false") +
                    (key.empty() ? ""
                                 : "<propSet><name>config.extraConfig[\"virtrigaud.image\"]</name><val "
                                   "xsi:type=\"OptionValue\"><key>virtrigaud.image</key><value "
                                   "xsi:type=\"xsd:string\">" +
                                       key + "</value></val></propSet>")) +
         "</returnval>";
}
std::string machine_there() { return entity("VirtualMachine", "vm-171", "virtrigaud-key-1", "Folder", "group-v3"); }

struct Importing : testing::Test {
  Importing() {
    session.answer("CreateContainerView", "<returnval type=\"ContainerView\">view-1</returnval>");
    session.answer("DestroyView", "");
    session.answer_whole("CreateImportSpec", recorded("CreateImportSpec"));
    session.answer_whole("ImportVApp", recorded("ImportVApp"));
    session.answer("HttpNfcLeaseComplete", "");
    session.answer("HttpNfcLeaseAbort", "");
    session.answer("MarkAsTemplate", "");
    session.answer("Destroy_Task", kTaskBegun);
    server = http::Server::start({}, [this](const http::ServerRequest& in, http::Responder& out) {
               const auto file = files.find(in.target);
               out.send(file == files.end() ? http::Reply{.status = 404, .headers = {}, .body = "no"}
                                            : http::Reply{.status = 200, .headers = {}, .body = file->second});
             }).take();
    request.key = "key-1";
    request.name = "ubuntu";
    request.url = url("/a.ova");
    disk.assign(65536, 'd');
    files["/a.ova"] = tar_file("a.ovf", kDescriptor) + tar_file("a.mf", manifest()) + tar_file("d.vmdk", disk) +
                      tar_end() + tar_end();
  }
  // Of "a.ovf" and "d.vmdk", as they are.
  std::string manifest() const {
    return "SHA256(a.ovf)= " + sha256_hex(kDescriptor) + "\nSHA256(d.vmdk)= " + sha256_hex(disk) + "\n";
  }
  std::string url(const std::string& path) const { return "http://127.0.0.1:" + std::to_string(server->port()) + path; }
  void nothing_is_there() {
    session.answer("RetrievePropertiesEx", inventory());
    session.answer_whole("RetrievePropertiesEx", recorded("RetrievePropertiesEx-lease-import"));
  }
  Status import() {
    return import_image(
        host, request, [&](const provider::TaskProgress& now) { told.push_back(now); }, no_hurry());
  }
  // Of an archive that ends an import half-way.
  void expect_nothing_left(const Status& refused, const std::string& says) {
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(Code::kInvalidArgument)) << refused.error().to_string();
    EXPECT_TRUE(refused.error().message().starts_with(says)) << refused.error().to_string();
    EXPECT_EQ(count("HttpNfcLeaseAbort"), 1U);
    EXPECT_EQ(count("HttpNfcLeaseComplete") + count("MarkAsTemplate"), 0U);
    EXPECT_EQ(count("Destroy_Task"), 1U);
  }
  Status import_wrong(const std::string& archive) {
    session.asked.clear();
    session.requests.clear();
    session.forget("RetrievePropertiesEx");
    session.answer("RetrievePropertiesEx", inventory());
    session.answer_whole("RetrievePropertiesEx", recorded("RetrievePropertiesEx-lease-import"));
    session.answer("RetrievePropertiesEx", imported(false, "key-1"));
    session.answer("RetrievePropertiesEx", task("success"));
    files["/a.ova"] = archive;
    return import();
  }
  std::size_t count(std::string_view method) const {
    return static_cast<std::size_t>(std::ranges::count(session.asked, method));
  }
  std::string request_of(std::string_view method) const {
    const auto at = std::ranges::find(session.asked, method);
    return at == session.asked.end() ? "" : session.requests[static_cast<std::size_t>(at - session.asked.begin())];
  }

  ScriptedSession session;
  const SystemClock clock{};
  Host host{session, clock, {}, true};
  std::map<std::string, std::string> files;
  std::unique_ptr<http::Server> server;
  provider::ImageRequest request;
  std::string disk;
  std::vector<provider::TaskProgress> told;
};

TEST_F(Importing, AnOvaBecomesATemplateInOneStream) {
  nothing_is_there();
  request.checksum = sha256_hex(files["/a.ova"]);
  const Status done = import();
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  const std::string create = request_of("CreateImportSpec");
  EXPECT_NE(create.find("<locale/><deploymentOption/><entityName>virtrigaud-key-1</entityName>"
                        "<hostSystem type=\"HostSystem\">host-50</hostSystem><diskProvisioning>thin"),
            std::string::npos)
      << create;
  const std::string order = request_of("ImportVApp");
  EXPECT_NE(order.find("<extraConfig><key>virtrigaud.image</key><value xsi:type=\"xsd:string\">key-1</value>"
                       "</extraConfig><vAppConfig"),
            std::string::npos)
      << order;
  EXPECT_NE(order.find("</spec><folder type=\"Folder\">group-v3</folder><host type=\"HostSystem\">host-50</host>"),
            std::string::npos);
  ASSERT_EQ(session.uploads.size(), 1U);
  EXPECT_TRUE(session.uploads[0].second == disk);
  const Upload& upload = session.uploads[0].first;
  EXPECT_EQ(upload.bytes, 65536);
  EXPECT_FALSE(upload.creates);
  EXPECT_TRUE(upload.url.ends_with("/disk-0.vmdk"));
  EXPECT_NE(request_of("MarkAsTemplate").find(">vm-171<"), std::string::npos);
  EXPECT_EQ(count("HttpNfcLeaseComplete"), 1U);
  EXPECT_EQ(count("HttpNfcLeaseAbort"), 0U);
  std::int64_t last = 0;
  for (const provider::TaskProgress& now : told) {
    EXPECT_GE(now.bytes_done, last);
    EXPECT_LE(now.bytes_done, now.bytes_total);
    last = now.bytes_done;
  }
  EXPECT_EQ(last, static_cast<std::int64_t>(files["/a.ova"].size()));
  EXPECT_EQ(told.back().percent, 100);
}

TEST_F(Importing, AnOvfsFilesAreFetchedBesideIt) {
  nothing_is_there();
  files["/x/a.ovf?sig=1"] = kDescriptor;
  files["/x/d.vmdk?sig=1"] = disk;
  request.url = url("/x/a.ovf?sig=1");
  request.checksum = sha256_hex(kDescriptor);
  const Status done = import();
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  ASSERT_EQ(session.uploads.size(), 1U);
  EXPECT_TRUE(session.uploads[0].second == disk);
}

TEST_F(Importing, AFinishedTemplateIsFound) {
  session.answer("RetrievePropertiesEx", inventory(machine_there()));
  session.answer("RetrievePropertiesEx", imported(true, "key-1"));
  ASSERT_TRUE(import().ok());
  EXPECT_EQ(count("CreateImportSpec") + count("Destroy_Task"), 0U);
}

TEST_F(Importing, WhatWasCutOffIsRemovedFirst) {
  session.answer("RetrievePropertiesEx", inventory(machine_there()));
  session.answer("RetrievePropertiesEx", imported(false, "key-1"));
  session.answer("RetrievePropertiesEx", task("success"));
  session.answer_whole("RetrievePropertiesEx", recorded("RetrievePropertiesEx-lease-import"));
  const Status done = import();
  ASSERT_TRUE(done.ok()) << done.error().to_string();
  EXPECT_NE(request_of("Destroy_Task").find(">vm-171<"), std::string::npos);
  EXPECT_EQ(count("MarkAsTemplate"), 1U);
}

TEST_F(Importing, WhatIsAnothersIsLeft) {
  for (const char* key : {"", "key-2"}) {
    session.forget("RetrievePropertiesEx");
    session.answer("RetrievePropertiesEx", inventory(machine_there()));
    session.answer("RetrievePropertiesEx", imported(false, key));
    const Status refused = import();
    ASSERT_FALSE(refused.ok());
    EXPECT_TRUE(refused.error().is(Code::kAlreadyExists)) << refused.error().to_string();
    EXPECT_TRUE(
        refused.error().message().starts_with("machine /DC0/vm/virtrigaud-key-1 (vm-171) has the image's name"));
  }
}

// Whatever is wrong with what comes: the lease is given up, and what vCenter left of it is removed.
TEST_F(Importing, WhatIsWrongLeavesNothing) {
  const std::string whole = files["/a.ova"];
  struct Case {
    const char* what;
    std::string archive, checksum, says;
    Code code;
  };
  const Case cases[] = {
      {"another sum", whole, std::string(64, '0'), "checksum is ", Code::kInvalidArgument},
      {"cut off in the disk", whole.substr(0, 10'000), "", "the archive ends at byte 10000, ", Code::kInvalidArgument},
      {"no disk in it", tar_file("a.ovf", kDescriptor) + tar_file("e.vmdk", disk) + tar_end(), "",
       "the descriptor names files that are not there: 'd.vmdk'", Code::kInvalidArgument},
      {"a disk of another size", tar_file("a.ovf", kDescriptor) + tar_file("d.vmdk", "short") + tar_end(), "",
       "it has 5 bytes, and the descriptor says 65536", Code::kInvalidArgument},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    request.checksum = c.checksum;
    expect_nothing_left(import_wrong(c.archive), c.says);
  }
}

// The order of the standard, and the other one that it allows; and none at all.
TEST_F(Importing, AManifestMayStandBehindTheDescriptorOrAtTheEndOrNowhere) {
  const std::string ovf = tar_file("a.ovf", kDescriptor), mf = tar_file("a.mf", manifest()),
                    cert = tar_file("a.cert", "whoever"), vmdk = tar_file("d.vmdk", disk);
  for (const std::string& archive : {ovf + mf + cert + vmdk, ovf + vmdk + mf + cert, ovf + vmdk}) {
    session.forget("RetrievePropertiesEx");
    nothing_is_there();
    files["/a.ova"] = archive + tar_end();
    const Status done = import();
    EXPECT_TRUE(done.ok()) << done.error().to_string();
  }
  EXPECT_EQ(count("MarkAsTemplate"), 3U);
}

TEST_F(Importing, AFileThatIsNotWhatTheManifestSaysLeavesNothing) {
  const std::string good = manifest(), other(64, '0');
  std::string bad_disk = good, bad_descriptor = good;
  bad_disk.replace(bad_disk.rfind("= ") + 2, 64, other);
  bad_descriptor.replace(bad_descriptor.find("= ") + 2, 64, other);
  const std::string ovf = tar_file("a.ovf", kDescriptor), vmdk = tar_file("d.vmdk", disk);
  const auto mf = [](const std::string& text) { return tar_file("a.mf", text); };
  const std::string says_disk =
      "file 'd.vmdk' of the package: its SHA256 is " + sha256_hex(disk) + ", and the manifest 'a.mf' says " + other;
  const std::string says_descriptor = "file 'a.ovf' of the package: its SHA256 is " + sha256_hex(kDescriptor) +
                                      ", and the manifest 'a.mf' says " + other;
  struct Case {
    const char* what;
    std::string archive, says;
  };
  const Case cases[] = {
      {"the disk, known before", ovf + mf(bad_disk) + vmdk, says_disk},
      {"the disk, known after", ovf + vmdk + mf(bad_disk), says_disk},
      {"the descriptor, before the disks", ovf + mf(bad_descriptor) + vmdk, says_descriptor},
      {"the descriptor, after the disks", ovf + vmdk + mf(bad_descriptor), says_descriptor},
      {"a file that vSphere has no use for",
       ovf + mf("SHA1(x.nvram)= " + std::string(40, '0')) + vmdk + tar_file("x.nvram", "abc"),
       "file 'x.nvram' of the package: its SHA1 is a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"a manifest that is none", ovf + mf("<html>") + vmdk, "line 1 of the manifest, '<html>': wanted"},
      {"a manifest without an end", ovf + mf(std::string(kManifestBytesMax + 1, '\n')) + vmdk,
       "the manifest is longer than 262144 bytes"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    expect_nothing_left(import_wrong(c.archive + tar_end()), c.says);
  }
}

TEST_F(Importing, AnOvfsManifestIsFetchedBesideItBeforeAnythingIsDone) {
  files["/x/a%20b.ovf"] = kDescriptor;
  files["/x/d.vmdk"] = disk;
  files["/x/a%20b.mf"] = "SHA1(a b.ovf)= " + std::string(40, '0');
  request.url = url("/x/a%20b.ovf");
  session.answer("RetrievePropertiesEx", inventory());
  const Status refused = import();
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kInvalidArgument)) << refused.error().to_string();
  EXPECT_EQ(count("CreateImportSpec"), 0U);

  files["/x/a%20b.mf"] = "SHA256(d.vmdk)= " + std::string(64, '0');
  const Status wrong_disk = import_wrong(files["/a.ova"]);
  ASSERT_FALSE(wrong_disk.ok());
  EXPECT_TRUE(wrong_disk.error().message().starts_with("file 'd.vmdk' of the package")) << wrong_disk.error().message();
  EXPECT_EQ(count("HttpNfcLeaseAbort"), 1U);

  for (const std::string& text : {"SHA256(d.vmdk)= " + sha256_hex(disk), std::string("<html>not found</html>")}) {
    files["/x/a%20b.mf"] = text;
    session.forget("RetrievePropertiesEx");
    nothing_is_there();
    const Status done = import();
    EXPECT_TRUE(done.ok()) << done.error().to_string();
  }
}

TEST_F(Importing, WhatIsNoPackageAsksVCenterForNothing) {
  struct Case {
    std::string bytes;
    const char* says;
  };
  const Case cases[] = {
      {"<html>not here</html>", "the descriptor is no OVF: found <html>"},
      {std::string(5000, 'x'), "it is neither a tar archive nor an OVF descriptor"},
      {tar_file("d.vmdk", disk) + tar_end(), "the archive begins with 'd.vmdk', wanted a descriptor"},
      {tar_file("a.ovf", std::string(kDescriptorBytesMax + 1, ' ')) + tar_end(),
       "the descriptor 'a.ovf' is longer than 4194304 bytes"},
      {"", "it is empty"},
  };
  for (const Case& c : cases) {
    session.answer("RetrievePropertiesEx", inventory());
    files["/a.ova"] = c.bytes;
    const Status refused = import();
    ASSERT_FALSE(refused.ok()) << c.says;
    EXPECT_TRUE(refused.error().is(Code::kInvalidArgument)) << refused.error().to_string();
    EXPECT_TRUE(refused.error().message().starts_with(c.says)) << refused.error().to_string();
  }
  files.erase("/a.ova");
  EXPECT_TRUE(import().error().is(Code::kNotFound));
  request.url.clear();
  EXPECT_TRUE(import().error().is(Code::kInvalidArgument));
  EXPECT_EQ(count("CreateImportSpec"), 0U);
}

TEST_F(Importing, TellsWhatVSphereSaysAgainstIt) {
  session.answer("RetrievePropertiesEx", inventory());
  session.forget("CreateImportSpec");
  session.answer(
      "CreateImportSpec",
      "<returnval><error><fault xsi:type=\"OvfUnsupportedType\"><name>scsi</name></fault><localizedMessage>The "
      "device is not known.</localizedMessage></error><error><fault xsi:type=\"OvfInvalidValue\"/>"
      "<localizedMessage>vmx-99</localizedMessage></error></returnval>");
  const Status refused = import();
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kInvalidArgument));
  EXPECT_EQ(refused.error().message(),
            "CreateImportSpec: OvfUnsupportedType ('scsi'): The device is not known.; CreateImportSpec: "
            "OvfInvalidValue: vmx-99");
}

TEST_F(Importing, ALeaseThatNeverIsReadySaysWhy) {
  session.answer("RetrievePropertiesEx", inventory());
  session.answer("RetrievePropertiesEx",
                 "<returnval>" +
                     object("HttpNfcLease", "lease",
                            property("state", "error") +
                                "<propSet><name>error</name><val xsi:type=\"LocalizedMethodFault\"><fault "
                                "xsi:type=\"NoDiskSpace\"/><localizedMessage>full</localizedMessage></val></propSet>") +
                     "</returnval>");
  const Status refused = import();
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kResourceExhausted)) << refused.error().to_string();
  EXPECT_EQ(count("HttpNfcLeaseAbort"), 1U);
}

TEST_F(Importing, ALeaseThatWasGivenUpIsTriedAgainLater) {
  nothing_is_there();
  session.answer("RetrievePropertiesEx", imported(true, ""));  // whatever is there is nobody's
  session.forget("HttpNfcLeaseComplete");
  session.refuse("HttpNfcLeaseComplete", "ManagedObjectNotFound",
                 {"HttpNfcLease", "session[eafd3017-fcc6-4375-a7cc-481f3b64f8e4]d806a3ca-bd19-4544-8dd4-c22dd69df2af"});
  const Status refused = import();
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().is(Code::kUnavailable)) << refused.error().to_string();
  EXPECT_EQ(count("Destroy_Task") + count("MarkAsTemplate"), 0U);
}

TEST_F(Importing, TheDatastoreIsTheImagesOrTheProviders) {
  host.defaults.storage = "nope";
  session.answer("RetrievePropertiesEx", inventory());
  EXPECT_TRUE(import().error().message().starts_with("datastore 'nope' is not there"));
  request.storage = "LocalDS_0";
  session.answer_whole("RetrievePropertiesEx", recorded("RetrievePropertiesEx-lease-import"));
  const Status done = import();
  EXPECT_TRUE(done.ok()) << done.error().to_string();
}

}  // namespace
}  // namespace rig::vsphere
