// What the credentials share: their kind of error, failing without a request, and sending one. Loop thread
// only.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "dev8agent/credential.h"

namespace dev8agent::internal::azure {

// A kAzureCredentials error that a repeat does not cure: Error::retryable is false.
Error credential_error(std::string message);

// Calls `completion` with `error` from the scheduler's queue, because a credential must not complete from
// inside fetch().
void fail(const CredentialContext& context, TokenCredential::Completion completion, Error error);

// Words for the settings that are not there, such as "needs A and B"; empty when all are. Each pair is a
// variable's name and whether it is set.
std::string needs(std::initializer_list<std::pair<std::string_view, bool>> settings);

// The resource of a scope: "https://management.azure.com/.default" without "/.default". The older token
// endpoints and the Azure CLI ask by resource.
std::string resource_of(std::string_view scope);

// `text` with each occurrence of `secret` replaced by "***". An empty secret changes nothing.
std::string without_secret(std::string text, std::string_view secret);

// Turns an HTTP answer, received at the given time, into a token or an error. It gets every status.
using Interpreter = std::function<Result<AccessToken>(const HttpResponse&, WallTime)>;

// Sends `request` once and completes with what `interpret` makes of the answer. The attempt is given up after
// 30 s, or at `deadline` when that is earlier. Without an answer the error names `service`; it is retryable,
// unless the server's certificate is not trusted. The function keeps hold of nothing but its arguments and
// the scheduler, so that the credential may be destroyed meanwhile.
void request_token(const CredentialContext& context, HttpRequest request, TimePoint deadline,
                   std::string service, Interpreter interpret, TokenCredential::Completion completion);

}  // namespace dev8agent::internal::azure
