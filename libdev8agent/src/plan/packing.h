// Packing: what a flow knows as a string of few bytes, while it waits. A create waits for minutes and
// thousands may wait. Pure.
//
//   Packer packer;
//   pack(packer, situation);
//   const std::string bytes = packer.take();  // `situation` is not needed any more
//   Unpacker unpacker(bytes);
//   unpack(unpacker, situation, WithGroup::kYes);  // as it was
//
// Integers are written in base 128, so that small ones take a byte, text behind its length, or as the number
// of an equal text before it. The names of the agent's tags and metadata count as such.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "plan/situation.h"

namespace dev8agent::internal::plan {

template <class T>
concept Byte = std::is_same_v<T, unsigned char> || std::is_same_v<T, bool>;
template <class T>
concept Integer = std::is_integral_v<T> && !Byte<T>;
template <class T>
concept Enumeration = std::is_enum_v<T>;

// The texts that others may refer to, by number. They must outlive it.
class PackedTexts {
 public:
  PackedTexts();
  std::string_view operator[](std::size_t number) const { return texts_[number]; }
  std::optional<unsigned char> find(std::string_view text) const;
  void note(std::string_view text);

 private:
  std::vector<std::string_view> texts_;
};

// In the place of a length.
inline constexpr unsigned char kLongText = 0xff;     // it follows in full
inline constexpr unsigned char kEarlierText = 0xfe;  // an equal text has the number that follows

// Writes. What it has been given must stay as it is until take().
class Packer {
 public:
  std::string take() {
    out_.shrink_to_fit();
    return std::move(out_);
  }

  void operator()(Byte auto byte) { out_ += static_cast<char>(byte); }
  void operator()(Integer auto number) { integer(static_cast<std::int64_t>(number)); }
  void operator()(double number) { append(&number, sizeof number); }
  // Each has few values.
  void operator()(Enumeration auto value) { (*this)(static_cast<unsigned char>(value)); }
  template <class Rep, class Period>
  void operator()(std::chrono::duration<Rep, Period> span) {
    (*this)(span.count());
  }
  template <class Clock, class Span>
  void operator()(std::chrono::time_point<Clock, Span> time) {
    (*this)(time.time_since_epoch());
  }
  void operator()(const std::string& text);
  void operator()(const Facts& facts);
  template <class T>
  void operator()(const std::optional<T>& value) {
    maybe(value);
  }
  template <class T>
  void operator()(const Rare<T>& value) {
    maybe(value);
  }
  void operator()(const std::vector<std::string>& texts) {
    length(texts.size());
    for (const std::string& text : texts) (*this)(text);
  }
  template <class Compare>
  void operator()(const std::map<std::string, std::string, Compare>& texts) {
    length(texts.size());
    for (const auto& [name, value] : texts) (*this)(name), (*this)(value);
  }

 private:
  // Zigzag: the lowest bit tells the sign, so that small negative numbers stay short.
  void integer(std::int64_t number);
  void maybe(const auto& value) {
    (*this)(value.has_value());
    if (value) (*this)(*value);
  }
  void length(std::size_t length) {
    const bool fits = length < kEarlierText;
    (*this)(fits ? static_cast<unsigned char>(length) : kLongText);
    if (!fits) (*this)(length);
  }
  void append(const void* bytes, std::size_t size) { out_.append(static_cast<const char*>(bytes), size); }

  std::string out_;
  PackedTexts texts_;
};

// Reads what a Packer has written, in the same order. The bytes must outlive it.
class Unpacker {
 public:
  explicit Unpacker(std::string_view in) : rest_(in) {}

  void operator()(Byte auto& value) { value = static_cast<std::remove_reference_t<decltype(value)>>(byte()); }
  void operator()(Integer auto& number) {
    number = static_cast<std::remove_reference_t<decltype(number)>>(integer());
  }
  void operator()(double& number) { take(&number, sizeof number); }
  void operator()(Enumeration auto& value) {
    value = static_cast<std::remove_reference_t<decltype(value)>>(next<unsigned char>());
  }
  template <class Rep, class Period>
  void operator()(std::chrono::duration<Rep, Period>& span) {
    span = std::chrono::duration<Rep, Period>(next<Rep>());
  }
  template <class Clock, class Span>
  void operator()(std::chrono::time_point<Clock, Span>& time) {
    time = std::chrono::time_point<Clock, Span>(next<Span>());
  }
  void operator()(std::string& text) { text = next_text(); }
  void operator()(Facts& facts);
  template <class T>
  void operator()(std::optional<T>& value) {
    value.reset();
    if (next<bool>()) (*this)(value.emplace());
  }
  template <class T>
  void operator()(Rare<T>& value) {
    value.reset();
    if (next<bool>()) value = next<T>();
  }
  void operator()(std::vector<std::string>& texts) {
    texts.resize(length(next<unsigned char>()));
    for (std::string& text : texts) (*this)(text);
  }
  template <class Compare>
  void operator()(std::map<std::string, std::string, Compare>& texts) {
    texts.clear();
    for (std::size_t left = length(next<unsigned char>()); left > 0; --left) {
      const std::string_view name = next_text();
      (*this)(texts.emplace_hint(texts.end(), name, "")->second);
    }
  }
  template <class T>
  T next() {
    T value{};
    (*this)(value);
    return value;
  }

 private:
  unsigned char byte();
  std::int64_t integer();
  std::string_view next_text();
  std::size_t length(unsigned char code) { return code == kLongText ? next<std::size_t>() : code; }
  void take(void* bytes, std::size_t size) {
    std::memcpy(bytes, rest_.data(), size);
    rest_.remove_prefix(size);
  }

  std::string_view rest_;
  PackedTexts texts_;
};

// A group without events, sidecars and mounts. Others are not packed: they stay with their owner.
bool can_be_packed(const ContainerGroup& group);
// All of `at`, which has no other group, and neither `deleted` nor `deployment_error`.
bool can_be_packed(const Situation& at);

// What see_group() and see_share() have read from tags and metadata is read from them again.
enum class WithGroup { kNo, kYes };  // kNo: another group has been seen meanwhile
// The group, where it can be packed, and the share.
void pack(Packer& packer, const Observation& seen);
void unpack(Unpacker& unpacker, Observation& seen, WithGroup with_group);
// What can_be_packed().
void pack(Packer& packer, const Situation& at);
void unpack(Unpacker& unpacker, Situation& at, WithGroup with_group);

}  // namespace dev8agent::internal::plan
