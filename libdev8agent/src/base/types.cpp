// Small members of the public structs: names of enumerators, copies on purpose, the Secret.
#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/crypto.h"
#include "base/secret_fields.h"
#include "base/text.h"
#include "dev8agent/credential.h"
#include "dev8agent/environment.h"
#include "dev8agent/log.h"
#include "dev8agent/orchestrator.h"
#include "dev8agent/secret.h"
#include "dev8agent/transport.h"
#include "dev8agent/version.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;

std::string_view version() {
  return DEV8AGENT_VERSION;
}

Secret::Secret(std::string_view text)
    : bytes_(text.empty() ? nullptr : new char[text.size()]), size_(text.size()) {
  if (size_ > 0) std::memcpy(bytes_.get(), text.data(), size_);
}

Secret::Secret(const char* text) : Secret(std::string_view(text)) {}

Secret::Secret(std::string&& text) : Secret(std::string_view(text)) {
  if (!text.empty()) OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

Secret::Secret(Secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  Secret taken(std::move(other));
  std::swap(bytes_, taken.bytes_);
  std::swap(size_, taken.size_);
  return *this;
}

Secret::~Secret() {
  if (bytes_) OPENSSL_cleanse(bytes_.get(), size_);
}

std::string_view Secret::reveal() const {
  return {bytes_.get(), size_};
}
Secret Secret::copy() const {
  return Secret(reveal());
}
bool Secret::same_as(std::string_view other) const {
  return equal_in_constant_time(reveal(), other);
}

namespace {
constexpr std::array<std::string_view, 7> kStatusWords = {"CREATING", "STARTING", "RUNNING", "STOPPING",
                                                          "STOPPED",  "ERROR",    "DELETING"};
constexpr std::array<std::string_view, 4> kRegionWords = {"AVAILABLE", "FULL", "UNKNOWN", "DISABLED"};
constexpr std::array<std::string_view, 4> kLevelWords = {"debug", "info", "warn", "error"};
}  // namespace

std::string_view to_string(EnvironmentStatus status) {
  return kStatusWords[static_cast<std::size_t>(status)];
}
std::string_view to_string(OrphanKind kind) {
  return kind == OrphanKind::kShare ? "share" : "containerGroup";
}
std::string_view to_string(RegionStatus status) {
  return kRegionWords[static_cast<std::size_t>(status)];
}
std::string_view to_string(LogLevel level) {
  return kLevelWords[static_cast<std::size_t>(level)];
}

std::optional<EnvironmentStatus> parse_status(std::string_view word) {
  const auto found = std::find(kStatusWords.begin(), kStatusWords.end(), word);
  if (found == kStatusWords.end()) return std::nullopt;
  return static_cast<EnvironmentStatus>(found - kStatusWords.begin());
}

bool EnvironmentSecrets::any() const {
  return !variables.empty() ||
         std::any_of(kSecretFields.begin(), kSecretFields.end(),
                     [this](const SecretField& field) { return !(this->*field.member).empty(); });
}

EnvironmentSecrets EnvironmentSecrets::copy() const {
  EnvironmentSecrets result;
  for (const SecretField& field : kSecretFields) result.*field.member = (this->*field.member).copy();
  for (const auto& [name, value] : variables) result.variables.emplace(name, value.copy());
  return result;
}

CreateRequest CreateRequest::copy() const {
  return {.id = id,
          .cloud_provider = cloud_provider,
          .cloud_region = cloud_region,
          .candidate_regions = candidate_regions,
          .spec = spec,
          .secrets = secrets.copy()};
}

StartRequest StartRequest::copy() const {
  return {.id = id, .cloud_region = cloud_region, .changes = changes, .secrets = secrets.copy()};
}

EnvironmentOutcome EnvironmentOutcome::copy() const {
  return {
      .environment = environment, .changed = changed, .code_server_password = code_server_password.copy()};
}

CredentialOptions CredentialOptions::copy() const {
  CredentialOptions result;
  result.authority_host = authority_host;
  result.tenant_id = tenant_id;
  result.client_id = client_id;
  result.client_secret = client_secret.copy();
  result.client_certificate_path = client_certificate_path;
  result.client_certificate_password = client_certificate_password.copy();
  result.federated_token_file = federated_token_file;
  result.imds_endpoint = imds_endpoint;
  result.identity_endpoint = identity_endpoint;
  result.identity_header = identity_header.copy();
  result.selection = selection;
  return result;
}

bool HealthReport::healthy() const {
  return std::all_of(checks.begin(), checks.end(), [](const HealthCheck& check) { return check.healthy; });
}

std::optional<std::string_view> find_header(const std::vector<HttpHeader>& headers, std::string_view name) {
  for (const HttpHeader& header : headers) {
    if (equal_ignoring_case(header.name, name)) return header.value;
  }
  return std::nullopt;
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
