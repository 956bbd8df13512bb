// libvirt/errors.cc — the table. Sources: libvirt/virterror.h of 9.0, and messages seen on libvirt 9.0 with QEMU 7.2.
#include "hypervisor/libvirt/errors.h"

#include <libvirt/virterror.h>

#include <array>
#include <string>

namespace rig::libvirt {
namespace {

constexpr std::string_view kSpaceHint = "Free space on the host, or name another pool.";
constexpr std::string_view kLoginHint = "Check username, password and ssh-privatekey in the Provider's Secret.";
constexpr std::string_view kHostKeyHint =
    "Put the host's key into the Secret's known_hosts (ssh-keyscan HOST), after checking its fingerprint.";
constexpr std::string_view kReachHint = "Check the Provider's endpoint and that libvirtd runs there.";

// The first row that fits counts, so rows with a part stand before those without. Number 0: any.
constexpr std::array kRows = {
    ErrorRow{0, "No space left on device", Code::kResourceExhausted, kSpaceHint},
    ErrorRow{0, "Disk quota exceeded", Code::kResourceExhausted, kSpaceHint},
    ErrorRow{0, "Cannot allocate memory", Code::kResourceExhausted, "The host has no memory for it now."},
    ErrorRow{0, "cannot set up guest memory", Code::kResourceExhausted, "The host has no memory for it now."},
    ErrorRow{0, "is not active", Code::kFailedPrecondition, "Start it on the host (virsh net-start, pool-start)."},
    ErrorRow{0, "Failed to get \"write\" lock", Code::kFailedPrecondition,
             "Another machine or process has this disk open."},
    ErrorRow{0, "is still in use", Code::kUnavailable, "Another operation holds the volume; it is tried again."},
    ErrorRow{VIR_ERR_AUTH_FAILED, "host key", Code::kUnauthenticated, kHostKeyHint},
    ErrorRow{VIR_ERR_AUTH_FAILED, "HOST KEY", Code::kUnauthenticated, kHostKeyHint},
    ErrorRow{VIR_ERR_SSH, "host key", Code::kUnauthenticated, kHostKeyHint},
    ErrorRow{VIR_ERR_SSH, "Remote command terminated", Code::kUnavailable,
             "The account may need virt-ssh-helper, or access to libvirt's socket, on the host."},
    ErrorRow{VIR_ERR_SYSTEM_ERROR, "Permission denied", Code::kPermissionDenied,
             "The host's libvirt may not use this file or socket."},
    ErrorRow{VIR_ERR_SYSTEM_ERROR, "File exists", Code::kAlreadyExists, ""},
    ErrorRow{VIR_ERR_OPERATION_FAILED, "already exists with uuid", Code::kAlreadyExists, ""},

    ErrorRow{VIR_ERR_NO_DOMAIN, "", Code::kNotFound, ""},
    ErrorRow{VIR_ERR_NO_STORAGE_POOL, "", Code::kNotFound, "Name a pool of the host (virsh pool-list --all)."},
    ErrorRow{VIR_ERR_NO_STORAGE_VOL, "", Code::kNotFound, ""},
    ErrorRow{VIR_ERR_NO_NETWORK, "", Code::kNotFound, "Name a network of the host (virsh net-list --all)."},
    ErrorRow{VIR_ERR_NO_DOMAIN_METADATA, "", Code::kNotFound, ""},
    ErrorRow{VIR_ERR_NO_DOMAIN_SNAPSHOT, "", Code::kNotFound, ""},
    ErrorRow{VIR_ERR_NO_SECRET, "", Code::kNotFound, ""},
    ErrorRow{VIR_ERR_DEVICE_MISSING, "", Code::kNotFound, ""},
    ErrorRow{VIR_ERR_DOM_EXIST, "", Code::kAlreadyExists, ""},
    ErrorRow{VIR_ERR_STORAGE_VOL_EXIST, "", Code::kAlreadyExists, ""},
    ErrorRow{VIR_ERR_STORAGE_POOL_BUILT, "", Code::kAlreadyExists, ""},
    ErrorRow{VIR_ERR_INVALID_ARG, "", Code::kInvalidArgument, ""},
    ErrorRow{VIR_ERR_XML_ERROR, "", Code::kInvalidArgument, ""},
    ErrorRow{VIR_ERR_XML_DETAIL, "", Code::kInvalidArgument, ""},
    ErrorRow{VIR_ERR_XML_INVALID_SCHEMA, "", Code::kInvalidArgument, ""},
    ErrorRow{VIR_ERR_CONFIG_UNSUPPORTED, "", Code::kInvalidArgument, "The host's libvirt or QEMU cannot do this."},
    ErrorRow{VIR_ERR_OPERATION_INVALID, "", Code::kFailedPrecondition, ""},
    ErrorRow{VIR_ERR_OPERATION_DENIED, "", Code::kPermissionDenied, "The connection is read-only."},
    ErrorRow{VIR_ERR_ACCESS_DENIED, "", Code::kPermissionDenied, "Give the account access to libvirt on the host."},
    ErrorRow{VIR_ERR_AUTH_FAILED, "", Code::kUnauthenticated, kLoginHint},
    ErrorRow{VIR_ERR_AUTH_CANCELLED, "", Code::kUnauthenticated, kLoginHint},
    ErrorRow{VIR_ERR_AUTH_UNAVAILABLE, "", Code::kUnauthenticated, kLoginHint},
    ErrorRow{VIR_ERR_NO_SUPPORT, "", Code::kUnimplemented, ""},
    ErrorRow{VIR_ERR_OPERATION_UNSUPPORTED, "", Code::kUnimplemented, ""},
    ErrorRow{VIR_ERR_ARGUMENT_UNSUPPORTED, "", Code::kUnimplemented, ""},
    ErrorRow{VIR_ERR_OPERATION_TIMEOUT, "", Code::kUnavailable,
             "Another operation holds the machine; it is tried again."},
    ErrorRow{VIR_ERR_AGENT_UNRESPONSIVE, "", Code::kUnavailable, ""},
    ErrorRow{VIR_ERR_AGENT_UNSYNCED, "", Code::kUnavailable, ""},
    ErrorRow{VIR_ERR_RESOURCE_BUSY, "", Code::kUnavailable, ""},
    ErrorRow{VIR_ERR_OPERATION_ABORTED, "", Code::kCancelled, ""},
    ErrorRow{VIR_ERR_NO_MEMORY, "", Code::kResourceExhausted, ""},
    ErrorRow{VIR_ERR_RPC, "", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_NO_CONNECT, "", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_INVALID_CONN, "", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_SYSTEM_ERROR, "", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_SSH, "", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_GNUTLS_ERROR, "", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_OPERATION_FAILED, "", Code::kFailedPrecondition, ""},
    ErrorRow{VIR_ERR_INTERNAL_ERROR, "client socket is closed", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_INTERNAL_ERROR, "event on socket", Code::kUnavailable, kReachHint},  // hangup, error
    ErrorRow{VIR_ERR_INTERNAL_ERROR, "keepalive timeout", Code::kUnavailable, kReachHint},
    ErrorRow{VIR_ERR_INTERNAL_ERROR, "unexpectedly closed the monitor", Code::kFailedPrecondition,
             "QEMU ended at once; its log is on the host in /var/log/libvirt/qemu."},
};

}  // namespace

std::span<const ErrorRow> error_rows() { return kRows; }

Error to_error(int number, std::string_view message, std::string_view doing) {
  std::string text = std::string(doing) + ": " + std::string(message);
  while (text.ends_with('\n')) text.pop_back();
  for (const ErrorRow& row : kRows) {
    if (row.number != 0 && row.number != number) continue;
    if (message.find(row.part) == std::string_view::npos) continue;
    return Error(row.code, std::move(text)).with_hint(std::string(row.hint));
  }
  return Error(Code::kUnknown, text + " (libvirt error " + std::to_string(number) + ")");
}

Error last_error(std::string_view doing) {
  const virError* error = virGetLastError();
  if (error == nullptr) return to_error(VIR_ERR_INTERNAL_ERROR, "libvirt did not say why", doing);
  return to_error(error->code, error->message == nullptr ? "no message" : error->message, doing);
}

}  // namespace rig::libvirt
