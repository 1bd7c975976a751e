// make_managed_identity_credential(): the instance metadata service (IMDS) of virtual machines and container
// instances, and the endpoint of App Service and Container Apps. Source: Microsoft Learn, "How to use managed
// identities on an Azure VM to acquire an access token" and "... for App Service".
#include "azure/credentials/members.h"
#include "azure/credentials/outcome.h"
#include "azure/credentials/token_answer.h"
#include "base/retry.h"
#include "base/text.h"
#include "json/parse.h"

namespace dev8agent {

using namespace internal;
namespace {

constexpr std::string_view kService = "the managed identity endpoint";
constexpr std::string_view kImdsPath = "/metadata/identity/oauth2/token";

// Tokens of managed identities live long; the Azure SDKs renew those of two hours and more at half-time.
Result<AccessToken> renewed_at_half_time(Result<AccessToken> token, WallTime now) {
  if (!token.ok() || token->refresh_at != token->expires_at) return token;
  const auto lifetime = token->expires_at - now;
  if (lifetime >= std::chrono::hours(2)) token->refresh_at = now + lifetime / 2;
  return token;
}

Error refusal(const HttpResponse& response, WallTime now) {
  auto parsed = json::parse(response.body, json::kLenient);
  const json::Value body = parsed.ok() ? std::move(*parsed) : json::Value();
  std::string_view description = body.string_at({"error_description"});
  if (description.empty()) description = body.string_at({"message"});
  Error error =
      azure::credential_error(std::string(kService) + " answered " + std::to_string(response.status));
  error.azure_status = response.status;
  error.azure_code = printable(body.string_at({"error"}), 100);
  if (!description.empty())
    error.message += ": " + printable(description.substr(0, description.find_first_of("\r\n")), 500);
  // 404 and 410 while the service is being updated, which may take 70 seconds.
  error.retryable = azure::is_transient(response.status) || response.status == 404 || response.status == 410;
  error.retry_after = retry_after(response, now);
  if (response.status == 410 && !error.retry_after) error.retry_after = std::chrono::seconds(10);
  return error;
}

Result<AccessToken> interpret(const HttpResponse& response, WallTime now) {
  if (response.status != 200) return refusal(response, now);
  return renewed_at_half_time(azure::read_token(response.body, now, kService), now);
}

class ManagedIdentityCredential final : public TokenCredential {
 public:
  explicit ManagedIdentityCredential(CredentialOptions options) : options_(std::move(options)) {}
  std::string_view name() const override { return "ManagedIdentity"; }

  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    HttpRequest request = azure::has_identity_endpoint(options_) ? app_service_request() : imds_request();
    request.method = "GET";
    request.url += "&resource=" + percent_encode(azure::resource_of(scope));
    if (!options_.client_id.empty()) request.url += "&client_id=" + percent_encode(options_.client_id);
    azure::request_token(context, std::move(request), deadline, std::string(kService), interpret,
                         std::move(completion));
  }

 private:
  HttpRequest app_service_request() const {
    HttpRequest request;
    request.url = options_.identity_endpoint + "?api-version=2019-08-01";
    request.headers.push_back({"X-IDENTITY-HEADER", std::string(options_.identity_header.reveal())});
    request.label = "identity.token";
    return request;
  }
  HttpRequest imds_request() const {
    HttpRequest request;
    request.url = options_.imds_endpoint + std::string(kImdsPath) + "?api-version=2018-02-01";
    request.headers.push_back({"Metadata", "true"});
    request.label = "imds.token";
    return request;
  }

  CredentialOptions options_;
};

// Without the Metadata header the service answers 400, at once and on every machine of Azure. Other clouds
// have something else at this address.
std::string why_not_imds(const Result<HttpResponse>& answer) {
  if (!answer.ok()) return "no instance metadata service answers";
  const int status = answer->status;
  if (status == 401 || status == 403 || status == 404) return "the instance metadata service is not Azure's";
  return "";
}

}  // namespace

bool azure::has_identity_endpoint(const CredentialOptions& options) {
  return !options.identity_endpoint.empty() && !options.identity_header.empty();
}

void azure::probe_imds(const CredentialContext& context, const std::string& imds_endpoint,
                       std::function<void(std::string)> done) {
  HttpRequest request;
  request.method = "GET";
  request.url = imds_endpoint + std::string(kImdsPath) + "?api-version=2018-02-01";
  request.deadline = context.scheduler.now() + std::chrono::seconds(1);
  request.label = "imds.probe";
  context.transport.send(std::move(request), [done = std::move(done)](Result<HttpResponse> answer) {
    done(why_not_imds(answer));
  });
}

inline namespace DEV8AGENT_ABI {

std::shared_ptr<TokenCredential> make_managed_identity_credential(const CredentialOptions& options) {
  return std::make_shared<ManagedIdentityCredential>(options.copy());
}

}  // namespace DEV8AGENT_ABI

}  // namespace dev8agent
