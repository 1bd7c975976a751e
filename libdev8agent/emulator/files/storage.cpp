// Storage accounts and shares: see storage.h.
#include "files/storage.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/hashes.h"
#include "core/strings.h"
#include "files/real_tree.h"

namespace dev8agent::emulator {
namespace {

// Obviously fake keys of the form that Azure's have: 64 bytes in base64.
std::string fake_key(char filler) {
  return base64(std::string(64, filler));
}

// What the runtime calls the directory of a deleted share meanwhile.
std::string aside(const DeletedShare& deleted) {
  return deleted.share.name + "@" + deleted.version;
}

// What the runtime calls the directory of a snapshot.
std::string snapshot_place(const Share& snapshot) {
  return snapshot.name + "@" + snapshot.snapshot;
}

// The moment, in steps of 100 ns as Azure writes them, that no snapshot of the share has as its name.
std::string snapshot_name(const Share& share, WallTime at) {
  using Step = std::chrono::duration<std::int64_t, std::ratio<1, 10'000'000>>;
  for (;; at += Step(1)) {
    std::string name = rfc3339(at, 7);
    const bool taken = std::any_of(share.snapshots.begin(), share.snapshots.end(),
                                   [&](const Share& one) { return one.snapshot == name; });
    if (!taken) return name;
  }
}

}  // namespace

void Account::set_keys(std::string key1, std::string key2) {
  raw_key1 = base64_decode(key1).value_or("");
  raw_key2 = base64_decode(key2).value_or("");
  settings.key1 = std::move(key1);
  settings.key2 = std::move(key2);
}

Storage::Storage(const EmulatorOptions& options)
    : deletion_time_(options.share_deletion_time), runtime_(options.runtime) {
  std::vector<StorageAccount> wanted = options.storage_accounts;
  if (wanted.empty() && !options.resource_groups.empty()) {
    wanted.push_back({"dev8emulator", options.resource_groups.front(), "", ""});
  }
  for (StorageAccount& settings : wanted) {
    Account account;
    std::string key1 = settings.key1.empty() ? fake_key('1') : settings.key1;
    std::string key2 = settings.key2.empty() ? fake_key('2') : settings.key2;
    account.settings = settings;
    account.set_keys(std::move(key1), std::move(key2));
    accounts_.emplace(lower(settings.name), std::move(account));
  }
}

Account* Storage::account(std::string_view name) {
  auto found = accounts_.find(lower(name));
  return found == accounts_.end() ? nullptr : &found->second;
}

Share* Storage::share(Account& account, std::string_view name, TimePoint now) {
  settle(now);
  auto found = account.shares.find(std::string(name));
  if (found == account.shares.end() || found->second.gone) return nullptr;
  Share& share = found->second;
  if (share.home_at && *share.home_at <= now) {
    FileEntry profile;
    profile.content = "# made when the container came up\n";
    share.entries.try_emplace(".profile", std::move(profile));
    share.home_at.reset();
  }
  return &share;
}

bool Storage::being_deleted(const Account& account, std::string_view name) const {
  auto found = account.shares.find(std::string(name));
  return found != account.shares.end() && found->second.gone;
}

Result<Share*> Storage::create(Account& account, std::string name) {
  Share share;
  if (runtime_) {
    auto directory = runtime_->make_share(account.settings.name, name);
    if (!directory.ok()) return directory.error();
    share.directory = std::move(*directory);
  }
  share.name = name;
  share.incarnation = ++incarnations_;
  return &account.shares.insert_or_assign(std::move(name), std::move(share)).first->second;
}

Result<Share*> Storage::snapshot(Account& account, Share& share,
                                 const std::map<std::string, std::string>& metadata, const Moment& moment) {
  Share copy = share;
  copy.snapshots.clear();
  copy.lease.reset();
  copy.home_at.reset();
  copy.snapshot = snapshot_name(share, moment.wall);
  if (!metadata.empty()) {
    copy.metadata = metadata;
    copy.version = next_version();
    copy.modified = moment.now;
  }
  if (runtime_) {
    auto directory = runtime_->make_share(account.settings.name, snapshot_place(copy));
    if (!directory.ok()) return directory.error();
    copy.directory = std::move(*directory);
    if (!copy_tree(share.directory, copy.directory)) {
      runtime_->remove_share(account.settings.name, snapshot_place(copy));
      return make_error(ErrorCode::kInternal, "The emulator cannot copy the directory of the share.");
    }
  }
  share.snapshots.push_back(std::move(copy));
  return &share.snapshots.back();
}

void Storage::remove_snapshot(Account& account, Share& share, const std::string& name) {
  const auto found = std::find_if(share.snapshots.begin(), share.snapshots.end(),
                                  [&](const Share& one) { return one.snapshot == name; });
  if (runtime_) runtime_->remove_share(account.settings.name, snapshot_place(*found));
  share.snapshots.erase(found);
}

void Storage::drop_snapshots(const Account& account, Share& share) {
  if (runtime_) {
    for (const Share& one : share.snapshots)
      runtime_->remove_share(account.settings.name, snapshot_place(one));
  }
  share.snapshots.clear();
}

void Storage::keep(Account& account, Share& share, TimePoint now) {
  std::array<char, 17> version{};
  std::snprintf(version.data(), version.size(), "%016llX", static_cast<unsigned long long>(next_version()));
  DeletedShare kept{std::move(share), version.data(), now};
  kept.share.home_at.reset();
  kept.share.lease.reset();
  for (Share& one : kept.share.snapshots) one.lease.reset();
  account.shares.erase(kept.share.name);
  if (runtime_ && !runtime_->rename_share(account.settings.name, kept.share.name, aside(kept)).ok()) return;
  account.deleted.push_back(std::move(kept));
}

void Storage::forget_old(Account& account, TimePoint now) {
  const std::chrono::hours kept_for(24 * account.settings.retention_days);
  while (!account.deleted.empty() && account.deleted.front().at + kept_for <= now) {
    drop_snapshots(account, account.deleted.front().share);
    if (runtime_) runtime_->remove_share(account.settings.name, aside(account.deleted.front()));
    account.deleted.erase(account.deleted.begin());
  }
}

Result<Share*> Storage::restore(Account& account, std::string_view name, std::string_view version,
                                TimePoint now) {
  settle(now);
  const auto found = std::find_if(
      account.deleted.begin(), account.deleted.end(),
      [&](const DeletedShare& deleted) { return deleted.share.name == name && deleted.version == version; });
  if (found == account.deleted.end()) return static_cast<Share*>(nullptr);
  if (runtime_) {
    auto directory = runtime_->rename_share(account.settings.name, aside(*found), name);
    if (!directory.ok()) return directory.error();
  }
  Share share = std::move(found->share);
  account.deleted.erase(found);
  return &account.shares.insert_or_assign(std::string(name), std::move(share)).first->second;
}

void Storage::remove(Account& account, Share& share, TimePoint now) {
  if (account.settings.retention_days > 0) return keep(account, share, now);
  share.gone = now + deletion_time_;
  share.entries.clear();
  share.lease.reset();
  drop_snapshots(account, share);
  if (runtime_) runtime_->remove_share(account.settings.name, share.name);
  removals_.push_back({*share.gone, lower(account.settings.name), share.name});
  settle(now);
}

void Storage::settle(TimePoint now) {
  for (auto& [name, account] : accounts_) forget_old(account, now);
  for (; !removals_.empty() && removals_.front().gone <= now; removals_.pop_front()) {
    accounts_.at(removals_.front().account).shares.erase(removals_.front().share);
  }
}

bool Storage::can_mount(std::string_view account, std::string_view share, std::string_view key,
                        TimePoint now) {
  Account* found = this->account(account);
  if (!found || key.empty() || !this->share(*found, share, now)) return false;
  return same_secret(key, found->settings.key1) || same_secret(key, found->settings.key2);
}

bool Storage::can_mount_as_identity(std::string_view account, std::string_view share, TimePoint now) {
  Account* found = this->account(account);
  return found && found->settings.smb_oauth && this->share(*found, share, now);
}

void Storage::mount(std::string_view account, std::string_view share, TimePoint now, TimePoint up) {
  Account* found = this->account(account);
  Share* mounted = found ? this->share(*found, share, now) : nullptr;
  if (mounted && !runtime_) mounted->home_at = std::min(mounted->home_at.value_or(up), up);
}

void Storage::unmount(std::string_view account, std::string_view share, TimePoint now, TimePoint up) {
  Account* found = this->account(account);
  Share* mounted = found ? this->share(*found, share, now) : nullptr;
  if (mounted && mounted->home_at == up) mounted->home_at.reset();
}

}  // namespace dev8agent::emulator
