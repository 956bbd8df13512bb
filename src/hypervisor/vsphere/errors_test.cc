// vsphere/errors_test.cc — every recorded fault, in each of its places, becomes the error that it shall.
#include "hypervisor/vsphere/errors.h"

#include <gtest/gtest.h>

#include <set>

#include "hypervisor/vsphere/codec.h"
#include "hypervisor/vsphere/properties.h"
#include "hypervisor/vsphere/recorded_test.h"

namespace rig::vsphere {
namespace {

struct Case {
  const char* recording;
  Code code;
  const char* says;
};

TEST(Fault, InASoapFaultNamesWhatItIsAbout) {
  const Case cases[] = {
      {"Login-bad-password", Code::kUnauthenticated, "x: InvalidLogin: Login failure"},
      {"CurrentTime-unauthenticated", Code::kUnauthenticated,
       "x: NotAuthenticated (privilege System.View, object ServiceInstance)"},
      {"CurrentTime-after-logout", Code::kUnauthenticated, "x: NotAuthenticated"},
      {"RetrievePropertiesEx-deleted-object", Code::kNotFound,
       "x: ManagedObjectNotFound (object vm-999999): The object "},
      {"Destroy_Task-gone", Code::kNotFound, "x: ManagedObjectNotFound (object "},
      {"RemoveSnapshot_Task-gone", Code::kNotFound, "x: ManagedObjectNotFound (object "},
      {"MakeDirectory-exists", Code::kAlreadyExists, "x: FileAlreadyExists (file "},
      {"PowerOnVM_Task-template", Code::kFailedPrecondition, "x: InvalidState"},
      {"RebootGuest", Code::kFailedPrecondition, "x: ToolsUnavailable"},
      {"RecommendDatastores", Code::kInvalidArgument, "x: InvalidArgument (field configSpec.files)"},
      {"ExportVm", Code::kUnimplemented, "x: MethodNotFound"},
      {"unknown-method", Code::kInternal, "x: InvalidRequest"},
      {"malformed", Code::kInternal, "x: InvalidRequest: xml.Unmarshal: XML syntax error"},
  };
  for (const Case& c : cases) {
    for (const std::string& text : {recorded(c.recording), with_xsi(recorded(c.recording))}) {
      const auto fault = read_fault(text);
      ASSERT_TRUE(fault.has_value()) << c.recording;
      const Error error = fault_error(*fault, "x");
      EXPECT_EQ(to_string(error.code()), to_string(c.code)) << c.recording;
      EXPECT_TRUE(error.message().starts_with(c.says)) << error.message();
    }
  }
}

TEST(Fault, InATaskNamesWhatItIsAbout) {
  const Case cases[] = {
      {"Task-info-clone-duplicate", Code::kAlreadyExists, "x: DuplicateName ('web-01', object vm-99)"},
      {"Task-info-poweron-again", Code::kFailedPrecondition,
       "x: InvalidPowerState (state poweredOn, wanted state poweredOn)"},
      {"Task-info-PowerOffVM_Task-already-off", Code::kFailedPrecondition, "x: InvalidPowerState (state poweredOff"},
      {"Task-info-Destroy_Task-powered-on", Code::kFailedPrecondition, "x: InvalidPowerState (state poweredOn"},
      {"Task-info-create-nofiles", Code::kInvalidArgument, "x: InvalidVmConfig (field "},
      {"Task-info-create-missing-disk", Code::kNotFound, "x: FileNotFound (file "},
      {"Task-info-DeleteDatastoreFile_Task-missing", Code::kNotFound, "x: FileNotFound (file "},
      {"Task-info-CopyVirtualDisk_Task-exists", Code::kAlreadyExists, "x: FileAlreadyExists"},
      {"Task-info-cancelled", Code::kCancelled, "x: RequestCanceled"},
      {"Task-info-UpgradeVM_Task-lower", Code::kUnknown, "x: AlreadyUpgradedFault"},
      {"Task-info-CustomizeVM_Task", Code::kInvalidArgument, "x: NicSettingMismatch"},
  };
  for (const Case& c : cases) {
    const auto result = read_answer<RetrieveProperties>(recorded(c.recording));
    TaskProps props;
    ASSERT_TRUE(result.ok() && take_properties(result->objects.front().props, props).ok()) << c.recording;
    ASSERT_TRUE(props.info.error.has_value()) << c.recording;
    const Error error = fault_error(*props.info.error, "x");
    EXPECT_EQ(to_string(error.code()), to_string(c.code)) << c.recording;
    EXPECT_TRUE(error.message().starts_with(c.says)) << error.message();
  }
}

TEST(Fault, InAMissingSetIsAnError) {
  const auto bad = read_answer<RetrieveProperties>(recorded("RetrievePropertiesEx-bad-property"));
  ASSERT_TRUE(bad.ok());
  const Status status = check_missing(bad->objects.front().missing, "machine 'vm-86'");
  ASSERT_FALSE(status.ok());
  EXPECT_TRUE(status.error().is(Code::kInvalidArgument));
  EXPECT_EQ(status.error().message(),
            "machine 'vm-86', property no.such.property: InvalidProperty ('no.such.property')");
  EXPECT_TRUE(check_missing({}, "x").ok());
}

TEST(Fault, OfSeveralTheDoubtAboutWhoAsksCounts) {
  const auto missing = [](const char* type) {
    MissingProperty property;
    property.path = "p";
    property.fault.fault.xsi_type = type;
    property.fault.fault.privilege_id = "System.Read";
    return property;
  };
  EXPECT_TRUE(check_missing({missing("InvalidProperty"), missing("NoPermission"), missing("NotAuthenticated")}, "x")
                  .error()
                  .is(Code::kUnauthenticated));
  const Status denied = check_missing({missing("InvalidProperty"), missing("NoPermission")}, "x");
  EXPECT_TRUE(denied.error().is(Code::kPermissionDenied));
  EXPECT_NE(denied.error().message().find("privilege System.Read"), std::string::npos);
}

TEST(Fault, TellsEveryMissingPrivilege) {
  const std::string create = "VirtualMachine.Inventory.CreateFromExisting";
  Fault fault;
  fault.xsi_type = "NoPermission";
  fault.object = {"Folder", "group-v3"};
  fault.privilege_id = create;
  fault.missing_privileges = {{fault.object, {create, "VirtualMachine.Provisioning.DeployTemplate"}}};
  EXPECT_EQ(
      fault_error({fault, "Permission to perform this operation was denied."}, "clone").message(),
      "clone: NoPermission (privilege VirtualMachine.Inventory.CreateFromExisting, object group-v3, privilege "
      "VirtualMachine.Provisioning.DeployTemplate on group-v3): Permission to perform this operation was denied.");
}

TEST(Fault, OfAnotherObjectIsNoWordAboutThisOne) {
  const MoRef asked{"VirtualMachine", "vm-999999"};
  const Error gone = fault_error(*read_fault(recorded("RetrievePropertiesEx-deleted-object")), "x");
  EXPECT_TRUE(says_gone(gone, asked));
  EXPECT_FALSE(says_gone(gone, MoRef{"VirtualMachine", "vm-1"}));
  EXPECT_FALSE(says_gone(fault_error(*read_fault(recorded("CurrentTime-unauthenticated")), "x"), asked));
  EXPECT_FALSE(says_gone(Error(Code::kNotFound, "x"), asked));
}

TEST(Fault, HasOneRowEach) {
  std::set<std::string_view> types;
  for (const FaultRow& row : fault_rows()) EXPECT_TRUE(types.insert(row.type).second) << row.type;
}

TEST(ForeignAnswer, IsDoubtOrAnotherProduct) {
  EXPECT_FALSE(read_fault("<html><body>503 Service Unavailable</body></html>").has_value());
  EXPECT_TRUE(foreign_answer(503, "<html>", "x").is(Code::kUnavailable));
  EXPECT_TRUE(foreign_answer(500, "", "x").is(Code::kUnavailable));
  const Error page = foreign_answer(200, "<!DOCTYPE html><HTML>", "x");
  EXPECT_TRUE(page.is(Code::kFailedPrecondition));
  EXPECT_EQ(page.message(), "x: status 200 and a web page, which is no answer of the API of vSphere");
  EXPECT_EQ(foreign_answer(404, "", "x").message(), "x: status 404, which is no answer of the API of vSphere");
}

}  // namespace
}  // namespace rig::vsphere
