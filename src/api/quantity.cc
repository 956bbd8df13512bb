// api/quantity.cc — reading and writing resource quantities (k8s.io/apimachinery/pkg/api/resource: the same grammar).
#include "api/quantity.h"

#include <array>
#include <limits>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace rig::api {
namespace {

__extension__ using Wide = __int128;

constexpr int kDigitsMax = 19;  // more digits than that do not change a value that fits, except to round it up
constexpr Wide kWideMax = std::numeric_limits<std::int64_t>::max();

struct Suffix {
  std::string_view text;
  Wide factor;   // binary
  int exponent;  // decimal
};

constexpr std::array kSuffixes = {
    Suffix{"", 1, 0},
    Suffix{"n", 1, -9},
    Suffix{"u", 1, -6},
    Suffix{"m", 1, -3},
    Suffix{"k", 1, 3},
    Suffix{"M", 1, 6},
    Suffix{"G", 1, 9},
    Suffix{"T", 1, 12},
    Suffix{"P", 1, 15},
    Suffix{"E", 1, 18},
    Suffix{"Ki", Wide{1} << 10, 0},
    Suffix{"Mi", Wide{1} << 20, 0},
    Suffix{"Gi", Wide{1} << 30, 0},
    Suffix{"Ti", Wide{1} << 40, 0},
    Suffix{"Pi", Wide{1} << 50, 0},
    Suffix{"Ei", Wide{1} << 60, 0},
};

// digits * 10^exponent, and perhaps a little more.
struct Decimal {
  Wide digits = 0;
  int exponent = 0;
  bool is_more = false;
};

// Reads digits and one point off the front of `text`; false when there is no digit.
bool take_decimal(std::string_view& text, Decimal& out) {
  bool any = false, after_point = false;
  int kept = 0;
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    if (c == '.' && !after_point) {
      after_point = true;
      continue;
    }
    if (c < '0' || c > '9') break;
    any = true;
    if (kept == kDigitsMax) {
      out.is_more |= c != '0';
      out.exponent += after_point ? 0 : 1;
      continue;
    }
    out.digits = out.digits * 10 + (c - '0');
    kept += out.digits > 0 ? 1 : 0;
    out.exponent -= after_point ? 1 : 0;
  }
  return any;
}

const Suffix* find_suffix(std::string_view text) {
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.text == text) return &suffix;
  }
  return nullptr;
}

// "e3", "E-2". An "E" alone is a suffix.
bool take_exponent(std::string_view text, Decimal& out) {
  if (text.size() < 2 || (text.front() != 'e' && text.front() != 'E')) return false;
  text.remove_prefix(1);
  if (text.starts_with("+") && !text.starts_with("+-")) text.remove_prefix(1);
  const Result<std::int64_t> exponent = parse_int(text);
  if (!exponent.ok() || *exponent < -1000 || *exponent > 1000) return false;
  out.exponent += static_cast<int>(*exponent);
  return true;
}

// Rounded away from zero, or nothing when it is beyond int64.
std::optional<Wide> magnitude(Decimal d, Wide factor) {
  Wide value = d.digits * factor;
  bool is_more = d.is_more;
  for (; d.exponent < 0 && value > 0; ++d.exponent) {
    is_more |= value % 10 != 0;
    value /= 10;
  }
  for (; d.exponent > 0 && value > 0; --d.exponent) {
    if (value > kWideMax) return std::nullopt;
    value *= 10;
  }
  value += is_more ? 1 : 0;
  return value > kWideMax ? std::nullopt : std::optional(value);
}

}  // namespace

Result<std::int64_t> to_integer(const schema::Quantity& quantity) {
  std::string_view rest = quantity.text;
  const bool is_negative = rest.starts_with('-');
  if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
  Decimal decimal;
  const bool has_digits = take_decimal(rest, decimal);
  const Suffix* suffix = find_suffix(rest);
  if (!has_digits || (suffix == nullptr && !take_exponent(rest, decimal))) {
    return Error(Code::kInvalidArgument, "\"" + quantity.text + "\" is not a quantity")
        .with_hint("Write a number with a suffix, such as 4Gi, 1.5G or 500m.");
  }
  if (suffix != nullptr) decimal.exponent += suffix->exponent;
  const std::optional<Wide> value = magnitude(decimal, suffix != nullptr ? suffix->factor : 1);
  if (!value) return Error(Code::kOutOfRange, quantity.text + " is more than 64 bits hold");
  return static_cast<std::int64_t>(is_negative ? -*value : *value);
}

schema::Quantity binary_quantity(std::int64_t value) {
  constexpr std::string_view kNames[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  std::size_t n = 0;
  while (value != 0 && value % 1024 == 0 && n + 1 < std::size(kNames)) {
    value /= 1024;
    ++n;
  }
  return {std::to_string(value) + std::string(kNames[n])};
}

}  // namespace rig::api
