// Identifiers from OpenSSL's random generator.
#include "random_id.h"

#include <openssl/rand.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <vector>

namespace dev8agentd {
namespace {

std::vector<unsigned char> random_bytes(std::size_t count) {
  std::vector<unsigned char> bytes(count);
  if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) throw std::runtime_error("no random bytes");
  return bytes;
}

constexpr std::size_t kUuidBytes = 16;
constexpr std::size_t kUuidsAtOnce = 256;
using Bytes = std::span<const unsigned char>;

void append_hex(std::string& text, Bytes bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
}

// Version and variant replace six of the random bits.
std::string uuid_of(std::span<unsigned char> bytes) {
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string uuid;
  uuid.reserve(36);
  std::size_t begin = 0;
  for (const std::size_t end : {4, 6, 8, 10, 16}) {
    if (begin > 0) uuid += '-';
    append_hex(uuid, bytes.subspan(begin, end - begin));
    begin = end;
  }
  return uuid;
}

bool is_request_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-';
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == text.npos;
}

}  // namespace

std::string new_uuid() {
  std::vector<unsigned char> bytes = random_bytes(kUuidBytes);
  return uuid_of(bytes);
}

std::string UuidSource::next() {
  if (bytes_.empty()) bytes_ = random_bytes(kUuidBytes * kUuidsAtOnce);
  std::string uuid = uuid_of(std::span(bytes_).last(kUuidBytes));
  bytes_.resize(bytes_.size() - kUuidBytes);
  return uuid;
}

std::string random_hex(std::size_t count) {
  std::string text;
  append_hex(text, random_bytes(count));
  return text;
}

bool is_well_formed_request_id(std::string_view id) {
  return !id.empty() && id.size() <= 128 && std::all_of(id.begin(), id.end(), is_request_id_character);
}

// "00-" trace id "-" parent id "-" flags. A later version may append more after another '-'.
std::string_view trace_id_of(std::string_view traceparent) {
  const std::string_view version = traceparent.substr(0, 2);
  const bool framed = traceparent.size() >= 55 && traceparent[2] == '-' && traceparent[35] == '-' &&
                      traceparent[52] == '-' && is_lower_hex(version) && version != "ff";
  if (!framed ||
      (version == "00" ? traceparent.size() != 55 : traceparent.size() > 55 && traceparent[55] != '-'))
    return {};
  const std::string_view trace = traceparent.substr(3, 32);
  const std::string_view parent = traceparent.substr(36, 16);
  const bool valid = is_lower_hex(trace) && is_lower_hex(parent) && is_lower_hex(traceparent.substr(53, 2)) &&
                     trace.find_first_not_of('0') != trace.npos &&
                     parent.find_first_not_of('0') != parent.npos;
  return valid ? trace : std::string_view();
}

}  // namespace dev8agentd
