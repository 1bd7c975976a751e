// Long-running operations: see operations.h.
#include "arm/operations.h"

#include "arm/group.h"
#include "core/hashes.h"
#include "core/json.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

constexpr std::chrono::hours kRemembered{1};
constexpr std::size_t kCertificateLength = 3380;  // makes the URL about 4 KB

}  // namespace

Operations::Operations(std::string subscription, bool long_urls)
    : subscription_(std::move(subscription)), long_urls_(long_urls) {}

void Operations::add(std::shared_ptr<const Rollout> rollout, std::string group_id, TimePoint now) {
  prune(now);
  std::string id = rollout->operation_id;
  oldest_first_.push_back(id);
  operations_.insert_or_assign(std::move(id), Entry{std::move(rollout), std::move(group_id)});
}

void Operations::prune(TimePoint now) {
  while (!oldest_first_.empty()) {
    auto found = operations_.find(oldest_first_.front());
    if (found != operations_.end()) {
      const Rollout& rollout = *found->second.rollout;
      if (rollout.in_progress(now) || now < rollout.settled + kRemembered) return;
      operations_.erase(found);
    }
    oldest_first_.pop_front();
  }
}

// What Azure signs its operation URLs with: a time, a certificate, a signature and a hash.
std::string Operations::tail(std::string_view id) const {
  if (!long_urls_) return {};
  const std::string hash = base64url(sha256(id));
  std::string out = "&t=639040554000000000&c=";
  out.append(kCertificateLength, 'M');
  out += "&s=";
  for (int i = 0; i < 8; ++i) out += hash;
  return out += "&h=" + hash;
}

std::string Operations::url(std::string_view origin, const Rollout& rollout) const {
  // The version of the URL is this one whatever version the client called, in recorded traffic.
  return std::string(origin) + "/subscriptions/" + subscription_ +
         "/providers/Microsoft.ContainerInstance/locations/" + rollout.location + "/operations/" +
         rollout.operation_id + "?api-version=2018-06-01" + tail(rollout.operation_id);
}

ArmReply Operations::get(std::string_view id, const Exchange& exchange) const {
  auto found = operations_.find(std::string(id));
  if (found == operations_.end()) {
    return arm_error({404, "ResourceNotFound", "The operation '" + std::string(id) + "' was not found."});
  }
  if (long_urls_ && !exchange.url.raw_query.ends_with(tail(id))) {
    return arm_error({400, "BadRequest", "The signature of the operation URL is not valid."});
  }
  const Rollout& rollout = *found->second.rollout;
  const OperationState state = operation_state(rollout, exchange.moment.now);
  const Progress shown = progress(rollout, exchange.moment.now);
  std::vector<Event> events = shown.group_events;
  events.insert(events.end(), shown.container_events.begin(), shown.container_events.end());
  ArmReply reply;
  reply.body = concat({R"({"id":")", found->second.group_id, R"(","status":")", state.status,
                       R"(","startTime":")", rfc3339(exchange.moment.at(rollout.accepted), 7),
                       R"(","properties":{"events":)", events_text(events, exchange.moment), "}"});
  if (!state.error_code.empty()) {
    reply.body += concat({R"(,"error":{"code":")", state.error_code, R"(","message":)",
                          json::quote(state.error_message), "}"});
  }
  reply.body += "}";
  reply.region = rollout.location;
  return reply;
}

}  // namespace dev8agent::emulator
