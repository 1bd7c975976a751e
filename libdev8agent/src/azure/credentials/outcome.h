// What the credentials share: their kind of error, failing without a request, and sending one.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "dev8agent/credential.h"

namespace dev8agent::internal::azure {

// A kAzureCredentials error that a repeat does not cure.
Error credential_error(std::string message);

// Calls `completion` with `error` from the scheduler's queue.
void fail(const CredentialContext& context, TokenCredential::Completion completion, Error error);

// "needs A and B" for the settings that are not there, or nothing when all are.
std::string needs(std::initializer_list<std::pair<std::string_view, bool>> settings);

// The resource of a scope: "https://management.azure.com/.default" without its last part.
std::string resource_of(std::string_view scope);

// `text` without any occurrence of `secret`.
std::string without_secret(std::string text, std::string_view secret);

// Turns an HTTP answer, received at the given time, into a token or an error.
using Interpreter = std::function<Result<AccessToken>(const HttpResponse&, WallTime)>;

// Sends `request` and completes with what `interpret` makes of the answer. `service` is named in the error
// when there is none. Keeps hold of nothing but its arguments, so that whoever asked may go.
void request_token(const CredentialContext& context, HttpRequest request, TimePoint deadline,
                   std::string service, Interpreter interpret, TokenCredential::Completion completion);

}  // namespace dev8agent::internal::azure
