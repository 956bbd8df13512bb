// base/wall_time.cc — RFC 3339 times, Go durations, kubectl ages.
#include "base/wall_time.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <ctime>

#include "base/text.h"

namespace rig {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

std::string in_utc(WallTime time, const char* form) {
  const std::time_t t = floor<seconds>(time).time_since_epoch().count();
  std::tm utc{};
  ::gmtime_r(&t, &utc);
  char text[40];
  return {text, std::strftime(text, sizeof text, form, &utc)};
}

std::string date_and_time(WallTime time) { return in_utc(time, "%Y-%m-%dT%H:%M:%S"); }

// Takes exactly `count` digits off the front.
bool take_digits(std::string_view& text, std::size_t count, int& value) {
  if (text.size() < count) return false;
  value = 0;
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// ".123" as nanoseconds; digits beyond the ninth are read and dropped.
bool take_fraction(std::string_view& text, std::int64_t& nanoseconds) {
  nanoseconds = 0;
  if (!take(text, '.')) return true;
  std::int64_t scale = 100'000'000;
  std::size_t digits = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), ++digits) {
    nanoseconds += scale * (text[0] - '0');
    scale /= 10;
  }
  return digits > 0;
}

bool take_offset(std::string_view& text, int& minutes) {
  minutes = 0;
  if (take(text, 'Z')) return true;
  const int sign = text.starts_with('-') ? -1 : 1;
  int hour = 0, minute = 0;
  if (!take(text, '+') && !take(text, '-')) return false;
  if (!take_digits(text, 2, hour) || !take(text, ':') || !take_digits(text, 2, minute)) return false;
  minutes = sign * (hour * 60 + minute);
  return hour < 24 && minute < 60;
}

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr Unit kUnits[] = {{"ns", 1},         {"us", 1'000},        {"\u00B5s", 1'000},    {"\u03BCs", 1'000},
                           {"ms", 1'000'000}, {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000}};

const Unit* take_unit(std::string_view& text) {
  const std::string_view name = text.substr(0, text.find_first_of("0123456789."));
  for (const Unit& unit : kUnits) {
    if (unit.name != name) continue;
    text.remove_prefix(name.size());
    return &unit;
  }
  return nullptr;
}

// One "1.5h" of a duration, added to `sum`; false when it is none or too large.
bool take_part(std::string_view& text, std::int64_t& sum) {
  std::int64_t whole = 0, nanoseconds = 0;
  const bool has_whole = !text.starts_with('.');
  if (has_whole) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
    if (error != std::errc() || whole < 0 || text.starts_with('-')) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (!take_fraction(text, nanoseconds)) return false;
  const Unit* unit = take_unit(text);
  if (unit == nullptr) return false;
  // `nanoseconds` is the fraction times 10^9; the order of the operations keeps it exact and within 64 bits.
  constexpr std::int64_t kBillion = 1'000'000'000;
  const std::int64_t fraction = unit->nanoseconds >= kBillion ? nanoseconds * (unit->nanoseconds / kBillion)
                                                              : nanoseconds * unit->nanoseconds / kBillion;
  std::int64_t product = 0;
  return !__builtin_mul_overflow(whole, unit->nanoseconds, &product) && !__builtin_add_overflow(sum, product, &sum) &&
         !__builtin_add_overflow(sum, fraction, &sum);
}

// "1.5" for 1'500'000'000 in units of 1'000'000'000.
std::string decimal(std::int64_t value, std::int64_t unit) {
  std::string text = std::to_string(value / unit);
  if (value % unit == 0) return text;
  std::string fraction = std::to_string(unit + value % unit).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return text + "." + fraction;
}

}  // namespace

std::string format_time(WallTime time) { return date_and_time(time) + "Z"; }

std::string format_http_time(WallTime time) { return in_utc(time, "%a, %d %b %Y %H:%M:%S GMT"); }

std::string format_micro_time(WallTime time) {
  const auto micro = floor<std::chrono::microseconds>(time) - floor<seconds>(time);
  char text[16];
  std::snprintf(text, sizeof text, ".%06dZ", static_cast<int>(micro.count()));
  return date_and_time(time) + text;
}

Result<WallTime> parse_time(std::string_view text) {
  std::string_view rest = text;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, offset_minutes = 0;
  std::int64_t nanoseconds = 0;
  const bool is_read = take_digits(rest, 4, year) && take(rest, '-') && take_digits(rest, 2, month) &&
                       take(rest, '-') && take_digits(rest, 2, day) && take(rest, 'T') && take_digits(rest, 2, hour) &&
                       take(rest, ':') && take_digits(rest, 2, minute) && take(rest, ':') &&
                       take_digits(rest, 2, second) && take_fraction(rest, nanoseconds) &&
                       take_offset(rest, offset_minutes) && rest.empty();
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  // Years outside do not fit into 64 bits of nanoseconds.
  const bool is_time = is_read && date.ok() && hour < 24 && minute < 60 && second < 60 && year >= 1678 && year <= 2261;
  if (!is_time) {
    return Error(Code::kInvalidArgument, "\"" + std::string(text) + "\" is not a time")
        .with_hint("Write it as 2026-01-01T00:00:00Z.");
  }
  return WallTime(std::chrono::sys_days(date)) + std::chrono::hours(hour) +
         std::chrono::minutes(minute - offset_minutes) + seconds(second) + Duration(nanoseconds);
}

Result<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool is_negative = rest.starts_with('-');
  if (is_negative || rest.starts_with('+')) rest.remove_prefix(1);
  std::int64_t sum = 0;
  bool is_good = !rest.empty();
  if (rest == "0") rest = {};
  while (is_good && !rest.empty()) is_good = take_part(rest, sum);
  if (!is_good) {
    return Error(Code::kInvalidArgument, "\"" + std::string(text) + "\" is not a duration")
        .with_hint("Write it as 30s, 5m or 1h30m.");
  }
  return Duration(is_negative ? -sum : sum);
}

std::string format_duration(Duration duration) {
  const std::int64_t n = duration.count();
  if (n == 0) return "0s";
  if (n < 0) return "-" + format_duration(n == Duration::min().count() ? Duration::max() : -duration);
  if (n < 1'000) return decimal(n, 1) + "ns";
  if (n < 1'000'000) return decimal(n, 1'000) + "us";
  if (n < 1'000'000'000) return decimal(n, 1'000'000) + "ms";
  constexpr std::int64_t kMinute = 60'000'000'000, kHour = 60 * kMinute;
  std::string text;
  if (n >= kHour) text += std::to_string(n / kHour) + "h";
  if (n % kHour >= kMinute) text += std::to_string(n % kHour / kMinute) + "m";
  if (n % kMinute != 0) text += decimal(n % kMinute, 1'000'000'000) + "s";
  return text;
}

std::string format_age(Duration age) {
  const std::int64_t s = std::chrono::duration_cast<seconds>(age).count();
  if (s < -1) return "<invalid>";
  // Up to `below` the age is shown in `unit`s, with a rest in `rest_unit`s when there is one (rest_unit 0: never).
  struct Row {
    std::int64_t below, unit;
    char name;
    std::int64_t rest_unit;
    char rest_name;
  };
  constexpr std::int64_t kMinute = 60, kHour = 3600, kDay = 86400, kYear = 365 * kDay;
  constexpr Row kRows[] = {
      {2 * kMinute, 1, 's', 0, ' '},         {10 * kMinute, kMinute, 'm', 1, 's'}, {3 * kHour, kMinute, 'm', 0, ' '},
      {8 * kHour, kHour, 'h', kMinute, 'm'}, {2 * kDay, kHour, 'h', 0, ' '},       {8 * kDay, kDay, 'd', kHour, 'h'},
      {2 * kYear, kDay, 'd', 0, ' '},        {8 * kYear, kYear, 'y', kDay, 'd'},   {INT64_MAX, kYear, 'y', 0, ' '}};
  for (const Row& row : kRows) {
    if (s >= row.below) continue;
    std::string text = std::to_string(std::max<std::int64_t>(s, 0) / row.unit) + row.name;
    const std::int64_t rest = row.rest_unit == 0 ? 0 : s % row.unit / row.rest_unit;
    return rest == 0 ? text : text + std::to_string(rest) + row.rest_name;
  }
  return "<invalid>";
}

}  // namespace rig
