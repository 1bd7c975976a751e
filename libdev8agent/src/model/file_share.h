// A file share as Azure Files shows it, and as a create asks for it. A plain value.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "dev8agent/scheduler.h"

namespace dev8agent::internal {

// An environment's files are one share. Its metadata holds the facts that must outlive the container group.
struct FileShare {
  std::string name;                             // unique in the storage account
  int quota_gib = 0;                            // the largest size; 0: Azure has not said
  std::map<std::string, std::string> metadata;  // names in lower case
  std::optional<WallTime> last_modified{};      // of the share, not of its files, by Azure's clock
  bool metadata_read = true;                    // false: nobody asked for them (FileShares::list)
};

// A share that was deleted, in an account with soft delete.
struct DeletedShare {
  FileShare share;
  std::string version;                   // tells deleted shares of one name apart
  std::optional<WallTime> deleted_at{};  // by Azure's clock
  int days_left = 0;                     // until Azure removes it for good
};

}  // namespace dev8agent::internal
