// Masking of what looks like a credential in text that programs have printed: access tokens with a known
// prefix, bearer values, JSON web tokens, private keys, and the value after a word such as "password" with
// ':' or '='. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dev8agent::internal::plan {

inline constexpr std::string_view kMask = "***";

// Masks a text that comes line after line. A private key goes over several lines: from its first line on,
// lines are masked until its last one, and at most 200 of them.
class CredentialMasker {
 public:
  // `line` without its end, masked.
  std::string mask_line(std::string_view line);
  // The next lines, masked. A private key whose first lines are missing is found by its last one.
  std::vector<std::string> mask_lines(const std::vector<std::string_view>& lines);

 private:
  int key_lines_left_ = 0;  // more than 0: within a private key
};

// The whole of `text`, masked as by mask_lines().
std::string mask_credentials(std::string_view text);

}  // namespace dev8agent::internal::plan
