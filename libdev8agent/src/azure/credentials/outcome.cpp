// The functions of outcome.h.
#include "azure/credentials/outcome.h"

#include <algorithm>

namespace dev8agent::internal::azure {
namespace {

// Of one attempt, so that a silent server leaves room for the next.
constexpr std::chrono::seconds kTokenAttemptTimeout{30};

Error unreachable(const std::string& service, Error cause) {
  // A certificate that does not verify stays so; anything else may pass.
  cause.retryable = cause.code != ErrorCode::kAzureRefused;
  cause.code = ErrorCode::kAzureCredentials;
  cause.message = service + " gave no answer: " + cause.message;
  return cause;
}

}  // namespace

Error credential_error(std::string message) {
  return make_error(ErrorCode::kAzureCredentials, std::move(message));
}

void fail(const CredentialContext& context, TokenCredential::Completion completion, Error error) {
  context.scheduler.post(
      [completion = std::move(completion), error = std::move(error)] { completion(error); });
}

std::string needs(std::initializer_list<std::pair<std::string_view, bool>> settings) {
  std::string text;
  for (const auto& [name, present] : settings) {
    if (!present) text += (text.empty() ? "needs " : " and ") + std::string(name);
  }
  return text;
}

std::string resource_of(std::string_view scope) {
  constexpr std::string_view kSuffix = "/.default";
  if (scope.ends_with(kSuffix)) scope.remove_suffix(kSuffix.size());
  return std::string(scope);
}

std::string without_secret(std::string text, std::string_view secret) {
  for (auto at = text.find(secret); !secret.empty() && at != text.npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), "***");
    at += 3;
  }
  return text;
}

void request_token(const CredentialContext& context, HttpRequest request, TimePoint deadline,
                   std::string service, Interpreter interpret, TokenCredential::Completion completion) {
  request.deadline = std::min(deadline, context.scheduler.now() + kTokenAttemptTimeout);
  request.headers.push_back({"Accept", "application/json"});
  Scheduler* scheduler = &context.scheduler;
  context.transport.send(std::move(request),
                         [scheduler, service = std::move(service), interpret = std::move(interpret),
                          completion = std::move(completion)](Result<HttpResponse> answer) {
                           if (!answer.ok())
                             return completion(unreachable(service, std::move(answer).error()));
                           completion(interpret(*answer, scheduler->wall_now()));
                         });
}

}  // namespace dev8agent::internal::azure
