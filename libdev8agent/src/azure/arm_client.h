// ArmClient: requests to one Azure Resource Manager (ARM) on behalf of one subscription. It builds the URLs,
// adds the common headers, parses the JSON and turns ARM's failures into this library's errors. Clients of
// one resource provider, such as ContainerGroups, are built on it. Loop thread only.
//
//   auto answer = co_await arm.read(call, "containerGroups.get", "GET", arm.url(path, "2025-09-01"));
//   if (!answer.ok()) co_return answer.error();
//   const std::string_view location = answer->body.string_at({"location"});
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/retry.h"
#include "base/sender.h"
#include "json/parse.h"
#include "json/value.h"

namespace dev8agent::internal::azure {

// A success of ARM: the status is from 200 to 299.
struct ArmAnswer {
  int status = 0;
  std::vector<HttpHeader> headers;  // as received; Retry-After and the operation URL are among them
  json::Value body;                 // null when there was none, or none that could be understood
  json::Items items{};              // of a list of container groups; `body` has the rest of it
};

class ArmClient {
 public:
  // `sender` adds the bearer token. `random_bytes` makes the request ids. `endpoint` is a normalised URL
  // without a slash at its end, such as "https://management.azure.com". The three references must outlive the
  // client.
  ArmClient(Scheduler& scheduler, Sender& sender, Retrier& retrier,
            std::function<std::string(std::size_t)> random_bytes, std::string endpoint,
            std::string subscription_id);

  // endpoint + "/subscriptions/{id}" + `path` + "?api-version=" + `api_version`. `path` begins with a slash
  // and is already percent-encoded: use path_segment() for the names in it. Further parameters are appended
  // with '&'.
  std::string url(std::string_view path, std::string_view api_version) const;
  // True for a URL on this resource manager's own origin (scheme, host and port, however spelled), or on a
  // subdomain of its host, as the regions of ARM have them. ARM's answers contain URLs to follow (next page,
  // operation). Only a URL for which this is true may be requested, because the request carries the token.
  bool owns(std::string_view url) const;

  // Sends one request once. An empty `body` is not sent; any other is JSON text. `label` names the request in
  // logs and errors; it is not sent. A status outside 200-299 becomes the error of errors.h. A read is given
  // up after 15 s and a write after 60 s, or at the call's deadline when that is earlier. The attempt's own
  // limit gives kAzureUnavailable (retryable, Error::request_sent is set), the call's deadline gives
  // kTimeout.
  //
  // ACI answers a PUT or DELETE within 3-4 s. The x-ms-client-request-id is the call's
  // request id where that is a UUID or the trace id of W3C Trace Context, else one of its own.
  Task<Result<ArmAnswer>> send(CallPtr call, std::string label, std::string method, std::string url,
                               std::string body);
  // A read: sent again, with the Retrier's delays, until it succeeds, fails for good or the deadline comes. A
  // success whose body is not a JSON object counts as a failure that may be repeated: it comes from a proxy
  // or was cut. `method` may be POST for a request that changes nothing, such as listKeys.
  Task<Result<ArmAnswer>> read(CallPtr call, std::string label, std::string method, std::string url);

  // Sets the function that is called with the number of reads that Azure has left for this principal, after
  // each answer that says it (x-ms-ratelimit-remaining-subscription-reads). There is one such function; a
  // second call replaces it. Source: Microsoft Learn, "Understand how Azure Resource Manager throttles
  // requests".
  void on_reads_left(std::function<void(int left)> told) { reads_left_ = std::move(told); }

  Scheduler& scheduler() { return scheduler_; }
  Retrier& retrier() { return retrier_; }

 private:
  void note_reads_left(const HttpResponse& response) const;
  Task<Result<ArmAnswer>> read_once(CallPtr call, std::string label, std::string method, std::string url);

  Scheduler& scheduler_;
  Sender& sender_;
  Retrier& retrier_;
  std::function<std::string(std::size_t)> random_bytes_;
  std::string endpoint_;
  std::string subscription_path_;  // "/subscriptions/{id}"
  std::function<void(int)> reads_left_{};
};

// `name` as one segment of a path: unreserved characters (RFC 3986, section 2.3) stay, all others are
// percent-encoded, the slash too.
std::string path_segment(std::string_view name);

}  // namespace dev8agent::internal::azure
