// The words about kept files.
#include "plan/kept_files.h"

#include "plan/situation.h"

namespace dev8agent::internal::plan {

KeptFiles kept_files(const std::string& id, const std::string& account, const SeenShare& share) {
  KeptFiles kept;
  kept.storage_account = account;
  kept.file_share = share.state.name;
  kept.snapshot = share.kept_snapshot;
  kept.advice =
      "its files are kept on file share " + kept.file_share + " of storage account " + account +
      ", with the snapshot of " + kept.snapshot + ". Restore environment " + id +
      " to use them again, or copy the snapshot: az storage file download-batch --account-name " + account +
      " --source " + kept.file_share + " --snapshot " + kept.snapshot +
      " --destination DIRECTORY. They cost storage until they are removed: a delete of the environment "
      "without a snapshot removes files and snapshots for good";
  return kept;
}

Error kept_in_regions(const std::string& id, const std::string& regions) {
  return make_error(ErrorCode::kConflict, "files of environment " + id + " are kept in several regions (" +
                                              regions + "); cloudRegion has to name one of them");
}

Error not_found_but_kept(const std::string& id, const KeptFiles& kept) {
  Error error = does_not_exist(id);
  error.message += "; " + kept.advice;
  error.fields = {
      {"storageAccount", kept.storage_account}, {"fileShare", kept.file_share}, {"snapshot", kept.snapshot}};
  return error;
}

}  // namespace dev8agent::internal::plan
