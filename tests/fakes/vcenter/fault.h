// fakes/vcenter/fault.h — how a call or a task of the fake fails: with vim25's fault, in an Error.
#pragma once

#include <string>

#include "fakes/vcenter/tree.h"

namespace rig::fakes::vcenter {

struct FaultDetail final : ErrorDetail {
  explicit FaultDetail(Tree of) : fault(std::move(of)) {}
  Tree fault;  // its xsi:type says which
};

inline Error refuse(std::string type, std::string message, Trees members = {}) {
  return Error(Code::kUnknown, std::move(message))
      .with_detail(std::make_shared<FaultDetail>(node("fault", std::move(members), std::move(type))));
}
inline Tree fault_of(const Error& error) {
  const auto* detail = dynamic_cast<const FaultDetail*>(error.detail());
  return detail == nullptr ? node("fault", {}, "SystemError") : detail->fault;
}

inline Error not_vim25(std::string why) { return refuse("InvalidRequest", std::move(why)); }
inline Error gone(const Ref& object) {
  return refuse("ManagedObjectNotFound", "The object has already been deleted or has not been completely created",
                {leaf("obj", object)});
}
inline Error wrong_argument(std::string field) {
  return refuse("InvalidArgument", "A specified parameter was not correct: " + field,
                {leaf("invalidProperty", std::move(field))});
}
inline Error wrong_state(std::string why) { return refuse("InvalidState", std::move(why)); }
inline Error wrong_config(std::string field) {
  return refuse("InvalidVmConfig", "Invalid virtual machine configuration.", {leaf("property", std::move(field))});
}
inline Error wrong_device(std::size_t index, const std::string& field, std::string type = "InvalidDeviceSpec") {
  const std::string where = "deviceChange[" + std::to_string(index) + "]";
  return refuse(std::move(type), "Invalid configuration for device '" + std::to_string(index) + "'.",
                {leaf("property", field.empty() ? where : where + "." + field),
                 leaf("deviceIndex", static_cast<std::int64_t>(index))});
}

}  // namespace rig::fakes::vcenter
