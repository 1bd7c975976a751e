// SharedKey verification: see signature.h.
#include "files/signature.h"

#include <algorithm>
#include <array>
#include <map>

#include "core/hashes.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

constexpr std::chrono::minutes kClockSkew{15};
constexpr std::array kSignedHeaders = {
    "Content-Encoding",  "Content-Language", "Content-Length", "Content-MD5",         "Content-Type", "Date",
    "If-Modified-Since", "If-Match",         "If-None-Match",  "If-Unmodified-Since", "Range"};

// The length is empty, not "0", for a request without body.
std::string content_length(const Exchange& exchange) {
  const std::string_view sent = exchange.header("Content-Length");
  if (!sent.empty()) return sent == "0" ? "" : std::string(sent);
  return exchange.http.body.empty() ? "" : std::to_string(exchange.http.body.size());
}

std::string standard_header(const Exchange& exchange, std::string_view name) {
  if (name == "Content-Length") return content_length(exchange);
  if (name == "Date" && !exchange.header("x-ms-date").empty()) return "";
  return std::string(exchange.header(name));
}

std::string canonical_headers(const Exchange& exchange) {
  std::map<std::string, std::string> sorted;
  for (const HttpHeader& header : exchange.http.headers) {
    std::string name = lower(header.name);
    if (name.starts_with("x-ms-")) sorted.emplace(std::move(name), trim(header.value));
  }
  std::string out;
  for (const auto& [name, value] : sorted) out += concat({name, ":", value, "\n"});
  return out;
}

std::string canonical_resource(const Exchange& exchange, std::string_view account) {
  std::string out =
      concat({"/", account, exchange.url.path.empty() ? "/" : std::string_view(exchange.url.path)});
  std::map<std::string, std::vector<std::string>> sorted;
  for (const auto& [name, value] : exchange.url.query) sorted[lower(name)].push_back(value);
  for (auto& [name, values] : sorted) {
    std::sort(values.begin(), values.end());
    out += concat({"\n", name, ":"});
    for (std::size_t i = 0; i < values.size(); ++i) out += (i ? "," : "") + values[i];
  }
  return out;
}

bool date_is_close(const Exchange& exchange) {
  const std::string_view sent = exchange.header("x-ms-date");
  const auto date = parse_rfc1123(sent.empty() ? exchange.header("Date") : sent);
  return date && std::chrono::abs(exchange.moment.wall - *date) <= kClockSkew;
}

}  // namespace

std::string string_to_sign(const Exchange& exchange, std::string_view account) {
  std::string out = exchange.http.method + "\n";
  for (const char* name : kSignedHeaders) out += standard_header(exchange, name) + "\n";
  return out + canonical_headers(exchange) + canonical_resource(exchange, account);
}

std::string check_shared_key(const Exchange& exchange, const Account& account) {
  const std::string& name = account.settings.name;
  const std::string prefix = concat({"SharedKey ", name, ":"});
  const std::string_view sent = exchange.header("Authorization");
  if (!sent.starts_with(prefix))
    return "The Authorization header is missing or not of the form 'SharedKey account:signature'.";
  if (!date_is_close(exchange)) return "Request date header too old or not recent enough.";
  const std::string text = string_to_sign(exchange, name);
  const std::string_view signature = sent.substr(prefix.size());
  for (const std::string* key : {&account.raw_key1, &account.raw_key2}) {
    if (same_secret(signature, base64(hmac_sha256(*key, text)))) return {};
  }
  return "The MAC signature found in the HTTP request is not the same as any computed signature. Server used "
         "following string to sign: '" +
         text + "'.";
}

}  // namespace dev8agent::emulator
