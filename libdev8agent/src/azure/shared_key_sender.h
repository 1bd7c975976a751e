// SharedKeySender: signs each request to Azure Files with the account's key. Loop thread only.
#pragma once

#include <string>

#include "azure/storage_keys.h"
#include "base/sender.h"

namespace dev8agent::internal::azure {

// A request is signed with Azure's time as far as it is known. When Azure refuses the signature, it is sent
// once more with the time that Azure's answer shows, where the clocks differ, and once with a fetched key,
// which may have been rotated. A refused signature has no effect, so those repeats are safe for writes too.
class SharedKeySender final : public Sender {
 public:
  // `next` sends the request. The references must outlive this object.
  SharedKeySender(Sender& next, StorageKeys& keys) : next_(next), keys_(keys) {}
  // kAzureCredentials: the key is not base64, or the request cannot be signed.
  Task<Result<HttpResponse>> send(CallPtr call, HttpRequest request) override;

  // A sentence for the health report once Azure has refused a signature because this machine's clock is wrong
  // by more than 5 minutes. It has both times. Empty while no such refusal was seen.
  std::string clock_warning(WallTime now) const;

 private:
  Result<HttpRequest> with_signature(HttpRequest request, WallTime signed_at, const std::string& key) const;

  Sender& next_;
  StorageKeys& keys_;
  std::chrono::seconds clock_error_{0};  // how far Azure's clock is ahead of this machine's
};

}  // namespace dev8agent::internal::azure
