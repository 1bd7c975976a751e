// Secret: a string that does not print, compare or copy by accident and is wiped when it is destroyed.
// Passwords, keys and tokens are Secrets throughout the API. Plain value; any thread, one at a time.
//
//   dev8agent::Secret token(std::move(text));          // takes the bytes; `text` is wiped and empty
//   request.secrets.github_token = token.copy();       // a copy is always written out
//   send("Authorization: " + std::string(token.reveal()));  // and so is every use of the bytes
//
// Wiping is done with OPENSSL_cleanse, which the compiler does not leave out. It covers the bytes of this
// object alone: copies that the program makes of what reveal() shows are the program's to wipe. The bytes may
// be any, zeros included. There is no operator==; compare with same_as().
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

class DEV8AGENT_EXPORT Secret {
 public:
  // Empty, which means "not set" wherever a Secret is optional.
  Secret() = default;
  // Takes the bytes of `text` and wipes `text`, so that no other copy stays in memory.
  explicit Secret(std::string&& text);
  // Copies `text`; the caller still owns, and may have to wipe, the original.
  explicit Secret(std::string_view text);
  // Copies a null-terminated `text`, which must not be null.
  explicit Secret(const char* text);
  // Moving leaves the other one empty and copies no bytes. There is no implicit copy; see copy().
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  // Wipes the bytes.
  ~Secret();

  // The bytes, not null-terminated, valid while this object lives and is not assigned to or moved from. Pass
  // them on only to where they must go.
  std::string_view reveal() const;
  // True when it holds no bytes.
  bool empty() const { return size_ == 0; }
  // In bytes.
  std::size_t size() const { return size_; }

  // A second copy, made on purpose.
  Secret copy() const;
  // Equality in time that depends on the lengths alone, for comparing with what a caller presents. Two empty
  // ones are equal.
  bool same_as(std::string_view other) const;

 private:
  std::unique_ptr<char[]> bytes_;  // null when empty; not a std::string, whose small buffer moves copy
  std::size_t size_ = 0;
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
