// StorageKeys: the key of one storage account, configured or fetched with listKeys. Loop thread only.
#pragma once

#include <string>

#include "azure/arm_client.h"
#include "base/signal.h"
#include "dev8agent/secret.h"

namespace dev8agent::internal::azure {

class StorageKeys {
 public:
  StorageKeys(ArmClient& arm, std::string resource_group, std::string account, Secret configured);

  const std::string& account() const { return account_; }
  // The key in use, base64; fetched when there is none yet, by one caller for all.
  Task<Result<std::string>> get(CallPtr call);
  // Azure Files refused `key`: fetches the keys anew, unless that brought no other one within the last
  // 30 seconds. True when the key in use is now another one.
  Task<Result<bool>> renew(CallPtr call, std::string key);

 private:
  Task<Status> fetch(CallPtr call);

  ArmClient& arm_;
  std::string resource_group_;
  std::string account_;
  Secret key_;
  TimePoint ask_after_{};
  KeyedLock lock_;
};

}  // namespace dev8agent::internal::azure
