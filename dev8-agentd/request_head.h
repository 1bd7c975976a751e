// The head of an HTTP/1.x request, parsed strictly (RFC 9112): what can be read in two ways is refused, so
// that the agent and a proxy before it never disagree about where a request ends. Pure.
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

inline constexpr std::size_t kMaxBody = std::size_t{1} << 20;

enum class BodyForm { kNone, kLength, kChunked };

struct RequestHead {
  std::string method;
  std::string target;  // path and query, still percent-encoded, or "*"
  std::string host;    // as the client named it, with its port if any; empty when HTTP/1.0 left it out
  bool is_http_1_0 = false;
  std::vector<dev8agent::HttpHeader> headers;  // in their order, values as they were sent

  BodyForm body_form = BodyForm::kNone;
  std::size_t content_length = 0;  // of BodyForm::kLength
  bool keep_alive = true;          // the client wants the connection to stay open
  bool expects_continue = false;   // the client waits for 100 before it sends the body

  // Set when the request is refused although its end is known: the connection can go on after the answer.
  std::optional<Fault> fault;
};

// `text` is a whole head with its empty line, as the HeadScanner found it. A Fault: where the request ends
// cannot be known, or its body is too large; the connection ends with the answer.
std::variant<RequestHead, Fault> parse_head(std::string_view text);

}  // namespace dev8agentd
