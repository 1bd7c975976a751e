// Which settings of HTTPS for workspaces fit together, and whether the certificate serves them.
#include "config/workspace_tls.h"

#include <algorithm>

#include "base/file.h"
#include "base/server_certificate.h"
#include "base/text.h"
#include "config/checks.h"
#include "config/endpoint.h"
#include "config/rule_check.h"

namespace dev8agent::internal {
namespace {

constexpr std::string_view kPlaceholder = "{id}";
constexpr std::string_view kSampleId = "workspace-0001";
constexpr std::size_t kLargestPem = 32768;  // both stand in the request that deploys a container
constexpr std::size_t kLongestId = 59;
constexpr std::size_t kLongestLabel = 63;
constexpr std::size_t kLongestHost = 253;

// It stands in a Caddyfile as it is: spaces, quotes, braces and comments have a meaning there.
bool is_caddyfile_word(std::string_view text) {
  return is_printable_word(text) && text.find_first_of("{}\"`#\\") == text.npos;
}

std::string host_of_sample(std::string host, std::size_t id_length) {
  std::string id(kSampleId);
  id.resize(id_length, '0');
  const auto at = host.find(kPlaceholder);
  return at == host.npos ? host : host.replace(at, kPlaceholder.size(), id);
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLongestLabel && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_lower_alnum(c) || c == '-'; });
}

// Checked with the longest id.
bool is_host_template(const std::string& text) {
  if (text.find(kPlaceholder) == text.npos) return false;
  const std::string host = host_of_sample(text, kLongestId);
  if (host.size() > kLongestHost || host.find('.') == host.npos) return false;
  for (std::size_t begin = 0;;) {
    const auto end = host.find('.', begin);
    if (!is_label(std::string_view(host).substr(begin, end - begin))) return false;
    if (end == host.npos) return true;
    begin = end + 1;
  }
}

void check_authority(AgentOptions& options, RuleCheck& check) {
  WorkspaceTlsOptions& tls = options.workspace_tls;
  const bool acme = tls.mode == WorkspaceTlsMode::kAcme;
  check(tls.email.empty() || (acme && is_caddyfile_word(tls.email) && tls.email.find('@') != tls.email.npos),
        "WORKSPACE_TLS_EMAIL", "must be an e-mail address, with WORKSPACE_TLS=acme, and only then");
  const bool internal = tls.directory == "internal";
  const bool valid =
      tls.directory.empty() || internal ||
      (normalise_endpoint(tls.directory, PlainHttp::kLoopback) && is_caddyfile_word(tls.directory));
  check(valid && (acme || tls.directory.empty()), "WORKSPACE_TLS_DIRECTORY",
        "must be the https URL of an ACME directory, or internal, with WORKSPACE_TLS=acme, and only then");
  check(!acme || internal || options.subnet_id.empty(), "WORKSPACE_TLS",
        "must not be acme with AZURE_SUBNET_ID: no certificate authority reaches private addresses");
}

void read_pem(const std::string& path, const char* variable, std::string& text, RuleCheck& check) {
  if (path.empty()) return;
  auto content = read_file(path, kLargestPem);
  if (check(content.ok(), variable, content.ok() ? "" : path + " " + content.error().message))
    text = std::move(*content);
}

// The certificate is the key's, has not expired, and is valid for the workspaces' names. A program may have
// set the texts in the place of the files; what it has set is named.
void check_certificate(const WorkspaceTlsOptions& tls, RuleCheck& check) {
  const bool file = !tls.certificate_file.empty() || tls.certificate.empty();
  const bool key_file = !tls.key_file.empty() || tls.key.empty();
  const char* certificate = file ? "WORKSPACE_TLS_CERTIFICATE" : "options.workspace_tls.certificate";
  const char* key = key_file ? "WORKSPACE_TLS_KEY" : "options.workspace_tls.key";
  const bool named = is_host_template(tls.host_template);
  const std::string host = named ? host_of_sample(tls.host_template, kSampleId.size()) : "";
  const ServerCertificate seen = look_at_certificate(tls.certificate, tls.key, host);
  check(seen.is_certificate, certificate,
        file ? "must name a file with a PEM certificate" : "must be a PEM certificate");
  check(seen.is_key, key,
        key_file ? "must name a file with a PEM private key without password"
                 : "must be a PEM private key without password");
  if (!seen.is_certificate) return;
  check(!seen.is_key || seen.fit, key, "must be the key of " + std::string(certificate));
  check(!seen.expired, certificate, "has expired");
  check(!named || seen.serves_host, certificate,
        "must be valid for the names of WORKSPACE_HOST, such as " + host);
}

bool has_uris(const WorkspaceTlsOptions& tls) {
  return !tls.certificate_uri.empty() || !tls.key_uri.empty();
}

// Both are in a vault, where nobody here looks at them.
void check_vault_certificate(const WorkspaceTlsOptions& tls, RuleCheck& check) {
  constexpr std::string_view kInPlace =
      "must not be set with WORKSPACE_TLS_CERTIFICATE_URI and WORKSPACE_TLS_KEY_URI, which take its place";
  check(tls.certificate_file.empty() && tls.certificate.empty(), "WORKSPACE_TLS_CERTIFICATE", kInPlace);
  check(tls.key_file.empty() && tls.key.empty(), "WORKSPACE_TLS_KEY", kInPlace);
  check(is_secret_uri(tls.certificate_uri), "WORKSPACE_TLS_CERTIFICATE_URI",
        "must be https://VAULT/secrets/NAME, with WORKSPACE_TLS_KEY_URI");
  check(is_secret_uri(tls.key_uri), "WORKSPACE_TLS_KEY_URI",
        "must be https://VAULT/secrets/NAME, with WORKSPACE_TLS_CERTIFICATE_URI");
}

void check_no_certificate(const WorkspaceTlsOptions& tls, RuleCheck& check) {
  constexpr std::string_view kRule = "is used with WORKSPACE_TLS=certificate only";
  check(tls.certificate_file.empty() && tls.certificate.empty(), "WORKSPACE_TLS_CERTIFICATE", kRule);
  check(tls.key_file.empty() && tls.key.empty(), "WORKSPACE_TLS_KEY", kRule);
  check(tls.certificate_uri.empty(), "WORKSPACE_TLS_CERTIFICATE_URI", kRule);
  check(tls.key_uri.empty(), "WORKSPACE_TLS_KEY_URI", kRule);
  check(tls.host_template.empty(), "WORKSPACE_HOST", kRule);
}

void check_own_certificate(AgentOptions& options, RuleCheck& check) {
  WorkspaceTlsOptions& tls = options.workspace_tls;
  if (tls.mode != WorkspaceTlsMode::kCertificate) return check_no_certificate(tls, check);
  check(is_host_template(tls.host_template), "WORKSPACE_HOST",
        "must be a host name in lower case with {id} in it, such as {id}.dev.example.com");
  if (has_uris(tls)) return check_vault_certificate(tls, check);
  std::string key(tls.key.reveal());
  const std::size_t mistakes_before = check.count();
  read_pem(tls.certificate_file, "WORKSPACE_TLS_CERTIFICATE", tls.certificate, check);
  read_pem(tls.key_file, "WORKSPACE_TLS_KEY", key, check);
  tls.key = Secret(std::move(key));
  if (check.count() == mistakes_before) check_certificate(tls, check);
}

}  // namespace

void complete_workspace_tls(AgentOptions& options, FieldErrors& errors) {
  RuleCheck check(errors);
  check(is_image(options.workspace_tls.image), "WORKSPACE_TLS_IMAGE",
        "must be an image reference such as caddy:2@sha256:...");
  check_authority(options, check);
  check_own_certificate(options, check);
}

}  // namespace dev8agent::internal
