// Asks for what the storage accounts allow, and words it.
#include "storage_report.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "dev8agent/wire.h"

namespace dev8agentd {
namespace {

using dev8agent::JsonObject;
using dev8agent::MountAuth;
using dev8agent::StorageAllowance;
using dev8agent::StorageAuth;

constexpr std::chrono::hours kKnownFor{1};
constexpr std::chrono::minutes kUnknownFor{10};

template <class Mode>
std::string words(const std::vector<Mode>& modes) {
  std::string text;
  for (const Mode mode : modes) text += (text.empty() ? "\"" : ",\"") + std::string(to_string(mode)) + "\"";
  return "[" + text + "]";
}

std::string entry_of(const StorageAllowance& allowance) {
  JsonObject entry;
  entry.field("account", allowance.account);
  if (!allowance.keys || !allowance.identity_mounts) return entry.field("unknown", allowance.unknown).str();
  std::vector<StorageAuth> shares = {StorageAuth::kEntra, StorageAuth::kArm};
  std::vector<MountAuth> mounts;
  if (*allowance.keys) {
    shares.insert(shares.begin(), StorageAuth::kKey);
    mounts = {MountAuth::kKey, MountAuth::kKeyVault};
  }
  if (*allowance.identity_mounts) mounts.push_back(MountAuth::kIdentity);
  return entry.raw("shares", words(shares)).raw("mounts", words(mounts)).str();
}

}  // namespace

struct StorageReport::State {
  std::mutex mutex;  // guards all that follow
  bool asking = false;
  bool complete = false;  // each account has told
  std::optional<Clock::time_point> asked_at;
  Allowances last;
};

StorageReport::StorageReport(Ask ask) : ask_(std::move(ask)), state_(std::make_shared<State>()) {}

StorageReport::Allowances StorageReport::get(Clock::time_point now) {
  {
    const std::lock_guard lock(state_->mutex);
    const Clock::duration good_for = state_->complete ? Clock::duration(kKnownFor) : kUnknownFor;
    const bool fresh = state_->asked_at && now - *state_->asked_at < good_for;
    if (fresh || state_->asking) return state_->last;
    state_->asking = true;
    state_->asked_at = now;
  }
  ask_([state = state_](const dev8agent::Result<Allowances>& answer) {
    const std::lock_guard lock(state->mutex);
    state->asking = false;
    state->complete = false;
    if (!answer.ok()) return;
    state->last = *answer;
    state->complete = std::all_of(state->last.begin(), state->last.end(),
                                  [](const StorageAllowance& one) { return one.unknown.empty(); });
  });
  const std::lock_guard lock(state_->mutex);
  return state_->last;
}

std::string to_json(const StorageReport::Allowances& allowances) {
  std::string entries;
  for (const StorageAllowance& one : allowances) entries += (entries.empty() ? "" : ",") + entry_of(one);
  return "[" + entries + "]";
}

}  // namespace dev8agentd
