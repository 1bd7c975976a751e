// The string that SharedKey signs, and its signature.
#include "azure/shared_key.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "base/crypto.h"
#include "base/text.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::array<std::string_view, 11> kSignedHeaders = {
    "Content-Encoding",  "Content-Language", "Content-Length", "Content-MD5",         "Content-Type", "Date",
    "If-Modified-Since", "If-Match",         "If-None-Match",  "If-Unmodified-Since", "Range"};

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string standard_header(const HttpRequest& request, std::string_view name) {
  if (name == "Content-Length") return request.body.empty() ? "" : std::to_string(request.body.size());
  // With x-ms-date, Date is left out of the string.
  if (name == "Date" && find_header(request.headers, "x-ms-date")) return "";
  return std::string(trim(find_header(request.headers, name).value_or("")));
}

std::string canonical_headers(const HttpRequest& request) {
  std::map<std::string, std::string> sorted;
  for (const HttpHeader& header : request.headers) {
    std::string name = to_lower(header.name);
    if (name.starts_with("x-ms-")) sorted[name] = trim(header.value);
  }
  std::string text;
  for (const auto& [name, value] : sorted) text += name + ":" + value + "\n";
  return text;
}

std::optional<std::string> canonical_resource(std::string_view url, std::string_view account) {
  const auto scheme = url.find("://");
  if (scheme == url.npos) return std::nullopt;
  url.remove_prefix(scheme + 3);
  const auto query_at = url.find('?');
  std::string_view location = url.substr(0, query_at);
  const auto path_at = location.find('/');
  std::string text = "/" + std::string(account);
  text += path_at == location.npos ? "/" : location.substr(path_at);

  std::map<std::string, std::vector<std::string>> parameters;
  if (query_at != url.npos) {
    for (const std::string& pair : split(url.substr(query_at + 1), '&')) {
      if (pair.empty()) continue;
      const auto equals = pair.find('=');
      auto name = percent_decode(pair.substr(0, equals));
      auto value = percent_decode(equals == pair.npos ? "" : pair.substr(equals + 1));
      if (!name || !value) return std::nullopt;
      parameters[to_lower(*name)].push_back(*value);
    }
  }
  for (auto& [name, values] : parameters) {
    std::sort(values.begin(), values.end());
    text += "\n" + name + ":";
    for (std::size_t i = 0; i < values.size(); ++i) text += (i ? "," : "") + values[i];
  }
  return text;
}

}  // namespace

std::optional<std::string> string_to_sign(const HttpRequest& request, std::string_view account) {
  for (const HttpHeader& header : request.headers) {
    if (has_control_character(header.name) || has_control_character(header.value)) return std::nullopt;
  }
  if (has_control_character(request.url)) return std::nullopt;
  auto resource = canonical_resource(request.url, account);
  if (!resource) return std::nullopt;
  std::string text = request.method + "\n";
  for (std::string_view name : kSignedHeaders) text += standard_header(request, name) + "\n";
  return text + canonical_headers(request) + *resource;
}

std::optional<std::string> shared_key_authorization(const HttpRequest& request, std::string_view account,
                                                    std::string_view key) {
  auto raw_key = base64_decode(key);
  auto text = string_to_sign(request, account);
  if (!raw_key || raw_key->empty() || !text) return std::nullopt;
  const std::string signature = base64_encode(hmac_sha256(*raw_key, *text));
  OPENSSL_cleanse(raw_key->data(), raw_key->size());
  return "SharedKey " + std::string(account) + ":" + signature;
}

}  // namespace dev8agent::internal::azure
