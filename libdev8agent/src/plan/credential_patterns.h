// What a credential looks like within one line. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dev8agent::internal::plan {

// A part of a line.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
};

// The credential that is announced at `at`: by its own prefix, by "Bearer", or by a word such as "password"
// with ':' or '='. Nothing when there is none.
std::optional<Span> credential_at(std::string_view line, std::size_t at);

// The marks around a private key, each with its dashes: the first one from `at` on.
std::optional<Span> key_begin(std::string_view line, std::size_t at);
std::optional<Span> key_end(std::string_view line, std::size_t at);

// A line that may be part of a private key: its last word is Base64 of some length. The line `at_its_end` may
// be short.
bool may_be_key_line(std::string_view line, bool at_its_end);

}  // namespace dev8agent::internal::plan
