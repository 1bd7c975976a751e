// JSON text to values, by RapidJSON's reader.
#include "json/parse.h"

#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "json/mend.h"

namespace dev8agent::internal::json {
namespace {

namespace rj = rapidjson;

// An object of up to so many members is searched for a repeated name. For a larger one, a set of the names is
// made, so that looking for repeats does not take quadratic time.
constexpr std::size_t kSearchedMembers = 32;

// Receives RapidJSON's events and builds the Value; refuses what RapidJSON lets through. Numbers arrive as
// text: RapidJSON 1.1.0 overflows an int in its own number parser.
class Builder {
 public:
  // The items of the array `split`, a member of the outermost object, are left out, and their places in
  // `stream` are noted. An empty name: of none.
  Builder(const ParseLimits& limits, const rj::MemoryStream& stream, std::string_view split)
      : limits_(limits), stream_(stream), split_(split) {}

  bool Null() { return add(Value()); }
  bool Bool(bool value) { return add(Value(value)); }
  bool Int(int value) { return add(Value(value)); }
  bool Uint(unsigned value) { return add(Value(std::int64_t{value})); }
  bool Int64(std::int64_t value) { return add(Value(value)); }
  bool Uint64(std::uint64_t value) { return add(Value(static_cast<double>(value))); }
  bool Double(double value) { return add(Value(value)); }
  bool RawNumber(const char* text, rj::SizeType length, bool) {
    std::string_view digits(text, length);
    if (digits.find_first_of(".eE") == digits.npos && number<std::int64_t>(digits)) return add_number();
    if ((limits_.lenient || digits.find_first_of(".eE") != digits.npos) && number<double>(digits))
      return add_number();
    return refuse("number out of range");
  }
  bool String(const char* text, rj::SizeType length, bool) {
    if (has_surrogate({text, length})) return refuse("half a surrogate pair");
    return add(Value(std::string(text, length)));
  }
  bool StartObject() { return open(Value(Value::Object())); }
  bool Key(const char* text, rj::SizeType length, bool) {
    if (has_surrogate({text, length})) return refuse("half a surrogate pair");
    if (left_out_depth_ > 0) return true;
    Level& level = levels_.back();
    level.key.assign(text, length);
    const auto& unread = limits_.unread_arrays;
    key_is_unread_ = std::find(unread.begin(), unread.end(), level.key) != unread.end();
    key_is_split_ = !split_.empty() && levels_.size() == 1 && level.key == split_;
    if (key_is_split_) items_.clear();  // of an earlier member of that name
    if (is_repeated(level)) {
      if (limits_.lenient) level.value.erase(level.key);
      return limits_.lenient || refuse("duplicate member \"" + printable(level.key) + "\"");
    }
    return level.value.object().size() < limits_.max_members || refuse("too many members");
  }
  bool EndObject(rj::SizeType) { return close(); }
  bool StartArray() { return open(Value(Value::Array())); }
  bool EndArray(rj::SizeType) { return close(); }

  const std::string& why() const { return why_; }
  Value take() { return std::move(root_); }
  std::vector<Items::Place> take_items() { return std::move(items_); }

 private:
  struct Level {
    Value value;
    std::string key;                        // of the member that comes next
    std::unordered_set<std::string> names;  // empty while the object has few members
  };

  // Whether the object has a member called `level.key`.
  static bool is_repeated(Level& level) {
    const Value::Object& members = level.value.object();
    if (members.size() < kSearchedMembers) return level.value.find(level.key) != nullptr;
    if (level.names.empty()) {
      for (const Member& member : members) level.names.insert(member.name);
    }
    return !level.names.insert(level.key).second;
  }

  // Reads `digits` into number_; false when they are out of range.
  template <class Number>
  bool number(std::string_view digits) {
    Number value{};
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    number_ = Value(value);
    return error == std::errc() && std::isfinite(static_cast<double>(value));
  }
  bool add_number() { return add(std::move(number_)); }
  static std::string printable(std::string_view name) {
    std::string shown(name.substr(0, 40));
    for (char& c : shown) {
      if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) > 0x7e) c = '?';
    }
    return shown;
  }
  // RapidJSON makes a lone "\\udc00" three bytes that are no UTF-8.
  static bool has_surrogate(std::string_view text) {
    for (auto at = text.find('\xed'); at != text.npos; at = text.find('\xed', at + 1)) {
      if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xa0) return true;
    }
    return false;
  }
  bool open(Value container) {
    if (levels_.size() + left_out_depth_ == limits_.max_depth) return refuse("nested too deeply");
    const bool is_split = std::exchange(key_is_split_, false) && container.is_array();
    const bool is_unread = std::exchange(key_is_unread_, false) && container.is_array();
    if (is_split) in_split_ = true;
    if (is_split || is_unread || left_out_depth_ > 0) {
      if (is_item())
        items_.push_back(container.is_object() ? Items::Place{position('{'), 0} : Items::Place{});
      ++left_out_depth_;
    } else {
      levels_.push_back({std::move(container), {}, {}});
    }
    return true;
  }
  bool close() {
    if (left_out_depth_ > 0) {
      --left_out_depth_;
      if (left_out_depth_ == 0 && std::exchange(in_split_, false)) return add(Value(Value::Array()));
      if (is_item() && items_.back().begin > 0) items_.back().size = position('}') + 1 - items_.back().begin;
      return count();
    }
    Value done = std::move(levels_.back().value);
    levels_.pop_back();
    return add(std::move(done));
  }
  // True between the items of the array that is split.
  bool is_item() const { return in_split_ && left_out_depth_ == 1; }
  // Of the brace whose event this is. The reader stands on it, or just behind it, where no equal one follows.
  std::size_t position(char brace) const {
    const std::size_t at = stream_.Tell();
    return at < stream_.size_ && stream_.begin_[at] == brace ? at : at - 1;
  }
  bool count() { return ++count_ <= limits_.max_values || refuse("too many values"); }
  bool add(Value value) {
    if (!count()) return false;
    key_is_unread_ = key_is_split_ = false;
    if (is_item()) items_.push_back({});
    if (left_out_depth_ > 0) return true;
    if (levels_.empty()) {
      root_ = std::move(value);
    } else if (levels_.back().value.is_array()) {
      levels_.back().value.push(std::move(value));
    } else {
      // The name is known to be new, so append without looking for it.
      levels_.back().value.append(std::move(levels_.back().key), std::move(value));
    }
    return true;
  }
  bool refuse(std::string why) {
    why_ = std::move(why);
    return false;
  }

  const ParseLimits& limits_;
  const rj::MemoryStream& stream_;
  const std::string_view split_;
  std::vector<Level> levels_;
  Value root_;
  Value number_;
  bool key_is_unread_ = false;      // the value that comes next belongs to a member in limits_.unread_arrays
  bool key_is_split_ = false;       // it belongs to the member that is split
  bool in_split_ = false;           // the array that is split is open
  std::size_t left_out_depth_ = 0;  // how many containers are open from such an array inwards
  std::vector<Items::Place> items_;
  std::size_t count_ = 0;
  std::string why_;
};

Error malformed(std::string what, std::size_t offset) {
  return make_error(ErrorCode::kInvalidRequest, what + " at byte " + std::to_string(offset));
}

struct Parsed {
  Value value;
  std::vector<Items::Place> items;
};

// `skipped`: how many bytes of the caller's text stand before `json`.
Result<Parsed> parse_once(std::string_view json, const ParseLimits& limits, std::size_t skipped,
                          std::string_view split) {
  rj::MemoryStream stream(json.data(), json.size());
  Builder builder(limits, stream, split);
  rj::Reader reader;
  constexpr unsigned flags =
      rj::kParseIterativeFlag | rj::kParseValidateEncodingFlag | rj::kParseNumbersAsStringsFlag;
  const rj::ParseResult result = reader.Parse<flags>(stream, builder);
  if (!result.IsError()) return Parsed{builder.take(), builder.take_items()};
  if (!builder.why().empty()) return malformed(builder.why(), result.Offset() + skipped);
  if (result.Code() == rj::kParseErrorDocumentEmpty) return malformed("the text is empty", skipped);
  std::string what = rj::GetParseError_En(result.Code());
  if (what.ends_with('.')) what.pop_back();
  return malformed(std::move(what), result.Offset() + skipped);
}

// Where a byte order mark ends.
std::size_t begin_of(std::string_view text) {
  return text.starts_with("\xef\xbb\xbf") ? 3 : 0;
}

// What rules a text out before it is parsed.
std::optional<Error> unfit(std::string_view text, const ParseLimits& limits) {
  if (text.size() > limits.max_bytes) {
    return make_error(ErrorCode::kInvalidRequest,
                      "larger than " + std::to_string(limits.max_bytes) + " bytes");
  }
  // An embedded NUL would end RapidJSON's stream early and hide what follows; it is no JSON anywhere.
  if (auto nul = text.find('\0'); nul != text.npos) return malformed("NUL byte", nul);
  return std::nullopt;
}

}  // namespace

Result<Value> parse(std::string_view text, const ParseLimits& limits) {
  if (auto error = unfit(text, limits)) return std::move(*error);
  const std::size_t skipped = begin_of(text);
  const std::string_view json = text.substr(skipped);
  auto parsed = parse_once(json, limits, skipped, "");
  // Almost every text is good as it is, so only one that is not is mended.
  if (!parsed.ok() && limits.lenient) parsed = parse_once(mended(json), limits, skipped, "");
  if (!parsed.ok()) return std::move(parsed).error();
  return std::move(parsed->value);
}

Result<SplitObject> parse_split(std::string text, std::string_view member, const ParseLimits& limits) {
  if (auto error = unfit(text, limits)) return std::move(*error);
  const std::size_t skipped = begin_of(text);
  text.erase(0, skipped);
  auto parsed = parse_once(text, limits, skipped, member);
  if (!parsed.ok() && limits.lenient) {
    text = mended(text);
    parsed = parse_once(text, limits, skipped, member);
  }
  if (!parsed.ok()) return std::move(parsed).error();
  return SplitObject{std::move(parsed->value), Items(std::move(text), std::move(parsed->items), limits)};
}

Value Items::at(std::size_t number) const {
  const Place& place = places_[number];
  auto item = parse(std::string_view(text_).substr(place.begin, place.size), limits_);
  return item.ok() ? std::move(*item) : Value();
}

}  // namespace dev8agent::internal::json
