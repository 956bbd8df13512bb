// fakes/pve/refusal.h — how a call or a task of the fake fails: with PVE's text, status and error keys, in an Error.
#pragma once

#include <map>
#include <string>

#include "base/result.h"

namespace rig::fakes::pve {

using Texts = std::map<std::string, std::string>;  // parameters, configuration files, property strings, errors by name

struct Refusal final : ErrorDetail {
  int status = 500;
  Texts errors;      // of parameters
  Duration takes{};  // how long the real one lets its caller wait for it
};

inline Error refuse(int status, std::string text, Texts errors = {}, Duration takes = {}) {
  auto detail = std::make_shared<Refusal>();
  detail->status = status;
  detail->errors = std::move(errors);
  detail->takes = takes;
  return Error(Code::kUnknown, std::move(text)).with_detail(std::move(detail));
}
inline Error die(std::string text) { return refuse(500, std::move(text)); }  // most of PVE's errors
inline Error bad_parameters(Texts errors) { return refuse(400, "Parameter verification failed.", std::move(errors)); }

}  // namespace rig::fakes::pve
