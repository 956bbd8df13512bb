// proxmox/errors.cc — the table.
#include "hypervisor/proxmox/errors.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/json/json.h"
#include "base/text.h"

namespace rig::proxmox {
namespace {

constexpr std::string_view kLoginHint =
    "Check token_id and token_secret, or username and password, in the Provider's Secret.";
constexpr std::string_view kRightsHint = "Give the account, and its token, that privilege on that path.";
constexpr std::string_view kRootHint = "Proxmox VE lets nobody but root@pam, without a token, do that.";
constexpr std::string_view kDoubtHint = "Nothing is known about the effect; it is looked at again.";
constexpr std::string_view kEndpointHint =
    "Is the Provider's endpoint the API of Proxmox VE, as in https://HOST:8006, and no proxy's page?";
constexpr std::string_view kLockHint =
    "Wait for the task that holds it. When none runs, it was cut off: look, then qm unlock on the node.";
constexpr std::string_view kSpaceHint = "Free space on the storage, or name another one.";
constexpr std::string_view kVersionHint = "The node's Proxmox VE may be too old; 8.4 or newer is needed.";

// The first row that fits counts.
constexpr std::array kRows = {
    // What the status alone decides: the text is of one of a thousand places.
    ErrorRow{401, "", Code::kUnauthenticated, kLoginHint},
    ErrorRow{403, "", Code::kPermissionDenied, kRightsHint},
    ErrorRow{595, "", Code::kUnavailable, kDoubtHint},
    ErrorRow{596, "", Code::kUnavailable, kDoubtHint},  // [src] with 597 to 599: pve-http-server, AnyEvent::HTTP
    ErrorRow{597, "", Code::kUnavailable, kDoubtHint},
    ErrorRow{598, "", Code::kUnavailable, kDoubtHint},
    ErrorRow{599, "", Code::kUnavailable, kDoubtHint},
    ErrorRow{502, "", Code::kUnavailable, kDoubtHint},  // [k] with 503 and 504: of a proxy in front
    ErrorRow{503, "", Code::kUnavailable, kDoubtHint},
    ErrorRow{504, "", Code::kUnavailable, kDoubtHint},
    ErrorRow{429, "", Code::kResourceExhausted, ""},  // [k] likewise
    ErrorRow{301, "", Code::kFailedPrecondition, kEndpointHint},
    ErrorRow{302, "", Code::kFailedPrecondition, kEndpointHint},
    ErrorRow{404, "", Code::kFailedPrecondition, kEndpointHint},  // [k] never of a missing machine
    ErrorRow{501, "for data too large", Code::kOutOfRange, ""},   // [src] a body of more than 512 KiB
    ErrorRow{501, "", Code::kUnimplemented, kVersionHint},

    // Machines that are not there, or there already.
    ErrorRow{0, ".conf' does not exist", Code::kNotFound, "", true},
    ErrorRow{0, "unable to find configuration file for VM", Code::kNotFound, "", true},
    ErrorRow{0, "could not find VM", Code::kNotFound, "", true},
    ErrorRow{0, "could not find target VM", Code::kNotFound, ""},
    ErrorRow{0, "already exists on node", Code::kAlreadyExists, ""},

    // Others at work on the same machine.
    ErrorRow{0, "checksum mismatch (file change by other user?)", Code::kAborted, ""},
    ErrorRow{0, "can't lock file", Code::kUnavailable, "Another task is at work on the machine; it is tried again."},
    ErrorRow{0, "VM is locked", Code::kUnavailable, kLockHint},
    ErrorRow{0, "Failed to get shared \"write\" lock", Code::kFailedPrecondition,
             "Another machine or process has this disk open."},
    ErrorRow{0, "unexpected status", Code::kUnavailable, kDoubtHint},  // [src] the worker died without a last word
    ErrorRow{0, "interrupted by signal", Code::kCancelled, ""},        // [src] what a cancelled worker says
    ErrorRow{0, "received interrupt", Code::kCancelled, ""},           // [src] likewise

    // The machine's own state.
    ErrorRow{0, "is running - destroy failed", Code::kFailedPrecondition, ""},
    ErrorRow{0, "already running", Code::kFailedPrecondition, ""},
    ErrorRow{0, "QEMU guest agent is not running", Code::kUnavailable, ""},
    ErrorRow{0, "No QEMU guest agent configured", Code::kFailedPrecondition, ""},
    ErrorRow{0, "not running", Code::kFailedPrecondition, ""},
    ErrorRow{0, "can't start a vm if it's a template", Code::kFailedPrecondition, ""},
    ErrorRow{0, "quit/powerdown failed - got timeout", Code::kDeadlineExceeded, "What runs on it did not shut down."},
    ErrorRow{0, "protection mode enabled", Code::kFailedPrecondition, "Take the machine's protection off."},
    ErrorRow{0, "used in HA resources", Code::kFailedPrecondition, ""},
    ErrorRow{0, "still in use by linked clone", Code::kFailedPrecondition, "Remove the clones first."},
    ErrorRow{0, "VM contains snapshots", Code::kFailedPrecondition, "Remove its snapshots first."},
    ErrorRow{0, "snapshot feature is not available", Code::kFailedPrecondition,
             "A disk is on a storage, or in a format, without snapshots."},
    ErrorRow{0, "already used", Code::kAlreadyExists, ""},
    ErrorRow{0, "(reserved name)", Code::kInvalidArgument, ""},

    // What the machine is made of.
    ErrorRow{0, "Linked clone feature is not supported", Code::kFailedPrecondition,
             "Only of a template can a linked clone be made; ask for a full one."},
    ErrorRow{0, "not allowed for linked clones", Code::kInvalidArgument,
             "A linked clone lies where its template lies."},
    ErrorRow{0, "shrinking disks is not supported", Code::kOutOfRange, ""},
    ErrorRow{0, "The image size is too large", Code::kOutOfRange, ""},
    ErrorRow{0, "No space left on device", Code::kResourceExhausted, kSpaceHint},  // [k]
    ErrorRow{0, "Disk quota exceeded", Code::kResourceExhausted, kSpaceHint},      // [k]
    ErrorRow{0, "insufficient free space", Code::kResourceExhausted, kSpaceHint},  // [k] LVM
    ErrorRow{0, "out of space", Code::kResourceExhausted, kSpaceHint},             // [k] ZFS
    ErrorRow{0, "SSH public key validation error", Code::kInvalidArgument, ""},
    ErrorRow{0, "unable to parse directory volume name", Code::kInvalidArgument, ""},
    ErrorRow{0, "storage '", Code::kNotFound, "Name a storage that the node has (pvesm status)."},
    ErrorRow{0, "failed to stat '", Code::kNotFound, "The image is not, or no longer, on the storage."},
    ErrorRow{0, "no such cluster node", Code::kNotFound, "Name a node of the cluster (pvecm nodes)."},
    ErrorRow{0, "hostname lookup '", Code::kNotFound, "Name a node of the cluster (pvecm nodes)."},
    ErrorRow{0, "no such task", Code::kNotFound, ""},

    // Images that are fetched.
    ErrorRow{0, "refusing to override existing file", Code::kAlreadyExists, ""},
    ErrorRow{0, "checksum mismatch: got", Code::kInvalidArgument, "Check the checksum, or fetch it again."},
    ErrorRow{0, "download failed: exit code 8", Code::kFailedPrecondition,  // wget(1), EXIT STATUS
             "The server answers with an error: check the URL."},
    ErrorRow{0, "download failed: exit code 5", Code::kFailedPrecondition,  // [k]
             "The node does not trust the server's certificate."},
    ErrorRow{0, "download failed", Code::kUnavailable, "The node could not fetch it; it is tried again."},  // [k]

    // What is for root alone, and what is on no node.
    ErrorRow{0, "Only root ", Code::kPermissionDenied, kRootHint},
    ErrorRow{0, "only root ", Code::kPermissionDenied, kRootHint},
    ErrorRow{0, "unable to find command", Code::kFailedPrecondition, "Install it on the node."},
    ErrorRow{0, "target is local node", Code::kFailedPrecondition, ""},
    ErrorRow{0, "Timeout while waiting for port", Code::kUnavailable, ""},
    ErrorRow{0, "does not exist", Code::kNotFound, ""},
    ErrorRow{0, "already exists", Code::kAlreadyExists, ""},
    ErrorRow{400, "", Code::kInvalidArgument, ""},
};

constexpr std::string_view kSecretParameters[] = {"password", "cipassword", "sshkeys"};
constexpr std::size_t kTextMax = 1000;  // of an answer within an error

struct MissingMachine final : ErrorDetail {};

Error from_row(const ErrorRow& row, std::string message) {
  Error error = Error(row.code, std::move(message)).with_hint(std::string(row.hint));
  if (row.machine_missing) return std::move(error).with_detail(std::make_shared<MissingMachine>());
  return error;
}

const ErrorRow* find_row(int status, std::string_view text) {
  const auto found = std::ranges::find_if(kRows, [&](const ErrorRow& row) {
    return (row.status == 0 || row.status == status) && text.find(row.part) != std::string_view::npos;
  });
  return found == kRows.end() ? nullptr : &*found;
}

// "net0: ...; vmid: ...", with what was wrong on one line each.
std::string refused_parameters(const json::Value& body) {
  const json::Value* errors = body.find("errors");
  if (errors == nullptr || !errors->is_object()) return "";
  std::vector<std::string> told;
  for (const auto& [name, why] : *errors->as<json::Object>()) {
    const bool secret = std::ranges::find(kSecretParameters, name) != std::end(kSecretParameters);
    std::vector<std::string> lines;
    if (!secret && why.is_string())
      for (const std::string& line : split(*why.as<std::string>(), '\n'))
        if (!trim(line).empty()) lines.emplace_back(trim(line));
    told.push_back(name + ": " + (secret ? "refused" : join(lines, ", ")));
  }
  return join(told, "; ");
}

std::string text_of(const http::Reply& reply) {
  const auto body = json::parse(reply.body);
  std::string text(body.ok() ? trim(body->text({"message"})) : "");
  if (text.empty()) text = trim(reply.reason);
  const std::string parameters = body.ok() ? refused_parameters(*body) : "";
  if (!parameters.empty()) text = parameters;  // "Parameter verification failed." says less
  std::ranges::replace(text, '\n', ' ');
  return text.substr(0, kTextMax);
}

}  // namespace

std::span<const ErrorRow> error_rows() { return kRows; }

Error reply_error(const http::Reply& reply, std::string_view doing) {
  const std::string about = std::string(doing) + ": ";
  if (reply.status >= 200 && reply.status < 300) {
    return Error(Code::kUnavailable, about + "the answer is not one of Proxmox VE's API")
        .with_hint(std::string(kEndpointHint));
  }
  const std::string text = text_of(reply);
  const std::string status = "status " + std::to_string(reply.status);
  const ErrorRow* row = find_row(reply.status, text);
  if (row == nullptr) return Error(Code::kUnknown, about + text + " (" + status + ")");
  return from_row(*row, about + (text.empty() ? status : text));
}

Error task_error(std::string_view exit_text, std::string_view doing) {
  std::string text(trim(exit_text.substr(0, kTextMax)));
  std::ranges::replace(text, '\n', ' ');
  const std::string about = std::string(doing) + ": ";
  const ErrorRow* row = find_row(/*status=*/0, text);
  if (row == nullptr) return Error(Code::kUnknown, about + "the task ended with: " + text);
  return from_row(*row, about + text);
}

bool says_machine_is_missing(const Error& error) {
  return dynamic_cast<const MissingMachine*>(error.detail()) != nullptr;
}

}  // namespace rig::proxmox
