// File shares as resources of Azure Resource Manager: the same shares that the data plane shows. Source:
// Microsoft.Storage 2025-06-01, FileShares_*.
#pragma once

#include <map>
#include <string>

#include "arm/arm_path.h"
#include "arm/budget.h"
#include "core/guid.h"
#include "core/json.h"
#include "files/storage.h"

namespace dev8agent::emulator {

// Not thread-safe: the emulator calls it under its mutex. The arguments must outlive it.
//
// The storage resource provider allows, in a subscription and region, 800 reads and 100 lists in 5 minutes,
// 10 writes in a second and 1200 in an hour; beyond them it answers 429. Source: Microsoft Learn,
// "Scalability targets for the Azure Storage resource provider".
class ShareResources {
 public:
  ShareResources(const EmulatorOptions& options, Storage& storage, GuidSource& guids)
      : options_(options), storage_(storage), guids_(guids) {}

  // Carries out an operation "FileShares_..." (arm_route()) on the account.
  ArmReply handle(const ArmPath& path, const Exchange& exchange, Account& account);

 private:
  // What a body asks for. What it does not name is not changed.
  struct Wanted {
    std::optional<int> quota_gib;
    std::optional<std::string> tier;
    std::optional<std::map<std::string, std::string>> metadata;
  };
  // The body of a PUT or PATCH, or why it is refused.
  static Result<Wanted> read_body(const std::string& text);

  // 429 when the operation's windows are used up; else counts it.
  std::optional<ArmReply> throttle(std::string_view operation, TimePoint now);
  // Without metadata, which Azure's lists do not show. $filter is the beginning of names, $maxpagesize at
  // most 5000, $expand holds "deleted" and "snapshots".
  ArmReply list(const ArmPath& path, const Exchange& exchange, Account& account);
  // 201, or 200 for a share that exists: see EmulatorOptions::update_shares_by_put. With $expand=snapshots a
  // snapshot of the share that is there.
  ArmReply create(const ArmPath& path, const Exchange& exchange, Account& account);
  ArmReply create_snapshot(const ArmPath& path, const Exchange& exchange, Account& account,
                           const Wanted& wanted);
  // Of the share, or of the snapshot that the header x-ms-snapshot names; so do remove() and lease().
  ArmReply get(const ArmPath& path, const Exchange& exchange, Account& account);
  ArmReply update(const ArmPath& path, const Exchange& exchange, Account& account);
  // 200, or 204 for what is not there. A lease refuses it with the data plane's codes, as Azure's own for
  // this way are not published.
  ArmReply remove(const ArmPath& path, const Exchange& exchange, Account& account);
  ArmReply lease(const ArmPath& path, const Exchange& exchange, Account& account);
  ArmReply restore(const ArmPath& path, const Exchange& exchange, Account& account);
  void apply(const Wanted& wanted, TimePoint now, Share& share);

  const EmulatorOptions& options_;
  Storage& storage_;
  GuidSource& guids_;
  RequestWindow reads_{std::chrono::minutes(5), 800};
  RequestWindow lists_{std::chrono::minutes(5), 100};
  RequestWindow writes_{std::chrono::seconds(1), 10};
  RequestWindow hourly_writes_{std::chrono::hours(1), 1200};
};

}  // namespace dev8agent::emulator
