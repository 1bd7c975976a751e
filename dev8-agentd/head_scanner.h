// HeadScanner: finds the end of a request's head in bytes that arrive in pieces. It refuses at once what can
// never become a head: bare line feeds, control characters, folded lines, and heads over the limits. Nothing
// is repaired, because a proxy might repair it in another way (request smuggling). Source: RFC 9112, sections
// 2.2 and 5.2. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace dev8agentd {

// Why a request is refused before anything looks at what it asks for. Shared by all parts that read requests.
struct Fault {
  int status;         // of the answer: 400, 408, 413, 414, 431, 501 or 505
  const char* cause;  // for people; a constant without words of the client
};

// The limits, as docs/rest.md states them. Sizes in bytes, without line ends for the lines.
inline constexpr std::size_t kMaxTarget = 8192;       // else 414
inline constexpr std::size_t kMaxHeaderLine = 8192;   // name and value; else 431
inline constexpr std::size_t kMaxHeaderFields = 100;  // else 431
inline constexpr std::size_t kMaxHead = 32768;        // request line and all fields; else 431

class HeadScanner {
 public:
  // `text` is all of the request so far, from its first byte; each call looks only at what was added since
  // the last one, so the cost is linear. Returns the length of the head with its empty line, once it is
  // there. Nothing before, and after a fault. For the next request a new object is assigned over this one.
  std::optional<std::size_t> scan(std::string_view text);
  const std::optional<Fault>& fault() const { return fault_; }

 private:
  // What is wrong with the byte `c` at this place.
  std::optional<Fault> check(unsigned char c) const;
  void end_line();

  std::size_t at_ = 0;          // the next byte to look at
  std::size_t line_start_ = 0;  // where its line begins
  std::size_t lines_ = 0;       // lines before it
  bool after_return_ = false;   // the last byte was a CR
  std::optional<Fault> fault_;
};

}  // namespace dev8agentd
