// Request line and header fields, and what they say about the message.
#include "request_head.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http_text.h"
#include "request_target.h"

namespace dev8agentd {
namespace {

using MaybeFault = std::optional<Fault>;

constexpr std::array<std::string_view, 8> kMethods = {"GET",     "HEAD",  "POST",  "PUT",
                                                      "OPTIONS", "PATCH", "TRACE", "DELETE"};

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = rest.find("\r\n");
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return line;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

MaybeFault read_version(std::string_view version, RequestHead& head) {
  const bool is_version = version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
                          version[6] == '.' && is_digit(version[7]);
  if (!is_version) return Fault{400, "the request line is not 'METHOD target HTTP/1.1'"};
  if (version[5] != '1') return Fault{505, "the agent speaks HTTP/1.1"};
  head.is_http_1_0 = version[7] == '0';
  return std::nullopt;
}

MaybeFault read_request_line(std::string_view line, RequestHead& head) {
  const std::string_view method = take_until(line, ' ');
  const std::string_view target = take_until(line, ' ');
  if (!is_token(method)) return Fault{400, "the request line is not 'METHOD target HTTP/1.1'"};
  if (auto fault = read_version(line, head)) return fault;
  if (target.size() > kMaxTarget) return Fault{414, "the URI is longer than 8 KiB"};
  head.method = method;
  if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
    head.fault = Fault{501, "the agent does not know this method"};
  }
  head.target = target;
  return std::nullopt;
}

MaybeFault read_field(std::string_view line, RequestHead& head) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return Fault{400, "a header line is not 'Name: value'"};
  }
  head.headers.push_back(
      {std::string(line.substr(0, colon)), std::string(trim_blanks(line.substr(colon + 1)))});
  return std::nullopt;
}

std::vector<std::string_view> values_of(const RequestHead& head, std::string_view name) {
  std::vector<std::string_view> values;
  for (const auto& header : head.headers) {
    if (equal_ignoring_case(header.name, name)) values.push_back(header.value);
  }
  return values;
}

MaybeFault read_content_length(const std::vector<std::string_view>& values, RequestHead& head) {
  const std::string_view value = values.front();
  for (const std::string_view other : values) {
    if (other != value) return Fault{400, "the request has different Content-Length fields"};
  }
  if (value.empty() || !std::all_of(value.begin(), value.end(), is_digit)) {
    return Fault{400, "Content-Length is not a number"};
  }
  const auto [end, failure] = std::from_chars(value.data(), value.data() + value.size(), head.content_length);
  if (failure != std::errc() || head.content_length > kMaxBody) {
    return Fault{413, "the request body is larger than 1 MiB"};
  }
  head.body_form = head.content_length == 0 ? BodyForm::kNone : BodyForm::kLength;
  return std::nullopt;
}

MaybeFault read_transfer_coding(const std::vector<std::string_view>& values, RequestHead& head) {
  if (head.is_http_1_0) return Fault{400, "HTTP/1.0 has no Transfer-Encoding"};
  if (values.size() > 1 || values.front().empty()) {
    return Fault{400, "Transfer-Encoding is repeated or empty"};
  }
  if (!equal_ignoring_case(values.front(), "chunked")) {
    return Fault{501, "the only transfer coding that the agent knows is chunked"};
  }
  head.body_form = BodyForm::kChunked;
  return std::nullopt;
}

// How long the body is: RFC 9112, section 6.3. Without either field there is none, whatever the method.
MaybeFault read_framing(RequestHead& head) {
  const auto lengths = values_of(head, "Content-Length");
  const auto codings = values_of(head, "Transfer-Encoding");
  if (!lengths.empty() && !codings.empty()) {
    return Fault{400, "the request has both Content-Length and Transfer-Encoding"};
  }
  if (!codings.empty()) return read_transfer_coding(codings, head);
  return lengths.empty() ? std::nullopt : read_content_length(lengths, head);
}

void read_connection(RequestHead& head) {
  bool close = false;
  bool keep = !head.is_http_1_0;
  for (const std::string_view value : values_of(head, "Connection")) {
    close = close || list_contains(value, "close");
    keep = keep || list_contains(value, "keep-alive");
  }
  head.keep_alive = keep && !close;
  for (const std::string_view value : values_of(head, "Expect")) {
    head.expects_continue = !head.is_http_1_0 && equal_ignoring_case(value, "100-continue");
  }
}

// The fields that may be there once, and the target, which may name the host again.
MaybeFault read_host_and_target(RequestHead& head) {
  const auto hosts = values_of(head, "Host");
  if (hosts.size() > 1 || (hosts.empty() && !head.is_http_1_0)) {
    return Fault{400, "the request must have exactly one Host field"};
  }
  if (!hosts.empty()) head.host = hosts.front();
  if (!is_host(head.host)) return Fault{400, "Host is not a host name with an optional port"};
  if (values_of(head, "Authorization").size() > 1) return Fault{400, "Authorization is repeated"};
  if (head.fault) return head.fault;
  auto target = parse_target(head.method, head.target);
  if (!target) return Fault{400, "the request target is not a path, a URL or '*'"};
  head.target = std::move(target->path_and_query);
  if (!target->authority.empty()) head.host = std::move(target->authority);
  return std::nullopt;
}

}  // namespace

std::variant<RequestHead, Fault> parse_head(std::string_view text) {
  RequestHead head;
  if (auto fault = read_request_line(take_line(text), head)) return *fault;
  head.headers.reserve(8);
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    if (auto fault = read_field(line, head)) return *fault;
  }
  if (auto fault = read_framing(head)) return *fault;
  read_connection(head);
  head.fault = read_host_and_target(head);
  return head;
}

}  // namespace dev8agentd
