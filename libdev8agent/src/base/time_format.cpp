// Times as text: RFC 3339 and HTTP dates.
#include "base/time_format.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

namespace chrono = std::chrono;

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// WallTime counts nanoseconds and spans 584 years around 1970. What is read stays within half of that, so
// that the difference of two moments, too, is one that it can count.
constexpr chrono::sys_seconds kEarliest = chrono::sys_days(chrono::year(1960) / 1 / 1);
constexpr chrono::sys_seconds kLatest = chrono::sys_days(chrono::year(2250) / 12 / 31);

struct Fields {
  chrono::year_month_day date;
  chrono::weekday weekday;
  chrono::hh_mm_ss<chrono::milliseconds> time;
};

Fields fields_of(WallTime time) {
  const auto day = chrono::floor<chrono::days>(time);
  return {chrono::year_month_day(day), chrono::weekday(day),
          chrono::hh_mm_ss(chrono::floor<chrono::milliseconds>(time - day))};
}

// Writes the last `count` decimal digits of `value`, which is not negative.
void put_digits(std::string& text, std::size_t position, std::size_t count, int value) {
  for (std::size_t i = position + count; i > position; value /= 10) {
    text[--i] = static_cast<char>('0' + value % 10);
  }
}

std::optional<int> digits(std::string_view text, std::size_t position, std::size_t count) {
  if (text.size() < position + count) return std::nullopt;
  const auto value = parse_unsigned(text.substr(position, count));
  return value ? std::optional(static_cast<int>(*value)) : std::nullopt;
}

std::optional<WallTime> assemble(std::optional<int> year, std::optional<int> month, std::optional<int> day,
                                 std::optional<int> hour, std::optional<int> minute,
                                 std::optional<int> second) {
  if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
  const chrono::year_month_day date(chrono::year(*year), chrono::month(static_cast<unsigned>(*month)),
                                    chrono::day(static_cast<unsigned>(*day)));
  if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  // Clamps to the supported range. Go's zero time (year 1) is such a value.
  const chrono::sys_seconds moment =
      chrono::sys_days(date) + chrono::hours(*hour) + chrono::minutes(*minute) + chrono::seconds(*second);
  if (moment < kEarliest) return WallTime(kEarliest);
  if (moment > kLatest) return WallTime(kLatest);
  return WallTime(moment);
}

}  // namespace

std::string format_rfc3339(WallTime time) {
  const Fields f = fields_of(time);
  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(text, 0, 4, static_cast<int>(f.date.year()));
  put_digits(text, 5, 2, static_cast<int>(static_cast<unsigned>(f.date.month())));
  put_digits(text, 8, 2, static_cast<int>(static_cast<unsigned>(f.date.day())));
  put_digits(text, 11, 2, static_cast<int>(f.time.hours().count()));
  put_digits(text, 14, 2, static_cast<int>(f.time.minutes().count()));
  put_digits(text, 17, 2, static_cast<int>(f.time.seconds().count()));
  put_digits(text, 20, 3, static_cast<int>(f.time.subseconds().count()));
  return text;
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't') ||
      text[13] != ':' || text[16] != ':') {
    return std::nullopt;
  }
  auto time = assemble(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2), digits(text, 11, 2),
                       digits(text, 14, 2), digits(text, 17, 2));
  if (!time) return std::nullopt;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    if (end < 2 || end > 10) return std::nullopt;
    std::string fraction(rest.substr(1, end - 1));
    fraction.resize(9, '0');
    *time += chrono::duration_cast<WallTime::duration>(chrono::nanoseconds(*parse_unsigned(fraction)));
    rest.remove_prefix(end);
  }
  if (rest == "Z" || rest == "z") return time;
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':') return std::nullopt;
  const auto hours = digits(rest, 1, 2);
  const auto minutes = digits(rest, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = chrono::hours(*hours) + chrono::minutes(*minutes);
  return rest[0] == '+' ? *time - offset : *time + offset;
}

std::string format_http_date(WallTime time) {
  const Fields f = fields_of(time);
  char text[48];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[f.weekday.c_encoding()].data(), static_cast<unsigned>(f.date.day()),
                kMonths[static_cast<unsigned>(f.date.month()) - 1].data(), static_cast<int>(f.date.year()),
                static_cast<int>(f.time.hours().count()), static_cast<int>(f.time.minutes().count()),
                static_cast<int>(f.time.seconds().count()));
  return text;
}

std::optional<WallTime> parse_http_date(std::string_view text) {
  // "Thu, 15 Jan 2026 08:30:00 GMT"; the weekday is redundant and not looked at.
  if (text.size() != 29 || !text.ends_with(" GMT") || text[3] != ',') return std::nullopt;
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (month == kMonths.end()) return std::nullopt;
  return assemble(digits(text, 12, 4), static_cast<int>(month - kMonths.begin()) + 1, digits(text, 5, 2),
                  digits(text, 17, 2), digits(text, 20, 2), digits(text, 23, 2));
}

}  // namespace dev8agent::internal
