// proxmox/errors_test.cc — every recorded refusal and every task that failed, and a case for each row that none
// reaches.
#include "hypervisor/proxmox/errors.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "hypervisor/proxmox/recorded_test.h"

namespace rig::proxmox {
namespace {

http::Reply reply_of(int status, std::string reason, std::string body = "") {
  return {.status = status, .headers = {}, .body = std::move(body), .reason = std::move(reason)};
}

const ErrorRow* row_of(int status, std::string_view text) {
  for (const ErrorRow& row : error_rows())
    if ((row.status == 0 || row.status == status) && text.find(row.part) != std::string_view::npos) return &row;
  return nullptr;
}

struct Expected {
  const char* part;  // of the message
  Code code;
};
// In the order of what is most telling; the first that fits counts.
const std::vector<Expected> kExpected = {
    {"No ticket", Code::kUnauthenticated},
    {"uthentication failure", Code::kUnauthenticated},
    {"Authentication failed!", Code::kUnauthenticated},
    {"invalid csrf token", Code::kUnauthenticated},
    {"invalid PVEVNC ticket", Code::kUnauthenticated},
    {"Permission check failed", Code::kPermissionDenied},
    {"nly root", Code::kPermissionDenied},
    {"can't lock file", Code::kUnavailable},
    {"qemu-server/", Code::kNotFound},
    {"could not find", Code::kNotFound},
    {"unable to find configuration file", Code::kNotFound},
    {"unable to create VM 100 - VM 100 already exists", Code::kAlreadyExists},
    {"Connection refused", Code::kUnavailable},
    {"VM is locked", Code::kUnavailable},
    {"file change by other user", Code::kAborted},
    {"QEMU guest agent is not running", Code::kUnavailable},
    {"Timeout while waiting for port", Code::kUnavailable},
    {"quit/powerdown failed", Code::kDeadlineExceeded},
    {"No QEMU guest agent configured", Code::kFailedPrecondition},
    {"destroy failed", Code::kFailedPrecondition},
    {"running", Code::kFailedPrecondition},
    {"template", Code::kFailedPrecondition},
    {"shared \"write\" lock", Code::kFailedPrecondition},
    {"protection mode", Code::kFailedPrecondition},
    {"HA resources", Code::kFailedPrecondition},
    {"linked cloned", Code::kFailedPrecondition},
    {"Linked clone feature", Code::kFailedPrecondition},
    {"snapshot feature", Code::kFailedPrecondition},
    {"target is local node", Code::kFailedPrecondition},
    {"download failed", Code::kFailedPrecondition},
    {"unable to find command", Code::kFailedPrecondition},
    {"unable to create image", Code::kOutOfRange},
    {"shrinking", Code::kOutOfRange},
    {"already used", Code::kAlreadyExists},
    {"user 'op@pve' already exists", Code::kAlreadyExists},
    {"refusing to override", Code::kAlreadyExists},
    {"no such task", Code::kNotFound},
    {"no such cluster node", Code::kNotFound},
    {"hostname lookup", Code::kNotFound},
    {"failed to stat", Code::kNotFound},
    {"does not exist", Code::kNotFound},
    {"not implemented", Code::kUnimplemented},
    {"linked clones", Code::kInvalidArgument},
    {"reserved name", Code::kInvalidArgument},
    {"SSH public key", Code::kInvalidArgument},
    {"unable to parse directory volume name", Code::kInvalidArgument},
    {"checksum mismatch: got", Code::kInvalidArgument},
    // Of what we never ask for, or what only the recording's machine lacks: shown as it is.
    {"could not load supported machine versions", Code::kUnknown},
    {"genisoimage", Code::kUnknown},
    {"query-savevm", Code::kUnknown},
    {"delete pool failed", Code::kUnknown},
    {"ha rule", Code::kUnknown},
    {"ha groups", Code::kUnknown},
    {"Failed to run vncproxy", Code::kUnknown},
};

class Recorded : public ::testing::Test {
 protected:
  // `status` 400 with names of parameters is kInvalidArgument where nothing else is said.
  void expect(const Error& error, int status, std::string_view from) {
    for (const Expected& expected : kExpected) {
      if (error.message().find(expected.part) == std::string::npos) continue;
      EXPECT_EQ(error.code(), expected.code) << from << ": " << error.to_string();
      return;
    }
    EXPECT_EQ(status, 400) << from << ": nothing is expected of " << error.to_string();
    EXPECT_EQ(error.code(), Code::kInvalidArgument) << from << ": " << error.to_string();
  }
};

TEST_F(Recorded, RefusalsAreEachOneCode) {
  for (const json::Value& entry : recorded("replies.json")) {
    const int status = static_cast<int>(entry.integer({"status"}));
    const std::string doing = std::string(entry.text({"method"})) + " " + std::string(entry.text({"path"}));
    const Error error =
        reply_error(reply_of(status, std::string(entry.text({"reason"})), std::string(entry.text({"body"}))), doing);
    expect(error, status, entry.text({"from"}));
    EXPECT_TRUE(error.message().starts_with(doing + ": ")) << error.message();
  }
}

TEST_F(Recorded, TasksThatFailedAreEachOneCode) {
  int failed = 0;
  for (const json::Value& entry : recorded("tasks.json")) {
    const std::string_view text = entry.text({"status", "exitstatus"});
    if (text == "OK" || text.empty()) continue;
    expect(task_error(text, "work"), 0, entry.text({"from"}));
    ++failed;
  }
  EXPECT_GT(failed, 20);
}

TEST(Errors, WithoutABodyTellTheReasonPhrase) {
  const Error error = reply_error(reply_of(595, "Connection refused"), "GET /nodes/pve1/qemu");
  EXPECT_EQ(error.message(), "GET /nodes/pve1/qemu: Connection refused");
  EXPECT_EQ(reply_error(reply_of(595, ""), "GET /a").message(), "GET /a: status 595");
}

TEST(Errors, NameEveryParameterThatWasRefused) {
  const Error error = reply_error(
      reply_of(
          400, "Parameter verification failed.",
          R"({"errors":{"memory":"invalid format - format error\nmemory.current: value must have a minimum of 16\n",)"
          R"("cores":"type check ('integer') failed - got 'abc'"},"message":"Parameter verification failed.\n"})"),
      "PUT /a");
  EXPECT_EQ(error.message(),
            "PUT /a: cores: type check ('integer') failed - got 'abc'; memory: invalid format - format error, "
            "memory.current: value must have a minimum of 16");
}

TEST(Errors, DoNotTellSecretParameters) {
  const Error error = reply_error(
      reply_of(400, "Parameter verification failed.", R"({"errors":{"cipassword":"bad: hunter2","vmid":"bad"}})"),
      "PUT /a");
  EXPECT_EQ(error.message(), "PUT /a: cipassword: refused; vmid: bad");
}

TEST(Errors, OfNoRowSayTheStatusOrTheText) {
  const Error reply = reply_error(reply_of(500, "strange"), "GET /a");
  EXPECT_EQ(reply.code(), Code::kUnknown);
  EXPECT_EQ(reply.message(), "GET /a: strange (status 500)");
  EXPECT_EQ(task_error("strange\n", "start 100").message(), "start 100: the task ended with: strange");
  EXPECT_LT(task_error(std::string(100'000, 'x'), "a").message().size(), 2000U);
}

TEST(Errors, ASuccessThatIsNoAnswerIsDoubt) {
  EXPECT_EQ(reply_error(reply_of(200, "OK", "<html>"), "GET /a").code(), Code::kUnavailable);
}

TEST(Errors, OnlyTheNodesOwnWordSaysThatAMachineIsMissing) {
  const char* missing[] = {"Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist",
                           "unable to find configuration file for VM 120 on node 'pve1'", "could not find VM 131"};
  for (const char* text : missing) EXPECT_TRUE(says_machine_is_missing(reply_error(reply_of(500, text), "a"))) << text;
  struct Case {
    int status;
    const char* text;
  };
  const Case others[] = {
      {595, "Connection refused"},
      {596, "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"},
      {401, "No ticket"},
      {403, "Permission check failed (/vms/999, VM.Audit)"},
      {404, "Not Found"},
      {503, "Service Unavailable"},
      {500, "storage 'nostore' does not exist"},
      {500, "hostname lookup 'nope' failed - failed to get address info for: nope"},
      {500, "no such cluster node 'pve2'"},
      {501, "Method 'GET /nosuch' not implemented"},
  };
  for (const Case& c : others)
    EXPECT_FALSE(says_machine_is_missing(reply_error(reply_of(c.status, c.text), "a"))) << c.text;
}

// What was not recorded, so that every row is reached.
const std::vector<std::pair<int, const char*>> kUnrecorded = {
    {596, "Broken pipe"},
    {597, "read error"},
    {598, "stopped"},
    {599, "Too many redirections"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Time-out"},
    {429, "Too Many Requests"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {404, "Not Found"},
    {501, "for data too large"},
    {0, "unexpected status"},
    {0, "clone failed: interrupted by signal"},
    {0, "received interrupt"},
    {0, "qemu-img: error while writing: No space left on device"},
    {0, "write: Disk quota exceeded"},
    {0, "lvcreate error: Volume group \"pve\" has insufficient free space (10 extents): 25 required."},
    {0, "zfs error: cannot create 'rpool/data/vm-1-disk-0': out of space"},
    {0, "download failed: exit code 5"},
    {0, "download failed: exit code 4"},
};

TEST(Errors, EveryRowIsReachedByARecordingOrACase) {
  std::set<const ErrorRow*> reached;
  for (const json::Value& entry : recorded("replies.json")) {
    const int status = static_cast<int>(entry.integer({"status"}));
    const Error error =
        reply_error(reply_of(status, std::string(entry.text({"reason"})), std::string(entry.text({"body"}))), "");
    reached.insert(row_of(status, error.message()));
  }
  for (const json::Value& entry : recorded("tasks.json")) {
    const std::string_view text = entry.text({"status", "exitstatus"});
    if (text != "OK" && !text.empty()) reached.insert(row_of(0, text));
  }
  for (const auto& [status, text] : kUnrecorded) {
    EXPECT_TRUE(reached.insert(row_of(status, text)).second) << text << ": a recording has it";
    const Error error = status == 0 ? task_error(text, "a") : reply_error(reply_of(status, text), "a");
    EXPECT_EQ(error.code(), row_of(status, text)->code) << text;
  }
  for (const ErrorRow& row : error_rows()) EXPECT_TRUE(reached.contains(&row)) << row.status << " " << row.part;
}

}  // namespace
}  // namespace rig::proxmox
