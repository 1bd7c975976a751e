// Questions to registries, and their offers of tokens.
#include "azure/image_registry.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "json/parse.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::string_view kBearer = "bearer ";
constexpr std::size_t kLongestToken = 16384;
// A registry may answer 404 to those who do not take the kind of manifest that it has.
constexpr std::string_view kManifests =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json";

// The parameters of a challenge, such as realm="https://auth.docker.io/token",scope="repository:a:pull,push".
std::map<std::string, std::string> parameters_of(std::string_view text) {
  std::map<std::string, std::string> parameters;
  while (!text.empty()) {
    const auto equals = text.find('=');
    if (equals == text.npos) break;
    const std::string name = to_lower(trim(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    const bool quoted = text.starts_with('"');
    if (quoted) text.remove_prefix(1);
    const auto end = std::min(text.find(quoted ? '"' : ','), text.size());
    parameters.emplace(name, text.substr(0, end));
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find(','), text.size()));
    if (!text.empty()) text.remove_prefix(1);
  }
  return parameters;
}

bool may_be_asked(std::string_view url) {
  constexpr std::string_view kPlain = "http://";
  if (url.starts_with("https://")) return true;
  if (!url.starts_with(kPlain)) return false;
  url.remove_prefix(kPlain.size());
  return is_loopback_host(url.substr(0, url.find_first_of(":/?#")));
}

// What can be sent in a header, or nothing.
std::string token_in(const std::string& body) {
  const auto answer = json::parse(body, json::kLenient);
  if (!answer.ok()) return "";
  std::string_view token = answer->string_at({"token"});
  if (token.empty()) token = answer->string_at({"access_token"});
  const bool plain = token.size() <= kLongestToken &&
                     std::all_of(token.begin(), token.end(), [](char c) { return c >= '!' && c <= '~'; });
  return plain ? std::string(token) : "";
}

bool offers_token(std::string_view challenge) {
  return equal_ignoring_case(trim(challenge).substr(0, kBearer.size()), kBearer);
}

Error no_token_for_all(const std::string& why) {
  return make_error(ErrorCode::kAzureUnavailable, "The registry's service for tokens " + why + ".");
}

}  // namespace

std::string token_url(std::string_view challenge) {
  if (!offers_token(challenge)) return "";
  const auto parameters = parameters_of(trim(challenge).substr(kBearer.size()));
  const auto realm = parameters.find("realm");
  if (realm == parameters.end() || !may_be_asked(realm->second)) return "";
  std::string url = realm->second;
  for (const char* name : {"service", "scope"}) {
    const auto found = parameters.find(name);
    if (found == parameters.end()) continue;
    url += (url.find('?') == url.npos ? "?" : "&") + std::string(name) + "=" + percent_encode(found->second);
  }
  return url;
}

Task<Result<HttpResponse>> ImageRegistry::ask(CallPtr call, std::string url, std::string token) {
  HttpRequest request;
  request.method = "HEAD";
  request.url = url;
  request.headers.push_back({"Accept", std::string(kManifests)});
  if (!token.empty()) request.headers.push_back({"Authorization", "Bearer " + token});
  request.deadline = call->deadline;
  request.label = "registry.manifest";
  auto response = co_await wire_.send(call, std::move(request));
  co_return response;
}

Task<Result<std::string>> ImageRegistry::token_for_all(CallPtr call, std::string url) {
  HttpRequest request;
  request.method = "GET";
  request.url = url;
  request.deadline = call->deadline;
  request.label = "registry.token";
  auto response = co_await wire_.send(call, std::move(request));
  if (!response.ok()) co_return response.error();
  const int status = response->status;
  if (status == 401 || status == 403) co_return std::string();
  const std::string token = status == 200 ? token_in(response->body) : "";
  if (token.empty())
    co_return no_token_for_all("answers with status " + std::to_string(status) + " and no token");
  co_return token;
}

Task<Result<int>> ImageRegistry::manifest(CallPtr call, std::string url) {
  auto first = co_await ask(call, url, "");
  if (!first.ok()) co_return first.error();
  const auto challenge = find_header(first->headers, "WWW-Authenticate");
  if (first->status != 401 || !challenge || !offers_token(*challenge)) co_return first->status;
  const std::string offer = token_url(*challenge);
  if (offer.empty()) co_return no_token_for_all("is not named, or not asked over HTTPS");
  auto token = co_await token_for_all(call, offer);
  if (!token.ok()) co_return token.error();
  if (token->empty()) co_return first->status;
  auto second = co_await ask(call, url, *token);
  if (!second.ok()) co_return second.error();
  co_return second->status;
}

}  // namespace dev8agent::internal::azure
