// proxmox/size.cc — see size.h. Fractions are reckoned in whole numbers: a double would lose bytes above 2^53.
#include "hypervisor/proxmox/size.h"

#include <limits>

#include "base/text.h"

namespace rig::proxmox {
namespace {

constexpr std::string_view kUnits = "KMGT";
constexpr std::string_view kDigits = "0123456789";

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

}  // namespace

Result<std::int64_t> parse_size(std::string_view text) {
  const auto wrong = [&](Code code, const std::string& why) {
    return Error(code, "size '" + std::string(text) + "': " + why);
  };
  constexpr char kWanted[] = "wanted a number with K, M, G, T or nothing behind it";
  std::string_view number = text;
  int shift = 0;
  if (!number.empty()) {
    const std::size_t unit = kUnits.find(number.back());
    if (unit != std::string_view::npos) {
      shift = 10 * (static_cast<int>(unit) + 1);
      number.remove_suffix(1);
    }
  }
  const std::size_t point = number.find('.');
  const std::string_view whole = number.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? "" : number.substr(point + 1);
  if (!is_digits(whole) || (point != std::string_view::npos && !is_digits(fraction)))
    return wrong(Code::kInvalidArgument, kWanted);

  const auto units = parse_int(whole);
  if (!units.ok() || *units > (std::numeric_limits<std::int64_t>::max() >> shift))
    return wrong(Code::kOutOfRange, "it is 2^63 bytes or more");
  std::int64_t part = 0;  // from the last digit on, each a tenth of what stands before it: always less than one unit
  for (auto digit = fraction.rbegin(); digit != fraction.rend(); ++digit)
    part = ((std::int64_t{*digit - '0'} << shift) + part) / 10;
  return (*units << shift) + part;
}

std::string format_size(std::int64_t bytes) {
  std::string unit;
  for (const char next : kUnits) {
    if (bytes == 0 || bytes % 1024 != 0) break;
    bytes /= 1024;
    unit = next;
  }
  return std::to_string(bytes) + unit;
}

}  // namespace rig::proxmox
