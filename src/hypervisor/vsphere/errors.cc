// vsphere/errors.cc — the table.
#include "hypervisor/vsphere/errors.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"

namespace rig::vsphere {
namespace {

constexpr std::string_view kLoginHint = "Check username and password in the Provider's Secret.";
constexpr std::string_view kRightsHint = "Give the account a role with that privilege on that object, or above it.";
constexpr std::string_view kSpaceHint = "Free space on the datastore, or name another one.";
constexpr std::string_view kLookAgainHint = "It is looked at again.";
constexpr std::string_view kGuestHint = "The template needs VMware Tools, and a guest that vSphere can set up.";
constexpr std::string_view kHostHint = "Give the cluster more room, or ask for less.";

constexpr std::array kRows = {
    // Who asks.
    FaultRow{"InvalidLogin", Code::kUnauthenticated, kLoginHint},
    FaultRow{"NotAuthenticated", Code::kUnauthenticated, kLoginHint},
    FaultRow{"NoPermission", Code::kPermissionDenied, kRightsHint},
    FaultRow{"SecurityError", Code::kPermissionDenied, kRightsHint},                           // [k]
    FaultRow{"RestrictedVersion", Code::kPermissionDenied, "The licence does not allow it."},  // [k]
    FaultRow{"NotEnoughLicenses", Code::kFailedPrecondition, ""},                              // [k]

    // What is there, and what is not.
    FaultRow{"ManagedObjectNotFound", Code::kNotFound, ""},
    FaultRow{"NotFound", Code::kNotFound, ""},
    FaultRow{"FileNotFound", Code::kNotFound, ""},
    FaultRow{"InvalidDatastore", Code::kNotFound, ""},  // [k]
    FaultRow{"DuplicateName", Code::kAlreadyExists, ""},
    FaultRow{"AlreadyExists", Code::kAlreadyExists, ""},
    FaultRow{"FileAlreadyExists", Code::kAlreadyExists, ""},

    // Others at work on the same object.
    FaultRow{"ConcurrentAccess", Code::kAborted, ""},                // [k] the changeVersion is an old one
    FaultRow{"TaskInProgress", Code::kUnavailable, kLookAgainHint},  // [k]
    FaultRow{"ResourceInUse", Code::kUnavailable, kLookAgainHint},   // [k]
    FaultRow{"FileLocked", Code::kUnavailable, kLookAgainHint},      // [k]
    FaultRow{"RequestCanceled", Code::kCancelled, ""},               // [k]
    FaultRow{"InvalidCollectorVersion", Code::kOutOfRange, ""},      // [k] updates start again from nothing

    // The machine's own state.
    FaultRow{"InvalidPowerState", Code::kFailedPrecondition, ""},
    FaultRow{"InvalidState", Code::kFailedPrecondition, ""},
    FaultRow{"ToolsUnavailable", Code::kFailedPrecondition, "VMware Tools do not run on the machine."},
    FaultRow{"QuestionPending", Code::kFailedPrecondition, "The machine waits for an answer: look at it."},  // [k]
    FaultRow{"CpuHotPlugNotSupported", Code::kFailedPrecondition, ""},                                       // [k]
    FaultRow{"MemoryHotPlugNotSupported", Code::kFailedPrecondition, ""},                                    // [k]
    FaultRow{"AlreadyUpgraded", Code::kFailedPrecondition, ""},                                              // [k]
    FaultRow{"SnapshotFault", Code::kFailedPrecondition, ""},                                                // [k]

    // What the machine is made of.
    FaultRow{"InvalidArgument", Code::kInvalidArgument, ""},
    FaultRow{"InvalidProperty", Code::kInvalidArgument, ""},
    FaultRow{"InvalidVmConfig", Code::kInvalidArgument, ""},
    FaultRow{"InvalidDeviceSpec", Code::kInvalidArgument, ""},
    FaultRow{"InvalidDeviceBacking", Code::kInvalidArgument, ""},  // [k]
    FaultRow{"GenericVmConfigFault", Code::kInvalidArgument, ""},  // [k]
    FaultRow{"VmConfigFault", Code::kInvalidArgument, ""},         // [k]
    FaultRow{"InvalidName", Code::kInvalidArgument, ""},           // [k]
    FaultRow{"InvalidFolder", Code::kInvalidArgument, ""},         // [k]
    FaultRow{"InvalidDatastorePath", Code::kInvalidArgument, ""},  // [k]
    FaultRow{"NicSettingMismatch", Code::kInvalidArgument, ""},
    FaultRow{"UncustomizableGuest", Code::kInvalidArgument, kGuestHint},        // [k]
    FaultRow{"CustomizationFault", Code::kInvalidArgument, kGuestHint},         // [k]
    FaultRow{"MissingLinuxCustResources", Code::kInvalidArgument, kGuestHint},  // [k]
    FaultRow{"InvalidRequest", Code::kInternal, ""},                            // ours: it is not vim25
    FaultRow{"MethodNotFound", Code::kUnimplemented, "vSphere 6.7 or newer is needed."},
    FaultRow{"NotSupported", Code::kUnimplemented, ""},  // [k]
    FaultRow{"NotImplemented", Code::kUnimplemented, ""},

    // Room.
    FaultRow{"NoDiskSpace", Code::kResourceExhausted, kSpaceHint},                        // [k]
    FaultRow{"InsufficientStorageSpace", Code::kResourceExhausted, kSpaceHint},           // [k]
    FaultRow{"InsufficientResourcesFault", Code::kResourceExhausted, kHostHint},          // [k]
    FaultRow{"InsufficientCpuResourcesFault", Code::kResourceExhausted, kHostHint},       // [k]
    FaultRow{"InsufficientMemoryResourcesFault", Code::kResourceExhausted, kHostHint},    // [k]
    FaultRow{"InsufficientFailoverResourcesFault", Code::kResourceExhausted, kHostHint},  // [k]
    FaultRow{"NoCompatibleHost", Code::kResourceExhausted, ""},                           // [k]

    // Hosts that do not answer.
    FaultRow{"HostNotConnected", Code::kUnavailable, ""},   // [k]
    FaultRow{"HostNotReachable", Code::kUnavailable, ""},   // [k]
    FaultRow{"HostCommunication", Code::kUnavailable, ""},  // [k]
    FaultRow{"Timedout", Code::kUnavailable, ""},           // [k]
    FaultRow{"CannotAccessFile", Code::kUnavailable, ""},   // [k]
    FaultRow{"SystemError", Code::kUnavailable, ""},        // [k] anything within vCenter or a host
    FaultRow{"RuntimeFault", Code::kUnavailable, ""},
};

constexpr std::size_t kTextMax = 1000;  // of an answer within an error

struct FaultDetail final : ErrorDetail {
  explicit FaultDetail(Fault of) : fault(std::move(of)) {}
  Fault fault;
};

void add(std::vector<std::string>& parts, std::string_view name, const std::string& value) {
  if (!value.empty()) parts.push_back(std::string(name) + " " + value);
}

// All that the fault names: "privilege VirtualMachine.Inventory.Delete, object vm-12".
std::string names_in(const Fault& fault) {
  std::vector<std::string> parts;
  if (!fault.name.empty()) parts.push_back("'" + fault.name + "'");
  add(parts, "object", fault.obj.id);
  add(parts, "privilege", fault.privilege_id);
  add(parts, "object", fault.object.id);
  for (const EntityPrivileges& missing : fault.missing_privileges)
    for (const std::string& privilege : missing.privilege_ids)
      if (privilege != fault.privilege_id) parts.push_back("privilege " + privilege + " on " + missing.entity.id);
  add(parts, "field", fault.invalid_property);
  add(parts, "field", fault.property);
  add(parts, "argument", fault.argument_name);
  if (fault.device_index) add(parts, "device number", std::to_string(*fault.device_index));
  add(parts, "file", fault.file);
  add(parts, "path", fault.datastore_path);
  add(parts, "state", fault.existing_state);
  add(parts, "wanted state", fault.requested_state);
  return join(parts, ", ");
}

// What people can read of it: vSphere's own sentences.
std::string sentences(const LocalizedFault& fault) {
  std::vector<std::string> parts;
  const auto say = [&](std::string_view text) {
    const std::string sentence(trim(text));
    // The simulator writes the name of a Go type there.
    if (!sentence.empty() && sentence.find("types.") == std::string::npos &&
        std::ranges::find(parts, sentence) == parts.end())
      parts.push_back(sentence);
  };
  say(fault.message);
  say(fault.fault.reason);
  for (const FaultMessage& message : fault.fault.messages) say(message.message);
  std::string text = join(parts, " ");
  std::ranges::replace(text, '\n', ' ');
  return text.substr(0, kTextMax);
}

const FaultRow* find_row(std::string_view type) {
  const auto found = std::ranges::find(kRows, type, &FaultRow::type);
  return found == kRows.end() ? nullptr : &*found;
}

// Of several faults: doubt about who asks is doubt about all.
int weight(const LocalizedFault& fault) {
  const FaultRow* row = find_row(fault.fault.xsi_type);
  if (row == nullptr) return 0;
  return row->code == Code::kUnauthenticated ? 2 : row->code == Code::kPermissionDenied ? 1 : 0;
}

}  // namespace

std::span<const FaultRow> fault_rows() { return kRows; }

Error fault_error(const LocalizedFault& fault, std::string_view doing) {
  const FaultRow* row = find_row(fault.fault.xsi_type);
  const std::string names = names_in(fault.fault), says = sentences(fault);
  std::string message = std::string(doing) + ": " + (fault.fault.xsi_type.empty() ? "a fault" : fault.fault.xsi_type);
  if (!names.empty()) message += " (" + names + ")";
  if (!says.empty()) message += ": " + says;
  return Error(row == nullptr ? Code::kUnknown : row->code, std::move(message))
      .with_hint(row == nullptr ? "" : std::string(row->hint))
      .with_detail(std::make_shared<FaultDetail>(fault.fault));
}

Error foreign_answer(int status, std::string_view body, std::string_view doing) {
  const std::string about = std::string(doing) + ": status " + std::to_string(status);
  if (status >= 500 || status == 429) {  // of a proxy, or of vCenter while its services start
    return Error(Code::kUnavailable, about + " and no fault of vSphere's")
        .with_hint("vCenter, or a proxy in front of it, does not answer now; nothing is known about the effect.");
  }
  const bool is_page = to_lower(body.substr(0, 512)).find("<html") != std::string::npos;
  return Error(Code::kFailedPrecondition,
               about + (is_page ? " and a web page" : "") + ", which is no answer of the API of vSphere")
      .with_hint("Is the Provider's endpoint a vCenter or ESXi host, as in https://vcenter.example.org/sdk?");
}

Status check_missing(const std::vector<MissingProperty>& missing, std::string_view doing) {
  const auto worst = std::ranges::max_element(missing, {}, [](const MissingProperty& m) { return weight(m.fault); });
  if (worst == missing.end()) return {};
  return fault_error(worst->fault, std::string(doing) + ", property " + worst->path);
}

const Fault* fault_of(const Error& error) {
  const auto* detail = dynamic_cast<const FaultDetail*>(error.detail());
  return detail == nullptr ? nullptr : &detail->fault;
}

bool is_fault(const Error& error, std::string_view type) {
  const Fault* fault = fault_of(error);
  return fault != nullptr && fault->xsi_type == type;
}

bool says_gone(const Error& error, const MoRef& object) {
  return is_fault(error, "ManagedObjectNotFound") && fault_of(error)->obj == object;
}

}  // namespace rig::vsphere
