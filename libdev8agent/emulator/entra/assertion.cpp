// check_assertion(): see assertion.h.
#include "entra/assertion.h"

#include <algorithm>

#include "core/hashes.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

constexpr std::string_view kExchangeAudience = "api://AzureADTokenExchange";
constexpr std::int64_t kClockSkew = 300;

struct Jwt {
  json::Value header;
  json::Value claims;
  std::string_view signed_text;
  std::string signature;
};

std::optional<json::Value> decode_part(std::string_view part) {
  auto text = base64_decode(part);
  if (!text) return std::nullopt;
  auto value = json::parse(*text);
  if (!value || !value->is_object()) return std::nullopt;
  return std::move(*value);
}

std::optional<Jwt> decode(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 3) return std::nullopt;
  auto header = decode_part(parts[0]);
  auto claims = decode_part(parts[1]);
  auto signature = base64_decode(parts[2]);
  if (!header || !claims || !signature) return std::nullopt;
  return Jwt{std::move(*header), std::move(*claims), text.substr(0, parts[0].size() + 1 + parts[1].size()),
             std::move(*signature)};
}

EntraError invalid(int code, std::string message) {
  return {401, "invalid_client", code, std::move(message)};
}

std::optional<EntraError> check_times(const json::Value& claims, WallTime now) {
  const std::int64_t seconds = epoch_seconds(now);
  const json::Value* expires = claims.find("exp");
  const auto exp = expires ? expires->number() : std::nullopt;
  if (!exp || *exp + kClockSkew < static_cast<double>(seconds)) {
    return invalid(700024, "Client assertion is not within its valid time range.");
  }
  const json::Value* begins = claims.find("nbf");
  if (begins && begins->number().value_or(0) > static_cast<double>(seconds + kClockSkew)) {
    return invalid(700024, "Client assertion is not within its valid time range.");
  }
  return std::nullopt;
}

std::optional<EntraError> check_signature(const Jwt& jwt, const SigningKey& key) {
  const std::string_view x5t = jwt.header.string_at({"x5t"});
  if (key.has_thumbprints() && !key.matches(x5t, jwt.header.string_at({"x5t#S256"}))) {
    return invalid(700027,
                   "The certificate with identifier used to sign the client assertion is not registered "
                   "on application.");
  }
  if (!key.verify(jwt.header.string_at({"alg"}), jwt.signed_text, jwt.signature)) {
    return invalid(700027, "Client assertion failed signature validation.");
  }
  return std::nullopt;
}

// A token of another issuer that the application trusts: workload identity.
std::optional<EntraError> check_federated(const json::Value& claims, const AssertionRules& rules) {
  if (claims.string_at({"aud"}) != kExchangeAudience) {
    return invalid(700212, "No matching federated identity record found for presented assertion audience.");
  }
  if (rules.issuer && claims.string_at({"iss"}) != *rules.issuer) {
    return invalid(70021, "No matching federated identity record found for presented assertion issuer.");
  }
  if (claims.string_at({"sub"}).empty() || (rules.subject && claims.string_at({"sub"}) != *rules.subject)) {
    return invalid(700213, "No matching federated identity record found for presented assertion subject.");
  }
  return std::nullopt;
}

}  // namespace

std::optional<EntraError> check_assertion(std::string_view text, const AssertionRules& rules, WallTime now) {
  const auto jwt = decode(text);
  if (!jwt) return invalid(50027, "JWT token is invalid or malformed.");
  const std::string_view issuer = jwt->claims.string_at({"iss"});
  if (issuer.empty()) return invalid(50027, "JWT token is invalid or malformed: no issuer.");
  if (issuer != rules.client_id) {
    if (auto error = check_federated(jwt->claims, rules)) return error;
    return check_times(jwt->claims, now);
  }
  if (jwt->claims.string_at({"sub"}) != issuer) {
    return invalid(700021, "Client assertion application identifier doesn't match 'client_id' parameter.");
  }
  const std::string_view audience = jwt->claims.string_at({"aud"});
  if (std::find(rules.audiences.begin(), rules.audiences.end(), audience) == rules.audiences.end()) {
    return invalid(700023, "Client assertion audience claim does not match Realm issuer.");
  }
  if (auto error = check_times(jwt->claims, now)) return error;
  if (rules.key) return check_signature(*jwt, *rules.key);
  return std::nullopt;
}

}  // namespace dev8agent::emulator
