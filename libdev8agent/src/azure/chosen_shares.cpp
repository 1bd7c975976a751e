// ChosenShares: the choice, and the calls that are passed on.
#include "azure/chosen_shares.h"

#include <optional>
#include <utility>

namespace dev8agent::internal::azure {
namespace {

// True when Azure itself has said that this way is closed.
bool is_refused(const Error& error) {
  return error.code == ErrorCode::kAzureRefused || error.code == ErrorCode::kAzureCredentials;
}

}  // namespace

ChosenShares::ChosenShares(Scheduler& scheduler, std::string account, std::vector<WayToShares> ways,
                           Chosen chosen)
    : account_(std::move(account)), ways_(std::move(ways)), chosen_(std::move(chosen)), lock_(scheduler) {}

Task<Result<FileShares*>> ChosenShares::way(CallPtr call) {
  if (taken_ != nullptr) co_return taken_;
  auto hold = co_await lock_.acquire(call, account_);
  if (!hold.ok()) co_return hold.error();
  if (taken_ != nullptr) co_return taken_;
  auto chosen = co_await choose(call);
  co_return chosen;
}

Task<Result<FileShares*>> ChosenShares::choose(CallPtr call) {
  std::optional<Error> first;
  std::string passed_over;
  for (const WayToShares& one : ways_) {
    auto checked = co_await one.shares->check(call);
    if (checked.ok()) {
      taken_ = one.shares;
      if (chosen_) chosen_(one.name, passed_over);
      co_return taken_;
    }
    if (!is_refused(checked.error())) co_return checked.error();
    passed_over += (passed_over.empty() ? "" : "; ") + one.name + ": " + checked.error().message;
    if (!first) first = checked.error();
  }
  Error none = *first;
  none.message = "no way to the file shares of storage account " + account_ + " is open: " + passed_over;
  co_return none;
}

Task<Status> ChosenShares::create(CallPtr call, FileShare share) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto done = co_await (*shares)->create(call, std::move(share));
  co_return done;
}

Task<Status> ChosenShares::remove(CallPtr call, std::string share, Snapshots snapshots) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto done = co_await (*shares)->remove(call, std::move(share), snapshots);
  co_return done;
}

Task<Status> ChosenShares::set_metadata(CallPtr call, std::string share,
                                        std::map<std::string, std::string> metadata) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto done = co_await (*shares)->set_metadata(call, std::move(share), std::move(metadata));
  co_return done;
}

Task<Status> ChosenShares::set_quota(CallPtr call, std::string share, int quota_gib) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto done = co_await (*shares)->set_quota(call, std::move(share), quota_gib);
  co_return done;
}

Task<Result<std::string>> ChosenShares::snapshot(CallPtr call, std::string share) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto taken = co_await (*shares)->snapshot(call, std::move(share));
  co_return taken;
}

Task<Status> ChosenShares::restore(CallPtr call, std::string share, std::string version) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto done = co_await (*shares)->restore(call, std::move(share), std::move(version));
  co_return done;
}

Task<Result<ShareRead>> ChosenShares::get(CallPtr call, std::string share) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto read = co_await (*shares)->get(call, std::move(share));
  co_return read;
}

Task<Result<std::vector<FileShare>>> ChosenShares::list(CallPtr call, std::string prefix,
                                                        NeedsMetadata needs_metadata) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto listed = co_await (*shares)->list(call, std::move(prefix), std::move(needs_metadata));
  co_return listed;
}

Task<Result<std::vector<DeletedShare>>> ChosenShares::deleted(CallPtr call, std::string share) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto found = co_await (*shares)->deleted(call, std::move(share));
  co_return found;
}

Task<Result<bool>> ChosenShares::is_empty(CallPtr call, std::string share) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto empty = co_await (*shares)->is_empty(call, std::move(share));
  co_return empty;
}

Task<Result<bool>> ChosenShares::has_snapshots(CallPtr call, std::string share) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto some = co_await (*shares)->has_snapshots(call, std::move(share));
  co_return some;
}

Task<Status> ChosenShares::check(CallPtr call) {
  auto shares = co_await way(call);
  if (!shares.ok()) co_return shares.error();
  auto checked = co_await (*shares)->check(call);
  co_return checked;
}

}  // namespace dev8agent::internal::azure
