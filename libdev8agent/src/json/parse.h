// Guarded JSON parsing: safe on hostile input of any size and shape. The parser does not recurse. Any thread.
//
//   auto body = json::parse(text);
//   if (!body.ok()) return body.error();  // "duplicate member "a" at byte 17"
//   const std::string_view name = body->string_at({"name"});
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dev8agent/result.h"
#include "json/value.h"

namespace dev8agent::internal::json {

// What parse() accepts. A text over a limit is refused whole.
struct ParseLimits {
  std::size_t max_bytes = 8 * 1024 * 1024;  // of the text
  unsigned max_depth = 32;                  // of objects and arrays inside each other
  std::size_t max_members = 10000;          // of one object
  std::size_t max_values = 1000000;         // of the whole text
  bool lenient = false;  // odd values are replaced where they stand instead of refusing the text
  // Names of members whose value is left out of the result when it is an array, wherever they stand. It must
  // be JSON, of no more than `max_depth` and `max_values`, but nothing is kept of it, which makes a large
  // text several times cheaper. Repeated names inside of it, and repeats of such a member, are not noticed.
  // The names must outlive the call.
  std::span<const std::string_view> unread_arrays{};
};

// For the answers of services. Most of their members are needed by nobody, so an odd one must not hide the
// rest.
inline constexpr ParseLimits kLenient{.lenient = true};

// Parses RFC 8259 text; a UTF-8 byte order mark before it is accepted. kInvalidRequest says what is wrong and
// at which byte: text that is not JSON, duplicate members, invalid UTF-8, half a surrogate pair, a number
// outside of int64 or a finite double, a NUL byte, and what exceeds `limits`.
//
// With `lenient`, half a surrogate pair and invalid UTF-8 become U+FFFD, an integer beyond int64 becomes a
// double, a number that no double holds becomes null, and of members with one name the last one stays. All
// else is refused as before.
Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

// The items of a long array, kept as text. One at a time becomes a Value, so that a list of thousands takes
// no more memory than its text. Plain value.
class Items {
 public:
  // Where an item stands in the text. An item that is no object has no place.
  struct Place {
    std::size_t begin = 0;
    std::size_t size = 0;
  };

  Items() = default;
  // `limits`: those under which the text was parsed.
  Items(std::string text, std::vector<Place> places, const ParseLimits& limits)
      : text_(std::move(text)), places_(std::move(places)), limits_(limits) {}
  std::size_t size() const { return places_.size(); }
  // The item with this number, from 0 on; null for one that is no object.
  Value at(std::size_t number) const;

 private:
  std::string text_;
  std::vector<Place> places_;
  ParseLimits limits_;
};

// An object apart from the items of one of its arrays: `rest` has an empty array in that place.
struct SplitObject {
  Value rest;
  Items items;
};

// parse() for an object with a long array called `member`. The whole text is checked, the items too, but for
// repeated names in strict items.
Result<SplitObject> parse_split(std::string text, std::string_view member, const ParseLimits& limits = {});

}  // namespace dev8agent::internal::json
