// libvirt/errors.h — libvirt's errors as ours: one table.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace rig::libvirt {

// The calling thread's last libvirt error. Call at once after the failed call, on the same thread.
Error last_error(std::string_view doing);

// `number` is a virErrorNumber. What the table does not know becomes kUnknown and says the number.
Error to_error(int number, std::string_view message, std::string_view doing);

struct ErrorRow {
  int number;
  std::string_view part;  // of the message; "": any
  Code code;
  std::string_view hint;
};
std::span<const ErrorRow> error_rows();

}  // namespace rig::libvirt
