// ArmClient: requests to Azure Resource Manager, and reads that are repeated.
#include "azure/arm_client.h"

#include <algorithm>

#include "azure/errors.h"
#include "base/crypto.h"
#include "base/origin.h"
#include "base/text.h"
#include "json/parse.h"

namespace dev8agent::internal::azure {
namespace {

// Of one attempt. ACI takes 3-4 s for a PUT or DELETE; a read that hangs is repeated.
constexpr std::chrono::seconds kWriteTimeout{60};
constexpr std::chrono::seconds kReadTimeout{15};

// The bulk of a container group, which nothing here reads. Of a list nothing reads volumes either, and
// polling parses lists of thousands of groups.
constexpr std::string_view kUnread[] = {"environmentVariables", "imageRegistryCredentials"};
constexpr std::string_view kUnreadInList[] = {"environmentVariables", "imageRegistryCredentials", "volumes",
                                              "volumeMounts"};
constexpr json::ParseLimits kAnswers{.lenient = true, .unread_arrays = kUnread};
constexpr json::ParseLimits kLists{.lenient = true, .unread_arrays = kUnreadInList};

void read_body(std::string text, bool is_list, ArmAnswer& answer) {
  if (text.empty()) return;
  if (!is_list) {
    auto parsed = json::parse(text, kAnswers);
    if (parsed.ok()) answer.body = std::move(parsed).value();
    return;
  }
  auto split = json::parse_split(std::move(text), "value", kLists);
  if (!split.ok()) return;
  answer.body = std::move(split->rest);
  answer.items = std::move(split->items);
}

}  // namespace

std::string path_segment(std::string_view name) {
  return percent_encode(name);
}

ArmClient::ArmClient(Scheduler& scheduler, Sender& sender, Retrier& retrier,
                     std::function<std::string(std::size_t)> random_bytes, std::string endpoint,
                     std::string subscription_id)
    : scheduler_(scheduler),
      sender_(sender),
      retrier_(retrier),
      random_bytes_(std::move(random_bytes)),
      endpoint_(std::move(endpoint)),
      subscription_path_("/subscriptions/" + path_segment(subscription_id)) {}

std::string ArmClient::url(std::string_view path, std::string_view api_version) const {
  return endpoint_ + subscription_path_ + std::string(path) + "?api-version=" + percent_encode(api_version);
}

bool ArmClient::owns(std::string_view url) const {
  const auto asked = origin_of(url);
  const auto own = origin_of(endpoint_);
  if (!asked || !own || !(same_origin(*asked, *own) || is_subdomain(*asked, *own))) return false;
  return asked->path.starts_with(std::string(own->path) + "/");
}

Task<Result<ArmAnswer>> ArmClient::send(CallPtr call, std::string label, std::string method, std::string url,
                                        std::string body) {
  HttpRequest request;
  request.label = std::move(label);
  request.method = std::move(method);
  request.url = std::move(url);
  request.body = std::move(body);
  request.headers = {{"Accept", "application/json"},
                     {"x-ms-client-request-id", client_request_id(*call, random_bytes_)},
                     {"x-ms-return-client-request-id", "true"}};
  if (!request.body.empty()) request.headers.push_back({"Content-Type", "application/json"});
  const bool read = request.method == "GET" || request.url.find("/listKeys?") != std::string::npos;
  request.deadline = call->now() + (read ? kReadTimeout : kWriteTimeout);
  const std::string what = request.label;
  auto response = co_await sender_.send(call, std::move(request));
  if (!response.ok()) {
    Error error = response.error();
    // The attempt's own limit, not the operation's: the operation may go on.
    if (error.code == ErrorCode::kTimeout && call->now() < call->deadline) {
      error = make_error(ErrorCode::kAzureUnavailable, "no answer from Azure to " + what);
      error.retryable = true;
      error.request_sent = true;
    }
    co_return error;
  }
  note_reads_left(*response);
  if (response->status < 200 || response->status > 299)
    co_return error_of(*response, call->scheduler->wall_now());
  ArmAnswer answer{response->status, std::move(response->headers), {}};
  read_body(std::move(response->body), what == "containerGroups.list", answer);
  co_return answer;
}

void ArmClient::note_reads_left(const HttpResponse& response) const {
  const auto text = find_header(response.headers, "x-ms-ratelimit-remaining-subscription-reads");
  const auto left = text ? parse_unsigned(*text) : std::nullopt;
  if (left && reads_left_) reads_left_(static_cast<int>(std::min(*left, 1'000'000LL)));
}

Task<Result<ArmAnswer>> ArmClient::read(CallPtr call, std::string label, std::string method,
                                        std::string url) {
  std::function<Task<Result<ArmAnswer>>()> attempt = [this, call, label, method, url] {
    return read_once(call, label, method, url);
  };
  auto answer = co_await retrier_.run<ArmAnswer>(call, std::move(attempt));
  co_return answer;
}

Task<Result<ArmAnswer>> ArmClient::read_once(CallPtr call, std::string label, std::string method,
                                             std::string url) {
  auto answer = co_await send(call, label, method, url, "");
  if (answer.ok() && !answer->body.is_object()) {
    HttpResponse response;
    response.status = answer->status;
    response.headers = answer->headers;
    co_return malformed_response(response, label);
  }
  co_return answer;
}

}  // namespace dev8agent::internal::azure
