// Storage accounts with their keys and file shares: the state behind FileService and listKeys.
// Nothing here speaks HTTP. Times are monotonic; what is due happens when somebody looks
// (settle()).
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/moment.h"
#include "dev8agent/emulator.h"
#include "files/lease.h"

namespace dev8agent::emulator {

// A file or directory; its path is its key in Share::entries.
struct FileEntry {
  bool is_directory = false;
  std::string content;                          // empty for a directory
  std::string content_type;                     // empty: application/octet-stream
  std::map<std::string, std::string> metadata;  // of the entry itself, names in lower case
};

// A file share. A deleted share stays for a while with `gone` set and without its files: its name
// cannot be used until then (ShareBeingDeleted), as in Azure.
struct Share {
  std::string name;
  int quota_gib = 0;                            // 1 to 102400
  std::map<std::string, std::string> metadata;  // names in lower case
  std::string access_tier = "TransactionOptimized";
  std::uint64_t version = 0;                 // grows with every change: the ETag
  TimePoint modified{};                      // of the share's properties or metadata
  std::uint64_t incarnation = 0;             // different for each share that ever had this name
  std::optional<TimePoint> gone;             // being deleted until then
  std::map<std::string, FileEntry> entries;  // by path without leading slash
  std::string directory;                     // where its files really are; empty: in `entries`
  std::optional<TimePoint> home_at;          // when the first container that mounts it sets up its home there
  std::optional<Lease> lease;
  std::string snapshot;          // of a snapshot: "2026-01-15T08:30:00.0000000Z", its name; else empty
  std::vector<Share> snapshots;  // the oldest first; each is the share as it was then
};

// A share that was deleted and can be restored.
struct DeletedShare {
  Share share;
  std::string version;  // tells shares of one name apart: "01D64EB9886F00C4"
  TimePoint at{};       // when it was deleted
};

// A storage account. Its keys exist twice: as base64, which listKeys and mounts use, and decoded,
// which signatures are checked with.
struct Account {
  StorageAccount settings;
  std::string raw_key1;  // key1 decoded
  std::string raw_key2;
  std::map<std::string, Share> shares;  // by name, shares that are being deleted included
  std::vector<DeletedShare> deleted;    // the oldest first; with StorageAccount::retention_days

  // Replaces both keys; requests and mounts with the old ones are refused from now on. Keys that
  // are not base64 sign nothing.
  void set_keys(std::string key1, std::string key2);
};

// All accounts of the emulator. Not thread-safe: the emulator calls it under its mutex. Pointers
// and references to accounts stay valid for its lifetime, those to shares until the share is gone
// for good. `now` is the time of the current request and must not run backwards.
class Storage {
 public:
  // With the accounts of `options`; when there are none, one called "dev8emulator" in the first
  // resource group. Keys that are empty are made up.
  explicit Storage(const EmulatorOptions& options);

  // Compares without regard to case; null when there is none. Accounts do not come and go.
  Account* account(std::string_view name);
  const std::map<std::string, Account>& accounts() const { return accounts_; }

  // A share that is there and not being deleted, else null. Names are compared exactly. This is
  // also where a container that has come up leaves its home directory in the share (see mount()).
  Share* share(Account& account, std::string_view name, TimePoint now);
  // Whether the name is taken by a share that is being deleted. It does not look at the time: call
  // share() first.
  bool being_deleted(const Account& account, std::string_view name) const;
  // A new, empty share without quota; its caller fills in the rest. The name must be free. Fails when the
  // runtime cannot make its directory.
  Result<Share*> create(Account& account, std::string name);
  // Empties the share and begins its deletion, which takes EmulatorOptions::share_deletion_time.
  // Without such a time it is gone on return. With StorageAccount::retention_days it is kept as a whole among
  // the deleted ones.
  void remove(Account& account, Share& share, TimePoint now);
  // Keeps the share as it is now as the last of its snapshots, with these metadata, or its own when there are
  // none. Fails when its directory cannot be copied.
  Result<Share*> snapshot(Account& account, Share& share, const std::map<std::string, std::string>& metadata,
                          const Moment& moment);
  // Removes the snapshot of that name, which must be there.
  void remove_snapshot(Account& account, Share& share, const std::string& name);
  // Makes the deleted share of that name and version what it was; its name must be free. Null when there is
  // none, and an error when the runtime cannot bring its directory back.
  Result<Share*> restore(Account& account, std::string_view name, std::string_view version, TimePoint now);
  // A number that is greater than all before, for Share::version.
  std::uint64_t next_version() { return ++version_; }
  // Drops the shares whose deletion is complete by `now`.
  void settle(TimePoint now);

  // Whether a container can mount the share: it is there, and the key is one of the account's.
  bool can_mount(std::string_view account, std::string_view share, std::string_view key, TimePoint now);
  // The same for a mount as a managed identity: the account has StorageAccount::smb_oauth.
  bool can_mount_as_identity(std::string_view account, std::string_view share, TimePoint now);
  // mount(): a container that mounts the share comes up at `up`, and then the share holds a file
  // ".profile", as containers of real users write files to their home. Whether a share is empty
  // decides what the library may delete. unmount(): that container does not come up after all. Both
  // do nothing when there is no such share.
  void mount(std::string_view account, std::string_view share, TimePoint now, TimePoint up);
  void unmount(std::string_view account, std::string_view share, TimePoint now, TimePoint up);

 private:
  // A deletion that is under way. All take equally long, so the oldest is the first to be complete.
  struct Removal {
    TimePoint gone;
    std::string account;
    std::string share;
  };
  void keep(Account& account, Share& share, TimePoint now);
  void drop_snapshots(const Account& account, Share& share);
  void forget_old(Account& account, TimePoint now);

  std::chrono::milliseconds deletion_time_;
  std::shared_ptr<ContainerRuntime> runtime_;  // EmulatorOptions::runtime
  std::map<std::string, Account> accounts_;    // by name in lower case
  std::deque<Removal> removals_;
  std::uint64_t incarnations_ = 0;
  std::uint64_t version_ = 0x8de53f0a1b2c000;  // looks like Azure's numbers
};

}  // namespace dev8agent::emulator
