// The tables of outcomes: see lease.h. Where Learn gives only a status, the code is the one that Azure's
// blobs have for the same case.
#include "files/lease.h"

#include <algorithm>
#include <array>

#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kShortest = 15, kLongest = 60, kForEver = -1, kLongestBreak = 60;

struct StateName {
  const char* small;
  const char* capital;
};
constexpr std::array<StateName, 5> kStates = {{{"available", "Available"},
                                               {"leased", "Leased"},
                                               {"expired", "Expired"},
                                               {"breaking", "Breaking"},
                                               {"broken", "Broken"}}};

LeaseRefusal conflict(const char* code, const char* message) {
  return {409, code, message};
}
LeaseRefusal not_present() {
  return conflict("LeaseNotPresentWithLeaseOperation", "There is currently no lease on the file share.");
}
LeaseRefusal other_id() {
  return conflict("LeaseIdMismatchWithLeaseOperation",
                  "The lease ID specified did not match the lease ID for the file share.");
}
LeaseRefusal broken() {
  return conflict("LeaseIsBrokenAndCannotBeRenewed",
                  "The lease ID matched, but the lease has been broken explicitly and cannot be renewed.");
}

LeaseOutcome refused(LeaseRefusal refusal) {
  LeaseOutcome outcome;
  outcome.refusal = std::move(refusal);
  return outcome;
}

LeaseOutcome held(const Lease& lease) {
  LeaseOutcome outcome;
  outcome.id = lease.id;
  return outcome;
}

LeaseOutcome acquire(const LeaseWish& wish, std::string new_id, std::optional<Lease>& lease, TimePoint now) {
  std::string id = read_guid(wish.proposed_id).value_or(std::move(new_id));
  const LeaseState state = lease_state(lease, now);
  const bool same = lease && lease->id == id;
  if (state == LeaseState::kBreaking && same) {
    return refused(conflict("LeaseIsBreakingAndCannotBeAcquired",
                            "The lease ID matched, but the lease is currently in breaking state and cannot "
                            "be acquired until it is broken."));
  }
  if (state == LeaseState::kBreaking || (state == LeaseState::kLeased && !same))
    return refused(conflict("LeaseAlreadyPresent", "There is already a lease present."));
  Lease taken;
  taken.id = std::move(id);
  taken.began = now;
  if (*wish.duration != kForEver) taken.length = seconds(*wish.duration);
  lease = std::move(taken);
  return held(*lease);
}

LeaseOutcome renew(const std::string& id, std::optional<Lease>& lease, TimePoint now) {
  if (!lease || lease->id != id) return refused(other_id());
  if (lease->broken_at) return refused(broken());
  lease->began = now;
  return held(*lease);
}

LeaseOutcome change(const std::string& id, const std::string& proposed, std::optional<Lease>& lease,
                    TimePoint now) {
  const LeaseState state = lease_state(lease, now);
  const bool fits = lease && (lease->id == id || lease->id == proposed);
  if (state == LeaseState::kBreaking && fits) {
    return refused(conflict("LeaseIsBreakingAndCannotBeChanged",
                            "The lease ID matched, but the lease is currently in breaking state and cannot "
                            "be changed."));
  }
  if (state != LeaseState::kLeased && state != LeaseState::kBreaking) return refused(not_present());
  if (!fits) return refused(other_id());
  lease->id = proposed;
  return held(*lease);
}

LeaseOutcome release(const std::string& id, std::optional<Lease>& lease) {
  if (!lease || lease->id != id) return refused(other_id());
  lease.reset();
  return {};
}

// How long a break may take: what is left of the lease, or less when the caller wants less.
LeaseOutcome break_lease(const LeaseWish& wish, std::optional<Lease>& lease, TimePoint now) {
  if (!lease) return refused(not_present());
  if (const auto id = read_guid(wish.id); id && *id != lease->id) return refused(other_id());
  TimePoint::duration left = TimePoint::duration::zero();
  if (lease->broken_at) {
    left = *lease->broken_at - now;
  } else if (lease->length) {
    left = lease->began + *lease->length - now;
  } else {
    left = seconds(wish.break_period.value_or(0));
  }
  if (wish.break_period) left = std::min<TimePoint::duration>(left, seconds(*wish.break_period));
  left = std::max(left, TimePoint::duration::zero());
  lease->broken_at = now + left;
  LeaseOutcome outcome;
  outcome.seconds_left = std::chrono::ceil<seconds>(left).count();
  return outcome;
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

}  // namespace

LeaseState lease_state(const std::optional<Lease>& lease, TimePoint now) {
  if (!lease) return LeaseState::kAvailable;
  if (lease->broken_at) return now < *lease->broken_at ? LeaseState::kBreaking : LeaseState::kBroken;
  const bool expired = lease->length && lease->began + *lease->length <= now;
  return expired ? LeaseState::kExpired : LeaseState::kLeased;
}

bool is_locked(const std::optional<Lease>& lease, TimePoint now) {
  const LeaseState state = lease_state(lease, now);
  return state == LeaseState::kLeased || state == LeaseState::kBreaking;
}

std::string lease_state_name(LeaseState state, bool capital) {
  const StateName& name = kStates[static_cast<std::size_t>(state)];
  return capital ? name.capital : name.small;
}

std::optional<std::string> read_guid(std::string_view text) {
  std::string guid = lower(text);
  const bool bracketed = guid.size() == 38 && ((guid.front() == '{' && guid.back() == '}') ||
                                               (guid.front() == '(' && guid.back() == ')'));
  if (bracketed) guid = guid.substr(1, 36);
  if (guid.size() == 32 && guid.find('-') == std::string::npos) {
    for (const std::size_t at : {20, 16, 12, 8}) guid.insert(at, 1, '-');
  }
  if (guid.size() != 36) return std::nullopt;
  for (std::size_t i = 0; i < guid.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? guid[i] != '-' : !is_hex(guid[i])) return std::nullopt;
  }
  return guid;
}

std::optional<LeaseAction> lease_action(std::string_view name) {
  if (same_name(name, "acquire")) return LeaseAction::kAcquire;
  if (same_name(name, "renew")) return LeaseAction::kRenew;
  if (same_name(name, "change")) return LeaseAction::kChange;
  if (same_name(name, "release")) return LeaseAction::kRelease;
  if (same_name(name, "break")) return LeaseAction::kBreak;
  return std::nullopt;
}

std::optional<LeaseFlaw> flaw_of(const LeaseWish& wish) {
  const bool acquires = wish.action == LeaseAction::kAcquire;
  const bool names_lease = wish.action == LeaseAction::kRenew || wish.action == LeaseAction::kChange ||
                           wish.action == LeaseAction::kRelease;
  if (names_lease && wish.id.empty()) return LeaseFlaw{LeaseFlaw::kId, true};
  if (!wish.id.empty() && !read_guid(wish.id)) return LeaseFlaw{LeaseFlaw::kId, false};
  if (wish.action == LeaseAction::kChange && wish.proposed_id.empty())
    return LeaseFlaw{LeaseFlaw::kProposedId, true};
  if (!wish.proposed_id.empty() && !read_guid(wish.proposed_id))
    return LeaseFlaw{LeaseFlaw::kProposedId, false};
  if (acquires && !wish.duration) return LeaseFlaw{LeaseFlaw::kDuration, true};
  const bool fits = !wish.duration || *wish.duration == kForEver ||
                    (*wish.duration >= kShortest && *wish.duration <= kLongest);
  if (acquires && !fits) return LeaseFlaw{LeaseFlaw::kDuration, false};
  if (wish.break_period && (*wish.break_period < 0 || *wish.break_period > kLongestBreak))
    return LeaseFlaw{LeaseFlaw::kBreakPeriod, false};
  return std::nullopt;
}

LeaseOutcome change_lease(const LeaseWish& wish, std::string new_id, std::optional<Lease>& lease,
                          TimePoint now) {
  const std::string id = read_guid(wish.id).value_or("");
  switch (wish.action) {
    case LeaseAction::kAcquire:
      return acquire(wish, std::move(new_id), lease, now);
    case LeaseAction::kRenew:
      return renew(id, lease, now);
    case LeaseAction::kChange:
      return change(id, read_guid(wish.proposed_id).value_or(""), lease, now);
    case LeaseAction::kRelease:
      return release(id, lease);
    case LeaseAction::kBreak:
      break;
  }
  return break_lease(wish, lease, now);
}

// The codes of locked shares are from traffic of Microsoft's own clients, recorded in their tests.
std::optional<LeaseRefusal> refuse_by_lease(const std::optional<Lease>& lease, std::string_view id,
                                            bool needs_id, TimePoint now) {
  const bool locked = is_locked(lease, now);
  if (id.empty() && locked && needs_id) {
    return LeaseRefusal{412, "LeaseIdMissing",
                        "There is currently a lease on the file share and no lease ID was specified in the "
                        "request."};
  }
  if (id.empty()) return std::nullopt;
  if (!lease) {
    return LeaseRefusal{412, "LeaseNotPresentWithContainerOperation",
                        "There is currently no lease on the file share."};
  }
  if (read_guid(id) != lease->id) {
    return LeaseRefusal{412, "LeaseIdMismatchWithContainerOperation",
                        "The lease ID specified did not match the lease ID for the file share."};
  }
  if (locked) return std::nullopt;
  return LeaseRefusal{412, "LeaseLost",
                      "A lease ID was specified, but the lease for the file share has expired."};
}

}  // namespace dev8agent::emulator
