// StorageKeys: listKeys, once for all who wait.
#include "azure/storage_keys.h"

#include "base/crypto.h"
#include "base/text.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::string_view kApiVersion = "2023-05-01";  // of Microsoft.Storage; served in all clouds
constexpr std::chrono::seconds kPause{30};              // after an answer that brought no other key

}  // namespace

StorageKeys::StorageKeys(ArmClient& arm, std::string resource_group, std::string account, Secret configured)
    : arm_(arm),
      resource_group_(std::move(resource_group)),
      account_(std::move(account)),
      key_(std::move(configured)),
      lock_(arm.scheduler()) {}

Task<Result<std::string>> StorageKeys::get(CallPtr call) {
  if (!key_.empty()) co_return std::string(key_.reveal());
  auto turn = co_await lock_.acquire(call, "");
  if (!turn.ok()) co_return turn.error();
  if (key_.empty()) {
    auto fetched = co_await fetch(call);
    if (!fetched.ok()) co_return fetched.error();
  }
  co_return std::string(key_.reveal());
}

Task<Result<std::string>> StorageKeys::get_current(CallPtr call) {
  const TimePoint asked_at = call->now();
  auto turn = co_await lock_.acquire(call, "");
  if (!turn.ok()) co_return turn.error();
  const bool configured = !key_.empty() && !fetched_at_;
  if (!configured && (!fetched_at_ || *fetched_at_ < asked_at)) {
    auto fetched = co_await fetch(call);
    if (!fetched.ok()) co_return fetched.error();
  }
  co_return std::string(key_.reveal());
}

Task<Result<bool>> StorageKeys::renew(CallPtr call, std::string key) {
  auto turn = co_await lock_.acquire(call, "");
  if (!turn.ok()) co_return turn.error();
  if (key_.same_as(key) && call->now() >= ask_after_) {
    auto fetched = co_await fetch(call);
    if (!fetched.ok()) co_return fetched.error();
    if (key_.same_as(key)) ask_after_ = call->now() + kPause;
  }
  co_return !key_.same_as(key);
}

// Source: Microsoft.Storage StorageAccounts_ListKeys; a POST that changes nothing, so it is repeated as a
// read is.
Task<Status> StorageKeys::fetch(CallPtr call) {
  const TimePoint begun_at = call->now();
  const std::string url =
      arm_.url("/resourceGroups/" + path_segment(resource_group_) +
                   "/providers/Microsoft.Storage/storageAccounts/" + path_segment(account_) + "/listKeys",
               kApiVersion);
  auto answer = co_await arm_.read(call, "storageAccounts.listKeys", "POST", url);
  if (!answer.ok()) {
    Error error = answer.error();
    // A missing account is a wrong configuration, not a missing environment.
    if (error.code == ErrorCode::kNotFound) error.code = ErrorCode::kAzureRefused;
    co_return error;
  }
  if (const json::Value* keys = answer->body.find("keys")) {
    for (const json::Value& key : keys->array()) {
      const std::string_view value = key.string_at({"value"});
      if (!base64_decode(value) || !equal_ignoring_case(key.string_at({"permissions"}), "full")) continue;
      key_ = Secret(value);
      fetched_at_ = begun_at;
      co_return Done{};
    }
  }
  co_return make_error(ErrorCode::kAzureCredentials, "the storage account has no usable key");
}

}  // namespace dev8agent::internal::azure
