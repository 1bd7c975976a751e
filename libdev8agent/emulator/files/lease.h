// Leases of file shares and of their snapshots: a lock on their deletion. Source: Microsoft Learn, "Lease
// Share", whose tables of outcomes these functions are. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/scheduler.h"

namespace dev8agent::emulator {

// A lease that somebody has taken; it is remembered when it has ended, until it is released.
struct Lease {
  std::string id;                              // a GUID in lower case with hyphens
  TimePoint began{};                           // when it was acquired or renewed last
  std::optional<std::chrono::seconds> length;  // nothing: it never expires
  std::optional<TimePoint> broken_at;          // when it is over, because somebody has broken it
};

// kLeased and kBreaking keep others from deleting.
enum class LeaseState { kAvailable, kLeased, kExpired, kBreaking, kBroken };

LeaseState lease_state(const std::optional<Lease>& lease, TimePoint now);
bool is_locked(const std::optional<Lease>& lease, TimePoint now);
// "leased"; with `capital` "Leased".
std::string lease_state_name(LeaseState state, bool capital);

// Why a request is refused, with its status and code.
struct LeaseRefusal {
  int status = 0;
  std::string code;
  std::string message;
};

// A GUID in one of the forms N, D, B and P of .NET, as Lease::id has it; nothing for another text.
std::optional<std::string> read_guid(std::string_view text);

enum class LeaseAction { kAcquire, kRenew, kChange, kRelease, kBreak };
std::optional<LeaseAction> lease_action(std::string_view name);  // "acquire", without regard to case

// What a request asks for. Empty and missing members were not sent.
struct LeaseWish {
  LeaseAction action = LeaseAction::kAcquire;
  std::string id;
  std::string proposed_id;
  std::optional<std::int64_t> duration;      // in seconds; -1: for ever
  std::optional<std::int64_t> break_period;  // in seconds
};

// A member of a wish that is missing or has a value that Azure refuses.
struct LeaseFlaw {
  enum Member { kId, kProposedId, kDuration, kBreakPeriod };
  Member member = kId;
  bool missing = false;
};
std::optional<LeaseFlaw> flaw_of(const LeaseWish& wish);

// What an accepted request has led to.
struct LeaseOutcome {
  std::optional<LeaseRefusal> refusal;  // then nothing has changed
  std::string id;                       // of the lease, after acquire, renew and change
  std::int64_t seconds_left = 0;        // after a break
};
// Carries out a wish without flaw. `new_id` is taken when the caller proposes none.
LeaseOutcome change_lease(const LeaseWish& wish, std::string new_id, std::optional<Lease>& lease,
                          TimePoint now);

// Why an operation on what is leased is refused. `id` is what the request has sent, may be empty; `needs_id`:
// the operation changes or deletes it.
std::optional<LeaseRefusal> refuse_by_lease(const std::optional<Lease>& lease, std::string_view id,
                                            bool needs_id, TimePoint now);

}  // namespace dev8agent::emulator
