// api/reasons.cc — what each condition and reason tells a user.
#include "api/reasons.h"

namespace rig::api {
namespace {

using namespace condition;
// clang-format off
constexpr ReasonRow kRows[] = {
    // Any kind.
    {kReady, reason::kReconcileSuccess, "The object is as its spec asks."},
    {kReady, reason::kInvalidSpec, "The spec asks for something that cannot be done; the message names the field."},
    {kReady, reason::kControllerNotImplemented, "Nothing acts on objects of this kind yet."},
    {kReady, reason::kValid, "The object can be used; it does nothing by itself."},
    {kReconciling, reason::kTaskInProgress, "A task on the provider is under way."},
    {kStalled, reason::kInvalidSpec, "Nothing more happens until the spec is changed."},
    {kFieldsNotSupported, reason::kNotActedOn, "The provider does nothing about the fields that the message names."},
    {kDeleting, reason::kDeleting, "The object has been deleted and what stands for it is being removed."},
    {kDeleting, reason::kInUse, "The object has been deleted but others still need it; the message names them."},

    // VirtualMachine.
    {kReady, reason::kWaitingForDependencies, "Something that the object refers to is missing or not ready."},
    {kReady, reason::kWaitingForImage, "The image is not on the provider yet."},
    {kReady, reason::kImageFailed, "The image could not be brought to the provider."},
    {kReady, reason::kCreating, "The machine is being made."},
    {kReady, reason::kUpdating, "The machine is being changed."},
    {kReady, reason::kPowerChanging, "The machine is being started or stopped."},
    {kReady, reason::kDeleting, "The machine is being removed."},
    {kReady, reason::kProviderUnreachable, "The hypervisor does not answer; the machine may well be running."},
    {kReady, reason::kProviderError, "The provider answered with an error; the message is its own."},
    {kReady, reason::kOwnedByAnother, "A machine of this name or id belongs to somebody else and is left alone."},
    {kReady, reason::kMachineLost, "The machine was there and is gone. It is made again only when asked for."},
    {kReady, reason::kReleasing, "The machine is being given up, as asked."},
    {kReady, reason::kReleased, "The machine was given up, as asked, and nothing here acts on it any more."},
    {kReleased, reason::kReleasing, "The stamp is being taken off the machine."},
    {kReleased, reason::kReleased, "The machine is nobody's: who names its machine id takes it over."},
    {kReady, reason::kMachineIncomplete, "The machine is half made and cannot be finished; the message says why."},
    {kProvisioning, reason::kCreating, "The machine is being made."},
    {kProvisioning, reason::kReconcileSuccess, "The machine is made."},
    {kReconfiguring, reason::kUpdating, "The machine is being changed."},
    {kReconfiguring, reason::kReconcileSuccess, "The machine's configuration is as asked."},
    {kReconfiguring, reason::kPowerCycleNeeded, "Changes take effect when the machine is next stopped and started."},
    {kReconfiguring, reason::kInvalidSpec, "The machine cannot be changed as asked; the message names the field."},
    {kAddressAssigned, reason::kAddressFound, "The machine has an address."},
    {kAddressAssigned, reason::kWaitingForAddress, "The machine runs and has shown no address yet."},
    {kAddressAssigned, reason::kMachineOff, "The machine is off."},
    {kAddressAssigned, reason::kMachineLost, "The machine is gone."},

    // VMImage.
    {kReady, reason::kPrepared, "Machines can be made from the image on at least one provider."},
    {kReady, reason::kImporting, "The image is being brought to a provider."},
    {kReady, reason::kMissingOnProvider, "The image is not on the provider and spec.prepare.onMissing is Fail."},
    {kImporting, reason::kImporting, "The image is being brought to a provider."},
    {kImporting, reason::kPrepared, "Nothing is being imported."},

    // Provider.
    {kReady, reason::kCredentialsMissing, "The Secret with the credentials, or a key in it, is missing."},
    {kProviderRuntimeReady, reason::kRuntimeReady, "The provider's process answers."},
    {kProviderRuntimeReady, reason::kRuntimeStarting, "The provider's process is starting."},
    {kProviderRuntimeReady, reason::kRuntimeFailed, "The provider's process cannot be started."},
    {kProviderRuntimeReady, reason::kCredentialsMissing,
     "The Secret with the credentials, or a key in it, is missing."},
    {kProviderRuntimeReady, reason::kTlsNotConfigured,
     "spec.runtime.service.tls is not complete; TLSConfigured says what."},
    {kProviderAvailable, reason::kTlsNotConfigured,
     "spec.runtime.service.tls is not complete; TLSConfigured says what."},
    {kTlsConfigured, reason::kTlsEnabled, "Manager and provider prove to each other who they are."},
    {kTlsConfigured, reason::kTlsBlockMissing,
     "spec.runtime.service.tls is not set: neither TLS nor plaintext was chosen."},
    {kTlsConfigured, reason::kTlsDisabled, "The connection is plaintext, as spec.runtime.service.tls.enabled says."},
    {kTlsConfigured, reason::kTlsSecretRefMissing, "spec.runtime.service.tls.secretRef is not set."},
    {kTlsConfigured, reason::kTlsSecretMissing,
     "The Secret with tls.crt, tls.key and ca.crt, or a key in it, is missing."},
    {kProviderAvailable, reason::kRemoteAvailable, "The hypervisor answers."},
    {kProviderAvailable, reason::kProviderUnreachable, "The hypervisor does not answer."},
    {kProviderAvailable, reason::kRuntimeStarting, "The provider's process is starting."},
    {kProviderAvailable, reason::kRuntimeFailed, "The provider's process cannot be started."},
    {kProviderAvailable, reason::kCredentialsMissing, "The Secret with the credentials, or a key in it, is missing."},
    {kCapabilitiesReported, reason::kCapabilitiesFetched, "The provider has said what it can do."},
    {kCapabilitiesReported, reason::kCapabilitiesUnavailable, "The provider has not said what it can do."},
};
// clang-format on

}  // namespace

std::span<const ReasonRow> reason_rows() { return kRows; }

}  // namespace rig::api
