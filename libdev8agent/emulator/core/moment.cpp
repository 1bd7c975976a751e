// Time formats: see moment.h.
#include "core/moment.h"

#include <array>
#include <cstdio>

namespace dev8agent::emulator {
namespace {

using std::chrono::floor;

constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Civil {
  int year;
  unsigned month, day;
  int hour, minute, second;
  unsigned weekday;
  long long nanoseconds;
};

Civil civil(WallTime time) {
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::duration_cast<std::chrono::nanoseconds>(time - day));
  return {int(date.year()),
          unsigned(date.month()),
          unsigned(date.day()),
          int(clock.hours().count()),
          int(clock.minutes().count()),
          int(clock.seconds().count()),
          std::chrono::weekday(day).c_encoding(),
          static_cast<long long>(clock.subseconds().count())};
}

// Writes `number` over the `count` characters at `at`.
void write_digits(std::string& text, std::size_t at, std::size_t count, long long number) {
  for (std::size_t i = count; i-- > 0; number /= 10) text[at + i] = static_cast<char>('0' + number % 10);
}

}  // namespace

Moment MomentSource::now() {
  const TimePoint now = scheduler_.now();
  const WallTime wall = scheduler_.wall_now();
  const std::lock_guard lock(mutex_);
  if (std::chrono::abs(wall - anchor_.at(now)) > std::chrono::seconds(1)) anchor_ = {now, wall};
  return {now, anchor_.at(now)};
}

WallTime Moment::at(TimePoint time) const {
  return wall + std::chrono::duration_cast<WallTime::duration>(time - now);
}

std::string rfc3339(WallTime time, int digits) {
  const Civil c = civil(time);
  std::string out = "0000-00-00T00:00:00";
  write_digits(out, 0, 4, c.year);
  write_digits(out, 5, 2, c.month);
  write_digits(out, 8, 2, c.day);
  write_digits(out, 11, 2, c.hour);
  write_digits(out, 14, 2, c.minute);
  write_digits(out, 17, 2, c.second);
  if (digits > 0) {
    out += ".000000000";
    write_digits(out, 20, 9, c.nanoseconds);
    out.resize(20 + static_cast<std::size_t>(digits));
  }
  return out += 'Z';
}

std::string rfc1123(WallTime time) {
  const Civil c = civil(time);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[c.weekday], c.day,
                kMonths[c.month - 1], c.year, c.hour, c.minute, c.second);
  return text.data();
}

std::optional<WallTime> parse_rfc1123(std::string_view text) {
  const std::string copy(text);
  std::array<char, 4> weekday{}, month{};
  unsigned day = 0;
  int year = 0, hour = 0, minute = 0, second = 0, end = 0;
  const int read = std::sscanf(copy.c_str(), "%3s, %2u %3s %4d %2d:%2d:%2d GMT%n", weekday.data(), &day,
                               month.data(), &year, &hour, &minute, &second, &end);
  if (read != 7 || static_cast<std::size_t>(end) != copy.size()) return std::nullopt;
  for (unsigned i = 0; i < kMonths.size(); ++i) {
    if (std::string_view(kMonths[i]) != month.data()) continue;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(i + 1),
                                           std::chrono::day(day)};
    if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
  }
  return std::nullopt;
}

std::int64_t epoch_seconds(WallTime time) {
  return floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace dev8agent::emulator
