// ChosenShares: the first of several ways to the shares of one storage account that Azure allows. It is
// chosen with the first request, and kept. Loop thread only.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "azure/file_shares.h"
#include "base/signal.h"

namespace dev8agent::internal::azure {

// One way to shares.
struct WayToShares {
  std::string name;  // as AZURE_STORAGE_AUTH calls it
  FileShares* shares = nullptr;
};

class ChosenShares final : public FileShares {
 public:
  // Called once, with the way that was taken and, for each way that was tried before, what Azure said.
  using Chosen = std::function<void(const std::string& name, const std::string& passed_over)>;

  // `ways` in the order in which they are tried; at least one. What they point to, and `scheduler`, must
  // outlive this object.
  ChosenShares(Scheduler& scheduler, std::string account, std::vector<WayToShares> ways, Chosen chosen);

  // Each is carried out by the way that was chosen. A way is passed over when Azure refuses its check(). A
  // failure that proves nothing, such as a time-out, is this call's; the next call tries again. Without any
  // way the error is the first one's, with what Azure said of the others.
  Task<Status> create(CallPtr call, FileShare share) override;
  bool create_may_change_existing() const override { return !taken_ || taken_->create_may_change_existing(); }
  Task<Status> remove(CallPtr call, std::string share, Snapshots snapshots) override;
  Task<Status> set_metadata(CallPtr call, std::string share,
                            std::map<std::string, std::string> metadata) override;
  Task<Status> set_quota(CallPtr call, std::string share, int quota_gib) override;
  Task<Result<std::string>> snapshot(CallPtr call, std::string share) override;
  Task<Status> restore(CallPtr call, std::string share, std::string version) override;
  Task<Result<ShareRead>> get(CallPtr call, std::string share) override;
  Task<Result<std::vector<FileShare>>> list(CallPtr call, std::string prefix,
                                            NeedsMetadata needs_metadata) override;
  Task<Result<std::vector<DeletedShare>>> deleted(CallPtr call, std::string share) override;
  Task<Result<bool>> is_empty(CallPtr call, std::string share) override;
  Task<Result<bool>> has_snapshots(CallPtr call, std::string share) override;
  Task<Status> check(CallPtr call) override;

 private:
  // The way that is taken; one caller chooses for all.
  Task<Result<FileShares*>> way(CallPtr call);
  Task<Result<FileShares*>> choose(CallPtr call);

  std::string account_;
  std::vector<WayToShares> ways_;
  Chosen chosen_;
  FileShares* taken_ = nullptr;
  KeyedLock lock_;
};

}  // namespace dev8agent::internal::azure
