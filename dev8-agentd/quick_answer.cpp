// Status line, fields and body as one string.
#include "quick_answer.h"

#include <exception>
#include <utility>
#include <variant>

#include "httplib_adapter.h"

namespace dev8agentd {
namespace {

Response response_of(Exchange& exchange) {
  try {
    if (auto refusal = exchange.reject_early()) return std::move(*refusal);
    return std::get<Response>(exchange.answer());
  } catch (const std::exception&) {
    return exchange.failure();
  }
}

void append_field(std::string& bytes, std::string_view name, std::string_view value) {
  bytes.append(name).append(": ").append(value).append("\r\n");
}

std::string bytes_of(const Response& response, bool with_body) {
  std::string bytes;
  bytes.reserve(512 + response.body.size());
  bytes.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  bytes.append(reason_phrase(response.status)).append("\r\n");
  append_field(bytes, "Content-Type", response.content_type);
  append_field(bytes, "Content-Length", std::to_string(response.body.size()));
  for (const dev8agent::HttpHeader& header : response.headers) append_field(bytes, header.name, header.value);
  bytes.append("\r\n");
  if (with_body) bytes.append(response.body);
  return bytes;
}

}  // namespace

Answer quick_answer(Exchange& exchange) {
  Response response = response_of(exchange);
  exchange.note(response);
  exchange.complete(response);
  exchange.record(response.status, response.body.size());
  return {bytes_of(response, exchange.request().method != "HEAD"), exchange.closes()};
}

}  // namespace dev8agentd
