// Finds the end of a request's head in bytes that arrive bit by bit, and refuses at once what can never
// become one: bare line feeds, control characters, folded lines, and heads over the limits. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dev8agentd {

// Why a request is refused before anything looks at what it asks for.
struct Fault {
  int status;         // of the answer
  const char* cause;  // for people
};

inline constexpr std::size_t kMaxTarget = 8192;
inline constexpr std::size_t kMaxHeaderLine = 8192;
inline constexpr std::size_t kMaxHeaderFields = 100;
inline constexpr std::size_t kMaxHead = 32768;

class HeadScanner {
 public:
  // `text` is all of the request so far; each call looks only at what has been added since the last one.
  // The length of the head with its empty line, once it is there. After a fault the scanner is of no use.
  std::optional<std::size_t> scan(std::string_view text);
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  std::optional<Fault> check(unsigned char c) const;
  void end_line();

  std::size_t at_ = 0;          // the next byte to look at
  std::size_t line_start_ = 0;  // where its line begins
  std::size_t lines_ = 0;       // lines before it
  bool after_return_ = false;
  std::optional<Fault> fault_;
};

}  // namespace dev8agentd
