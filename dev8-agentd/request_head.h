// The head of an HTTP/1.x request, parsed strictly (RFC 9112). What can be read in two ways is refused, so
// that the agent and a proxy before it never disagree about where a request ends (request smuggling). Pure;
// any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dev8agent/transport.h"
#include "head_scanner.h"

namespace dev8agentd {

// The largest body in bytes, decoded; a larger one gets 413.
inline constexpr std::size_t kMaxBody = std::size_t{1} << 20;

// How the body is framed (RFC 9112, section 6.3). Without Content-Length and Transfer-Encoding there is none,
// whatever the method.
enum class BodyForm { kNone, kLength, kChunked };

// What the head says. Percent escapes are not decoded anywhere here.
struct RequestHead {
  std::string method;        // as it was sent: methods are case-sensitive
  std::string target;        // path and query, still percent-encoded, or "*"
  std::string host;          // as the client named it, with its port if any; empty when HTTP/1.0 left it out
  bool is_http_1_0 = false;  // any other minor version counts as 1.1
  std::vector<dev8agent::HttpHeader> headers;  // in their order, values as they were sent

  BodyForm body_form = BodyForm::kNone;
  std::size_t content_length = 0;  // of BodyForm::kLength
  bool keep_alive = true;          // the client wants the connection to stay open
  bool expects_continue = false;   // the client waits for 100 before it sends the body

  // Set when the request is refused although its end is known (unknown method, malformed target): its body is
  // read, and the connection can go on after the answer.
  std::optional<Fault> fault;
};

// `text` is a whole head with its empty line, as the HeadScanner found it. A Fault: where the request ends
// cannot be known, or its body is too large; then the connection ends with the answer.
//
// Refused are, among others: both Content-Length and Transfer-Encoding, different Content-Lengths, signs and
// prefixes in a length, transfer codings other than one "chunked", and no Host or several.
std::variant<RequestHead, Fault> parse_head(std::string_view text);

}  // namespace dev8agentd
