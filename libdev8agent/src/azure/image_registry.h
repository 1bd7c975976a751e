// ImageRegistry: asks a registry of container images whether it has one, as anybody may: by the OCI
// distribution specification, and without credentials. For the diagnosis alone; loop thread only.
//
//   auto status = co_await registry.manifest(call, "https://ghcr.io/v2/team/image/manifests/latest");
//   if (status.ok() && *status == 404) ...
#pragma once

#include <string>
#include <string_view>

#include "base/sender.h"
#include "base/task.h"

namespace dev8agent::internal::azure {

// The URL at which `challenge`, a WWW-Authenticate header, offers tokens for everybody. Empty: it offers
// none, or not over HTTPS; plain HTTP counts on this machine. Source: distribution/distribution, "Token
// Authentication Specification".
std::string token_url(std::string_view challenge);

class ImageRegistry {
 public:
  // `wire` must outlive it.
  explicit ImageRegistry(Sender& wire) : wire_(wire) {}

  // The status of the answer to a HEAD of the manifest at `url`; where the registry wants a token, of the
  // answer with one. 200: it is there. 401 and 403: not for everybody. An error when there is no answer.
  Task<Result<int>> manifest(CallPtr call, std::string url);

 private:
  Task<Result<HttpResponse>> ask(CallPtr call, std::string url, std::string token);
  // Empty: the registry gives none to those without credentials.
  Task<Result<std::string>> token_for_all(CallPtr call, std::string url);

  Sender& wire_;
};

}  // namespace dev8agent::internal::azure
