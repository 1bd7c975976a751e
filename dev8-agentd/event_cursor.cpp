// Cursors as text: each digest is four characters of base64url.
#include "event_cursor.h"

#include <algorithm>
#include <utility>

#include "dev8agent/event.h"
#include "http_text.h"

namespace dev8agentd {
namespace {

using dev8agent::comes_after;

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kDigestLength = 4;
constexpr int kBitsOfDigit = 6;

// FNV-1a, folded to 24 bits. Agents of all versions have to agree on it.
std::uint32_t digest_of(std::string_view id) {
  std::uint32_t hash = 2166136261U;
  for (const char c : id) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return (hash ^ (hash >> 24U)) & 0xFFFFFFU;
}

void append_digest(std::uint32_t digest, std::string& text) {
  for (int shift = (kDigestLength - 1) * kBitsOfDigit; shift >= 0; shift -= kBitsOfDigit)
    text += kDigits[(digest >> static_cast<unsigned>(shift)) & 63U];
}

std::optional<std::uint32_t> read_digest(std::string_view text) {
  std::uint32_t digest = 0;
  for (const char c : text) {
    const auto value = kDigits.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    digest = digest << static_cast<unsigned>(kBitsOfDigit) | static_cast<std::uint32_t>(value);
  }
  return digest;
}

}  // namespace

std::optional<EventCursor> EventCursor::read(std::string_view text) {
  EventCursor cursor;
  if (text.empty()) return cursor;
  const bool is_plain = text.find('.') == std::string_view::npos;
  cursor.last_ = take_until(text, '.');
  std::string_view digests = take_until(text, '.');
  cursor.floor_ = is_plain ? cursor.last_ : std::string(text);
  const bool named = dev8agent::is_event_id(cursor.last_) &&
                     (cursor.floor_.empty() || dev8agent::is_event_id(cursor.floor_));
  if (!named || digests.size() % kDigestLength != 0 || digests.size() > kMost * kDigestLength)
    return std::nullopt;
  for (; !digests.empty(); digests.remove_prefix(kDigestLength)) {
    const auto digest = read_digest(digests.substr(0, kDigestLength));
    if (!digest) return std::nullopt;
    cursor.told_.push_back({*digest, ""});
  }
  return cursor;
}

bool EventCursor::has_told(const std::string& event_id) {
  if (!floor_.empty() && !comes_after(event_id, floor_)) return true;
  const std::uint32_t digest = digest_of(event_id);
  const auto found =
      std::find_if(told_.begin(), told_.end(), [&](const Told& told) { return told.digest == digest; });
  if (found == told_.end()) return false;
  found->id = event_id;
  return true;
}

void EventCursor::note(const std::string& event_id) {
  last_ = event_id;
  told_.push_back({digest_of(event_id), event_id});
  if (told_.size() <= kMost) return;
  // One that Azure no longer shows is not told again.
  std::string oldest = std::move(told_.front().id);
  told_.pop_front();
  if (!oldest.empty() && comes_after(oldest, floor_)) floor_ = std::move(oldest);
}

std::string EventCursor::text() const {
  if (last_.empty()) return "";
  std::string text = last_ + ".";
  for (const Told& told : told_) append_digest(told.digest, text);
  return floor_.empty() ? text : text + "." + floor_;
}

}  // namespace dev8agentd
