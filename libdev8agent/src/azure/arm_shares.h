// ArmShares: the shares of one storage account, asked of Azure Resource Manager (Microsoft.Storage). It needs
// no key of the account and is not subject to its firewall. It is slower than Azure Files itself, and Azure
// allows only so much of it in a subscription and region: 800 reads and 100 lists in 5 minutes, 10 writes in
// a second and 1200 in an hour. Source: Microsoft Learn, "Scalability targets for the Azure Storage resource
// provider". Loop thread only.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "azure/arm_client.h"
#include "azure/file_shares.h"
#include "base/signal.h"

namespace dev8agent::internal::azure {

class ArmShares final : public FileShares {
 public:
  // `arm` must outlive it.
  ArmShares(ArmClient& arm, std::string resource_group, std::string account);

  // An attempt of a write is given up after 60 s, of a read after 15 s. Azure answers a create of a share
  // that exists with 200 in place of 201: that is kConflict with ShareAlreadyExists, as Azure Files says it.
  Task<Status> create(CallPtr call, FileShare share) override;
  // Azure does not say what a PUT of a share that exists does, and knows no conditions for it.
  bool create_may_change_existing() const override { return true; }
  Task<Status> remove(CallPtr call, std::string share, Snapshots snapshots) override;
  Task<Status> set_metadata(CallPtr call, std::string share,
                            std::map<std::string, std::string> metadata) override;
  Task<Status> set_quota(CallPtr call, std::string share, int quota_gib) override;
  Task<Result<std::string>> snapshot(CallPtr call, std::string share) override;
  Task<Status> restore(CallPtr call, std::string share, std::string version) override;
  Task<Result<ShareRead>> get(CallPtr call, std::string share) override;
  // A list shows no metadata here. One read for each share that needs them and that has changed (its ETag)
  // since its metadata were read last.
  Task<Result<std::vector<FileShare>>> list(CallPtr call, std::string prefix,
                                            NeedsMetadata needs_metadata) override;
  // Without metadata.
  Task<Result<std::vector<DeletedShare>>> deleted(CallPtr call, std::string share) override;
  // False for a share that Azure counts bytes in. Else kAzureUnavailable: that count is approximate, lags,
  // and knows nothing of empty files, so it never proves that a share is empty.
  Task<Result<bool>> is_empty(CallPtr call, std::string share) override;
  Task<Result<bool>> has_snapshots(CallPtr call, std::string share) override;
  Task<Status> check(CallPtr call) override;

 private:
  // A share of a list, with the ETag that tells its states apart.
  struct Listed {
    FileShare share;
    std::string etag;
  };
  struct Page {
    std::vector<Listed> shares;
    std::vector<DeletedShare> deleted;
    std::vector<std::string> snapshots;  // for each snapshot, the name of its share
    std::string next;                    // URL of the next page; empty on the last one
  };

  // The URL of a share (or, with an empty name, of all), and of what `rest` names below it.
  std::string url(const std::string& share, const std::string& rest = "") const;
  // What a failure says of a share. A 404 of anything else, such as the account, is kAzureRefused.
  Error of_share(Error error) const;
  // One attempt of a write whose answer carries nothing.
  Task<Status> write(CallPtr call, std::string label, std::string method, std::string url, std::string body);
  // The properties of one share as JSON, and when they were asked for.
  struct Properties {
    json::Value body;
    TimePoint asked_at{};
  };
  // With `rest` behind the share's URL.
  Task<Result<Properties>> read(CallPtr call, std::string share, std::string rest);
  // All pages of the list that `query` asks for.
  Task<Result<Page>> list_pages(CallPtr call, std::string query);
  // The shares that begin with `prefix`, from a list that is at most 5 s old and no older than the
  // last write of this process. One caller asks for all.
  Task<Result<std::vector<Listed>>> recent_list(CallPtr call, std::string prefix);
  // After a write: the list from before does not count any more.
  void forget_list() { listed_at_.reset(); }
  // Fills in the metadata of a listed share. False when the share is gone meanwhile.
  Task<Result<bool>> add_metadata(CallPtr call, Listed* listed);
  // Forgets metadata of shares that begin with `prefix` and are not in `shown`.
  void forget_others(const std::string& prefix, const std::vector<FileShare>& shown);

  // The metadata of a share while its ETag is `etag`.
  struct Known {
    std::string etag;
    std::map<std::string, std::string> metadata;
  };

  ArmClient& arm_;
  std::string resource_group_;
  std::string account_;
  std::map<std::string, Known> known_{};  // by share
  std::string listed_prefix_{};
  std::optional<TimePoint> listed_at_{};  // when the list below was asked for; none: it does not count
  std::vector<Listed> listed_{};
  KeyedLock listing_;  // held by who asks for it
};

}  // namespace dev8agent::internal::azure
