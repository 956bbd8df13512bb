// vsphere/method_rows.h — the parameters of the methods of methods.h, in the order of vim25's schema.
#pragma once

#include "hypervisor/vsphere/methods.h"
#include "hypervisor/vsphere/rows.h"

namespace rig::vsphere {

// A method that has no parameter but the object that is asked.
template <class Method>
  requires requires { Method::kName; }
inline constexpr std::tuple kRows<Method> = {row<&Method::self>("_this")};

template <>
inline constexpr std::tuple kRows<LogIn> = {row<&LogIn::self>("_this"), row<&LogIn::user_name>("userName"),
                                            row<&LogIn::password>("password")};
template <>
inline constexpr std::tuple kRows<RetrieveProperties> = {row<&RetrieveProperties::self>("_this"),
                                                         row<&RetrieveProperties::specs>("specSet"),
                                                         row<&RetrieveProperties::options>("options")};
template <>
inline constexpr std::tuple kRows<ContinueRetrieveProperties> = {row<&ContinueRetrieveProperties::self>("_this"),
                                                                 row<&ContinueRetrieveProperties::token>("token")};
template <>
inline constexpr std::tuple kRows<CreateFilter> = {row<&CreateFilter::self>("_this"), row<&CreateFilter::spec>("spec"),
                                                   row<&CreateFilter::partial_updates>("partialUpdates")};
template <>
inline constexpr std::tuple kRows<WaitForUpdates> = {row<&WaitForUpdates::self>("_this"),
                                                     row<&WaitForUpdates::version>("version"),
                                                     row<&WaitForUpdates::options>("options")};
template <>
inline constexpr std::tuple kRows<CreateContainerView> = {
    row<&CreateContainerView::self>("_this"), row<&CreateContainerView::container>("container"),
    row<&CreateContainerView::types>("type"), row<&CreateContainerView::recursive>("recursive")};
template <>
inline constexpr std::tuple kRows<FindAllByUuid> = {
    row<&FindAllByUuid::self>("_this"), row<&FindAllByUuid::uuid>("uuid"), row<&FindAllByUuid::of_machines>("vmSearch"),
    row<&FindAllByUuid::instance_uuid>("instanceUuid")};
template <>
inline constexpr std::tuple kRows<FindChild> = {row<&FindChild::self>("_this"), row<&FindChild::entity>("entity"),
                                                row<&FindChild::name>("name")};
template <>
inline constexpr std::tuple kRows<CloneMachine> = {row<&CloneMachine::self>("_this"),
                                                   row<&CloneMachine::folder>("folder"),
                                                   row<&CloneMachine::name>("name"), row<&CloneMachine::spec>("spec")};
template <>
inline constexpr std::tuple kRows<Reconfigure> = {row<&Reconfigure::self>("_this"), row<&Reconfigure::spec>("spec")};

template <>
inline constexpr std::tuple kRows<UpgradeHardware> = {row<&UpgradeHardware::self>("_this"),
                                                      row<&UpgradeHardware::version>("version")};
template <>
inline constexpr std::tuple kRows<RecommendDatastores> = {row<&RecommendDatastores::self>("_this"),
                                                          row<&RecommendDatastores::spec>("storageSpec")};
template <>
inline constexpr std::tuple kRows<CreateImportSpec> = {
    row<&CreateImportSpec::self>("_this"), row<&CreateImportSpec::descriptor>("ovfDescriptor"),
    row<&CreateImportSpec::pool>("resourcePool"), row<&CreateImportSpec::datastore>("datastore"),
    row<&CreateImportSpec::params>("cisp")};
template <>
inline constexpr std::tuple kRows<ImportMachine> = {
    row<&ImportMachine::self>("_this"), row<&ImportMachine::spec>("spec"), row<&ImportMachine::folder>("folder"),
    row<&ImportMachine::host>("host")};
template <>
inline constexpr std::tuple kRows<LeaseProgress> = {row<&LeaseProgress::self>("_this"),
                                                    row<&LeaseProgress::percent>("percent")};

}  // namespace rig::vsphere
