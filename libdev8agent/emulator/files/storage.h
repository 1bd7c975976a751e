// Storage accounts with their keys and file shares.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

// A file or directory; its path is its key in Share::entries.
struct FileEntry {
  bool is_directory = false;
  std::string content;
  std::string content_type;
  std::map<std::string, std::string> metadata;
};

struct Share {
  std::string name;
  int quota_gib = 0;
  std::map<std::string, std::string> metadata;  // names in lower case
  std::string access_tier = "TransactionOptimized";
  std::uint64_t version = 0;  // grows with every change: the ETag
  TimePoint modified{};
  std::uint64_t incarnation = 0;
  std::optional<TimePoint> gone;             // being deleted until then
  std::map<std::string, FileEntry> entries;  // by path without leading slash
  std::optional<TimePoint> home_at;          // when the first container that mounts it sets up its home there
};

struct Account {
  StorageAccount settings;
  std::string raw_key1;  // decoded
  std::string raw_key2;
  std::map<std::string, Share> shares;

  void set_keys(std::string key1, std::string key2);
};

class Storage {
 public:
  explicit Storage(const EmulatorOptions& options);

  Account* account(std::string_view name);
  const std::map<std::string, Account>& accounts() const { return accounts_; }

  // A share that is there and not being deleted.
  Share* share(Account& account, std::string_view name, TimePoint now);
  // Whether the name is taken by a share that is being deleted.
  bool being_deleted(const Account& account, std::string_view name) const;
  Share& create(Account& account, std::string name);
  void remove(Account& account, Share& share, TimePoint now);
  std::uint64_t next_version() { return ++version_; }
  // Drops the shares whose deletion is complete.
  void settle(TimePoint now);

  // Whether a container can mount the share: it is there and the key is one of the account's.
  bool can_mount(std::string_view account, std::string_view share, std::string_view key, TimePoint now);
  // A container that mounts the share comes up at `up`; it does not, after all.
  void mount(std::string_view account, std::string_view share, TimePoint now, TimePoint up);
  void unmount(std::string_view account, std::string_view share, TimePoint now, TimePoint up);

 private:
  struct Removal {
    TimePoint gone;
    std::string account;
    std::string share;
  };
  std::chrono::milliseconds deletion_time_;
  std::map<std::string, Account> accounts_;
  std::deque<Removal> removals_;
  std::uint64_t incarnations_ = 0;
  std::uint64_t version_ = 0x8de53f0a1b2c000;
};

}  // namespace dev8agent::emulator
