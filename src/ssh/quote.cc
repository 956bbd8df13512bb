// ssh/quote.cc — POSIX.1 XCU 2.2.2: between single quotes every character stands for itself, and there is no escape.
#include "ssh/quote.h"

namespace rig::ssh {
namespace {

constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+:,./-";

// "=" is not plain: a first word with it would be an assignment.
std::string quoted(const std::string& argument) {
  if (!argument.empty() && argument.find_first_not_of(kPlain) == std::string::npos) return argument;
  std::string out = "'";
  for (const char c : argument) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace

Result<std::string> quote(std::span<const std::string> arguments) {
  if (arguments.empty()) return Error(Code::kInvalidArgument, "a command without arguments");
  std::string line;
  for (const std::string& argument : arguments) {
    if (argument.find('\0') != std::string::npos) {
      return Error(Code::kInvalidArgument, "an argument of '" + arguments.front() + "' holds a NUL byte");
    }
    if (!line.empty()) line += ' ';
    line += quoted(argument);
  }
  return line;
}

}  // namespace rig::ssh
