// api/reasons.h — condition types and reasons, each one row: identifier, who sets it, what it means.
//
// The reference's names where it has them; docs/reference/conditions.md is written from these rows.
#pragma once

#include <span>
#include <string_view>

namespace rig::api {

namespace condition {
inline constexpr std::string_view kReady = "Ready";
inline constexpr std::string_view kProvisioning = "Provisioning";
inline constexpr std::string_view kReconfiguring = "Reconfiguring";
inline constexpr std::string_view kReconciling = "Reconciling";  // kstatus: work is in progress
inline constexpr std::string_view kStalled = "Stalled";          // kstatus: only a user can help
inline constexpr std::string_view kAddressAssigned = "AddressAssigned";
inline constexpr std::string_view kFieldsNotSupported = "FieldsNotSupported";
inline constexpr std::string_view kDeleting = "Deleting";
inline constexpr std::string_view kReleased = "Released";                          // VirtualMachine
inline constexpr std::string_view kImporting = "Importing";                        // VMImage
inline constexpr std::string_view kProviderRuntimeReady = "ProviderRuntimeReady";  // Provider
inline constexpr std::string_view kProviderAvailable = "ProviderAvailable";        // Provider
inline constexpr std::string_view kTlsConfigured = "TLSConfigured";                // Provider
inline constexpr std::string_view kCapabilitiesReported = "CapabilitiesReported";  // Provider
}  // namespace condition

namespace reason {
inline constexpr std::string_view kReconcileSuccess = "ReconcileSuccess";
inline constexpr std::string_view kWaitingForDependencies = "WaitingForDependencies";
inline constexpr std::string_view kProviderError = "ProviderError";
inline constexpr std::string_view kCreating = "Creating";
inline constexpr std::string_view kUpdating = "Updating";
inline constexpr std::string_view kTaskInProgress = "TaskInProgress";
inline constexpr std::string_view kDeleting = "Deleting";
inline constexpr std::string_view kInvalidSpec = "InvalidSpec";
inline constexpr std::string_view kProviderUnreachable = "ProviderUnreachable";
inline constexpr std::string_view kOwnedByAnother = "OwnedByAnother";
inline constexpr std::string_view kMachineLost = "MachineLost";
inline constexpr std::string_view kReleasing = "Releasing";
inline constexpr std::string_view kReleased = "Released";
inline constexpr std::string_view kMachineIncomplete = "MachineIncomplete";
inline constexpr std::string_view kPowerChanging = "PowerChanging";
inline constexpr std::string_view kWaitingForAddress = "WaitingForAddress";
inline constexpr std::string_view kAddressFound = "AddressFound";
inline constexpr std::string_view kMachineOff = "MachineOff";
inline constexpr std::string_view kPowerCycleNeeded = "PowerCycleNeeded";
inline constexpr std::string_view kNotActedOn = "NotActedOn";
inline constexpr std::string_view kControllerNotImplemented = "ControllerNotImplemented";
inline constexpr std::string_view kInUse = "InUse";
inline constexpr std::string_view kImporting = "Importing";
inline constexpr std::string_view kPrepared = "Prepared";
inline constexpr std::string_view kMissingOnProvider = "MissingOnProvider";
inline constexpr std::string_view kWaitingForImage = "WaitingForImage";
inline constexpr std::string_view kImageFailed = "ImageFailed";
inline constexpr std::string_view kValid = "Valid";
inline constexpr std::string_view kRemoteAvailable = "RemoteAvailable";
inline constexpr std::string_view kRuntimeReady = "DeploymentReady";  // the reference's word
inline constexpr std::string_view kRuntimeStarting = "DeploymentNotReady";
inline constexpr std::string_view kRuntimeFailed = "DeploymentError";
inline constexpr std::string_view kCapabilitiesFetched = "CapabilitiesFetched";
inline constexpr std::string_view kCapabilitiesUnavailable = "CapabilitiesUnavailable";
inline constexpr std::string_view kCredentialsMissing = "CredentialsMissing";
inline constexpr std::string_view kTlsNotConfigured = "TLSNotConfigured";
inline constexpr std::string_view kTlsEnabled = "Enabled";
inline constexpr std::string_view kTlsBlockMissing = "TLSBlockMissing";
inline constexpr std::string_view kTlsDisabled = "ExplicitlyDisabled";
inline constexpr std::string_view kTlsSecretRefMissing = "SecretRefMissing";
inline constexpr std::string_view kTlsSecretMissing = "SecretMissing";
}  // namespace reason

struct ReasonRow {
  std::string_view condition, reason, meaning;
};
std::span<const ReasonRow> reason_rows();  // every reason above stands in at least one row

}  // namespace rig::api
