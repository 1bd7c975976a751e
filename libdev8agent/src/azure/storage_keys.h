// StorageKeys: the key of one storage account. It is configured (AZURE_STORAGE_KEY), or fetched with listKeys
// when it is needed first. Loop thread only.
#pragma once

#include <optional>
#include <string>

#include "azure/arm_client.h"
#include "base/signal.h"
#include "dev8agent/secret.h"

namespace dev8agent::internal::azure {

// Keys can be rotated while the process runs. So a key that Azure Files refuses is renewed: see renew(). At
// most one listKeys request is under way; other callers wait for its result.
class StorageKeys {
 public:
  // `account` and `resource_group` say whose key it is. `configured` may be empty. `arm` must outlive this
  // object.
  StorageKeys(ArmClient& arm, std::string resource_group, std::string account, Secret configured);

  const std::string& account() const { return account_; }
  // The key in use, base64. Fetched when there is none yet, by one caller for all. kAzureRefused: the account
  // does not exist, which is a wrong configuration. kAzureCredentials: Azure showed no key with full
  // permissions.
  Task<Result<std::string>> get(CallPtr call);
  // The same, for those whom nobody tells that the key has been rotated, such as a container that mounts with
  // it while shares are made without it: fetched after this call began, unless it is configured. Callers that
  // begin together share one fetch.
  Task<Result<std::string>> get_current(CallPtr call);
  // Reports that Azure Files refused `key`. Fetches the keys, unless the last fetch brought the same key less
  // than 30 seconds ago, or another caller has renewed it meanwhile. True when the key in use differs from
  // `key` now: then the request is worth a repeat.
  Task<Result<bool>> renew(CallPtr call, std::string key);

 private:
  // Takes the first key with full permissions from listKeys.
  Task<Status> fetch(CallPtr call);

  ArmClient& arm_;
  std::string resource_group_;
  std::string account_;
  Secret key_;
  std::optional<TimePoint> fetched_at_{};  // when the fetch of the key in use was sent; none: configured
  TimePoint ask_after_{};                  // no fetch before, after one that brought no other key
  KeyedLock lock_;
};

}  // namespace dev8agent::internal::azure
