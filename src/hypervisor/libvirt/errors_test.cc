// libvirt/errors_test.cc — a case per row of the table.
#include "hypervisor/libvirt/errors.h"

#include <gtest/gtest.h>
#include <libvirt/virterror.h>

#include <set>
#include <string>
#include <vector>

namespace rig::libvirt {
namespace {

struct Case {
  int number;
  const char* message;
  Code code;
};
const std::vector<Case> kCases = {
    {VIR_ERR_INTERNAL_ERROR, "Child process (qemu-img) unexpected exit status 1: write: No space left on device",
     Code::kResourceExhausted},
    {VIR_ERR_SYSTEM_ERROR, "Unable to write: Disk quota exceeded", Code::kResourceExhausted},
    {VIR_ERR_SYSTEM_ERROR, "cannot fork child process: Cannot allocate memory", Code::kResourceExhausted},
    {VIR_ERR_INTERNAL_ERROR, "qemu: cannot set up guest memory 'pc.ram'", Code::kResourceExhausted},
    {VIR_ERR_OPERATION_INVALID, "Requested operation is not valid: network 'default' is not active",
     Code::kFailedPrecondition},
    {VIR_ERR_INTERNAL_ERROR, "process exited: Failed to get \"write\" lock", Code::kFailedPrecondition},
    {VIR_ERR_OPERATION_INVALID, "volume 'x.img' is still in use.", Code::kUnavailable},
    {VIR_ERR_AUTH_FAILED, "authentication failed: host key does not match", Code::kUnauthenticated},
    {VIR_ERR_AUTH_FAILED, "authentication failed: !!! SSH HOST KEY VERIFICATION FAILED !!!", Code::kUnauthenticated},
    {VIR_ERR_SSH, "SSH transport error: no suitable callback for host key verification", Code::kUnauthenticated},
    {VIR_ERR_SSH, "SSH transport error: Remote command terminated with non-zero code: 127", Code::kUnavailable},
    {VIR_ERR_SYSTEM_ERROR, "Cannot access storage file: Permission denied", Code::kPermissionDenied},
    {VIR_ERR_SYSTEM_ERROR, "cannot create path: File exists", Code::kAlreadyExists},
    {VIR_ERR_OPERATION_FAILED, "operation failed: pool 'x' already exists with uuid 3aa09227", Code::kAlreadyExists},
    {VIR_ERR_NO_DOMAIN, "Domain not found", Code::kNotFound},
    {VIR_ERR_NO_STORAGE_POOL, "Storage pool not found", Code::kNotFound},
    {VIR_ERR_NO_STORAGE_VOL, "Storage volume not found", Code::kNotFound},
    {VIR_ERR_NO_NETWORK, "Network not found", Code::kNotFound},
    {VIR_ERR_NO_DOMAIN_METADATA, "Metadata not found", Code::kNotFound},
    {VIR_ERR_NO_DOMAIN_SNAPSHOT, "Domain snapshot not found", Code::kNotFound},
    {VIR_ERR_NO_SECRET, "Secret not found", Code::kNotFound},
    {VIR_ERR_DEVICE_MISSING, "device not found", Code::kNotFound},
    {VIR_ERR_DOM_EXIST, "domain exists already", Code::kAlreadyExists},
    {VIR_ERR_STORAGE_VOL_EXIST, "storage volume name already in use", Code::kAlreadyExists},
    {VIR_ERR_STORAGE_POOL_BUILT, "Storage pool already built", Code::kAlreadyExists},
    {VIR_ERR_INVALID_ARG, "invalid argument", Code::kInvalidArgument},
    {VIR_ERR_XML_ERROR, "XML error", Code::kInvalidArgument},
    {VIR_ERR_XML_DETAIL, "XML error: line 3", Code::kInvalidArgument},
    {VIR_ERR_XML_INVALID_SCHEMA, "XML document failed to validate", Code::kInvalidArgument},
    {VIR_ERR_CONFIG_UNSUPPORTED, "unsupported configuration", Code::kInvalidArgument},
    {VIR_ERR_OPERATION_INVALID, "domain is not running", Code::kFailedPrecondition},
    {VIR_ERR_OPERATION_DENIED, "operation forbidden for read only access", Code::kPermissionDenied},
    {VIR_ERR_ACCESS_DENIED, "access denied", Code::kPermissionDenied},
    {VIR_ERR_AUTH_FAILED, "authentication failed", Code::kUnauthenticated},
    {VIR_ERR_AUTH_CANCELLED, "authentication cancelled", Code::kUnauthenticated},
    {VIR_ERR_AUTH_UNAVAILABLE, "authentication unavailable", Code::kUnauthenticated},
    {VIR_ERR_NO_SUPPORT, "this function is not supported by the connection driver", Code::kUnimplemented},
    {VIR_ERR_OPERATION_UNSUPPORTED, "Operation not supported", Code::kUnimplemented},
    {VIR_ERR_ARGUMENT_UNSUPPORTED, "argument unsupported", Code::kUnimplemented},
    {VIR_ERR_OPERATION_TIMEOUT, "Timed out during operation: cannot acquire state change lock", Code::kUnavailable},
    {VIR_ERR_AGENT_UNRESPONSIVE, "Guest agent is not responding", Code::kUnavailable},
    {VIR_ERR_AGENT_UNSYNCED, "guest agent replied with wrong id", Code::kUnavailable},
    {VIR_ERR_RESOURCE_BUSY, "resource busy", Code::kUnavailable},
    {VIR_ERR_OPERATION_ABORTED, "operation aborted", Code::kCancelled},
    {VIR_ERR_NO_MEMORY, "out of memory", Code::kResourceExhausted},
    {VIR_ERR_RPC, "Cannot write data: Broken pipe", Code::kUnavailable},
    {VIR_ERR_NO_CONNECT, "no connection driver available", Code::kUnavailable},
    {VIR_ERR_INVALID_CONN, "invalid connection pointer", Code::kUnavailable},
    {VIR_ERR_SYSTEM_ERROR, "Failed to connect socket to '/run/x': Connection refused", Code::kUnavailable},
    {VIR_ERR_SSH, "SSH transport error", Code::kUnavailable},
    {VIR_ERR_GNUTLS_ERROR, "gnutls_handshake() failed", Code::kUnavailable},
    {VIR_ERR_OPERATION_FAILED, "operation failed: disk vda not found", Code::kFailedPrecondition},
    {VIR_ERR_INTERNAL_ERROR, "client socket is closed", Code::kUnavailable},
    {VIR_ERR_INTERNAL_ERROR, "received hangup event on socket", Code::kUnavailable},
    {VIR_ERR_INTERNAL_ERROR, "connection closed due to keepalive timeout", Code::kUnavailable},
    {VIR_ERR_INTERNAL_ERROR, "qemu unexpectedly closed the monitor", Code::kFailedPrecondition},
};

const ErrorRow* row_of(const Case& c) {
  for (const ErrorRow& row : error_rows()) {
    const bool number = row.number == 0 || row.number == c.number;
    if (number && std::string_view(c.message).find(row.part) != std::string_view::npos) return &row;
  }
  return nullptr;
}

TEST(Errors, EveryRowHasACaseThatReachesIt) {
  std::set<const ErrorRow*> reached;
  for (const Case& c : kCases) {
    const Error error = to_error(c.number, c.message, "start 'a'");
    EXPECT_EQ(error.code(), c.code) << c.message;
    EXPECT_NE(error.to_string().find(std::string("start 'a': ") + c.message), std::string::npos) << error.to_string();
    reached.insert(row_of(c));
  }
  for (const ErrorRow& row : error_rows()) EXPECT_TRUE(reached.contains(&row)) << row.number << " " << row.part;
}

TEST(Errors, OfNoRowSaysItsNumber) {
  const Error error = to_error(VIR_ERR_HTTP_ERROR, "strange\n", "start 'a'");
  EXPECT_EQ(error.code(), Code::kUnknown);
  EXPECT_EQ(error.message(), "start 'a': strange (libvirt error " + std::to_string(VIR_ERR_HTTP_ERROR) + ")");
}

}  // namespace
}  // namespace rig::libvirt
