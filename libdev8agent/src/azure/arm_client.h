// ArmClient: one Azure Resource Manager for one subscription: URLs, common headers, JSON and errors.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/retry.h"
#include "base/sender.h"
#include "json/value.h"

namespace dev8agent::internal::azure {

struct ArmAnswer {
  int status = 0;
  std::vector<HttpHeader> headers;
  json::Value body;  // null when there was none, or none that could be understood
};

class ArmClient {
 public:
  // `sender` puts the token on; all references must outlive the client.
  ArmClient(Scheduler& scheduler, Sender& sender, Retrier& retrier,
            std::function<std::string(std::size_t)> random_bytes, std::string endpoint,
            std::string subscription_id);

  // endpoint + "/subscriptions/{id}" + path, with `api_version`.
  std::string url(std::string_view path, std::string_view api_version) const;
  // True for a URL on this resource manager's own origin, however spelled, or on one of its regions' hosts:
  // the token goes nowhere else.
  bool owns(std::string_view url) const;

  // One attempt. Any status from 200 to 299 is an answer; others are errors in this library's terms.
  Task<Result<ArmAnswer>> send(CallPtr call, std::string label, std::string method, std::string url,
                               std::string body);
  // A read: repeated until it succeeds, fails for good or the deadline comes. A success whose body is no JSON
  // object counts as a failure that may be repeated.
  Task<Result<ArmAnswer>> read(CallPtr call, std::string label, std::string method, std::string url);

  // Calls `told` with the number of reads that Azure has left for this principal, after each answer that says
  // it (x-ms-ratelimit-remaining-subscription-reads). Source: Microsoft Learn, "Understand how Azure Resource
  // Manager throttles requests".
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
  std::string subscription_path_;
  std::function<void(int)> reads_left_{};
};

// Runs of unreserved characters are kept, all else is percent-encoded: for names in ARM paths.
std::string path_segment(std::string_view name);

}  // namespace dev8agent::internal::azure
