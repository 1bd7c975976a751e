// FileShares: the file shares of one storage account, whichever way leads to them. A write is one attempt,
// because the caller must observe the share before it repeats a write; reads are repeated here. Loop thread
// only. DataPlaneShares asks Azure Files itself, with the account's key or with a token; ArmShares asks Azure
// Resource Manager; ChosenShares finds out which of them works.
//
//   auto look = co_await shares.get(call, "ws-1");
//   if (look.ok() && !look->share) ...  // Azure says that there is no such share
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/call.h"
#include "base/task.h"
#include "dev8agent/result.h"
#include "model/file_share.h"

namespace dev8agent::internal::azure {

// What a read of a share's properties has shown. `asked_at` gives the age of the observation.
struct ShareRead {
  std::optional<FileShare> share;  // nothing only when Azure says that the share is not there
  TimePoint asked_at{};            // before Azure looked
};

// Whether a list has to tell the metadata of the share of this name. Empty: of every share.
using NeedsMetadata = std::function<bool(std::string_view share)>;

// Whether the snapshots of a share may go with it. Azure keeps none without its share.
enum class Snapshots { kDelete, kKeep };

class FileShares {
 public:
  virtual ~FileShares() = default;

  // Writes. An attempt is given up after a while of its own. A failure with Error::request_sent leaves the
  // effect unknown.
  //
  // create() makes the share with its quota and its metadata. kConflict, with Azure's code: the share exists,
  // or one of its name is being deleted, which takes 30 s and more.
  virtual Task<Status> create(CallPtr call, FileShare share) = 0;
  // True where a create() of a share that exists may have changed it all the same, so that somebody else's
  // metadata may stand on a share that a call has just made; also where that is not known yet.
  virtual bool create_may_change_existing() const { return false; }
  // Deletes the share with all files. kNotFound: it is not there. kConflict, with Azure's code: a lease of
  // somebody forbids it, or there are snapshots, which are to be kept.
  virtual Task<Status> remove(CallPtr call, std::string share, Snapshots snapshots) = 0;
  // Replaces all metadata: a name that is not in `metadata` is removed.
  virtual Task<Status> set_metadata(CallPtr call, std::string share,
                                    std::map<std::string, std::string> metadata) = 0;
  // Sets the largest size of the share, in GiB. Files are not touched.
  virtual Task<Status> set_quota(CallPtr call, std::string share, int quota_gib) = 0;
  // Takes a snapshot of the share, with its metadata, and tells its name: its time, in Azure's words. A
  // repeat takes another one. kNotFound: there is no share. kConflict, with Azure's code: there are too many
  // already, or one is being taken.
  virtual Task<Result<std::string>> snapshot(CallPtr call, std::string share) = 0;
  // Makes the deleted share of this name and version what it was. kConflict: there is a share of the name.
  // kNotFound: Azure has no such deleted share any more.
  virtual Task<Status> restore(CallPtr call, std::string share, std::string version) = 0;

  // Reads. Each is repeated until it succeeds, fails for good or the deadline comes.
  //
  // get() reads one share. That Azure says "no such share" is a success without a share.
  virtual Task<Result<ShareRead>> get(CallPtr call, std::string share) = 0;
  // Every share whose name begins with `prefix`, from all pages. Metadata are there for the shares that
  // `needs_metadata` names; those of others may be missing (FileShare::metadata_read). What others have
  // changed in the last seconds may not show. kInternal after 1000 pages.
  virtual Task<Result<std::vector<FileShare>>> list(CallPtr call, std::string prefix,
                                                    NeedsMetadata needs_metadata) = 0;
  // The deleted shares of exactly this name, in an account with soft delete; of another account, none. Their
  // metadata may be missing.
  virtual Task<Result<std::vector<DeletedShare>>> deleted(CallPtr call, std::string share) = 0;
  // True when the share holds neither files nor directories. An error when it is not there, or when it cannot
  // be told: a share that only seems empty must not be deleted.
  virtual Task<Result<bool>> is_empty(CallPtr call, std::string share) = 0;
  // True when Azure keeps snapshots of the share, whoever has taken them. False also where there is no share.
  virtual Task<Result<bool>> has_snapshots(CallPtr call, std::string share) = 0;
  // Succeeds where shares can be read. A request that shows nothing.
  virtual Task<Status> check(CallPtr call) = 0;
};

}  // namespace dev8agent::internal::azure
