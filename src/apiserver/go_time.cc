// apiserver/go_time.cc — Go's layouts 2006-01-02T15:04:05Z07:00 and 2006-01-02T15:04:05.000000Z07:00.
#include "apiserver/go_time.h"

#include <array>

#include "base/wall_time.h"

namespace rig::apiserver {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_at(std::string_view text) {
  std::size_t n = 0;
  while (n < text.size() && is_digit(text[n])) ++n;
  return n;
}

bool is_zone(std::string_view text) {
  if (text == "Z") return true;
  return text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' && digits_at(text.substr(1)) == 2 &&
         digits_at(text.substr(4)) == 2;
}

}  // namespace

std::optional<std::string> go_time_error(std::string_view text, bool micro) {
  if (text.empty()) return std::nullopt;
  const std::string head =
      "parsing time \"" + std::string(text) + "\" as \"2006-01-02T15:04:05" + (micro ? ".000000" : "") + "Z07:00\": ";
  const auto cannot = [&](std::string_view rest, std::string_view layout) {
    return head + "cannot parse \"" + std::string(rest) + "\" as \"" + std::string(layout) + "\"";
  };
  std::string_view rest = text;
  struct Part {
    std::string_view layout;
    std::size_t digits;  // 0: the layout's own character
  };
  for (const auto& [layout, digits] : std::array<Part, 11>{{{"2006", 4},
                                                            {"-", 0},
                                                            {"01", 2},
                                                            {"-", 0},
                                                            {"02", 2},
                                                            {"T", 0},
                                                            {"15", 2},
                                                            {":", 0},
                                                            {"04", 2},
                                                            {":", 0},
                                                            {"05", 2}}}) {
    if (digits == 0 ? !rest.starts_with(layout) : digits_at(rest.substr(0, digits)) < digits)
      return cannot(rest, layout);
    rest.remove_prefix(digits == 0 ? 1 : digits);
  }
  const std::size_t fraction = rest.starts_with('.') ? digits_at(rest.substr(1)) : 0;
  if (micro) {
    if (fraction < 6) return cannot(rest, ".000000");
    rest.remove_prefix(7);
  } else if (fraction > 0) {
    rest.remove_prefix(fraction + 1);
  }
  if (!is_zone(rest)) return cannot(rest, "Z07:00");
  if (!parse_time(text).ok()) return head + "value out of range";
  return std::nullopt;
}

}  // namespace rig::apiserver
