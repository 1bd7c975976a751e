// The record of a call's own writes.
#include "plan/own_writes.h"

namespace dev8agent::internal::plan {

bool surely_not_applied(const Error& error) {
  return error.azure_status >= 400 && error.azure_status < 500 && error.azure_status != 408;
}

Sent after_answer(Sent before, const std::optional<Error>& error) {
  if (!error) return Sent::kAccepted;
  if (!surely_not_applied(*error)) return before == Sent::kAccepted ? before : Sent::kUnanswered;
  return may_have_applied(before) ? before : Sent::kRejected;
}

bool brought_up(const OwnWrites& own) {
  return own.group_put == Sent::kAccepted || own.group_redeploy == Sent::kAccepted ||
         own.group_start == Sent::kAccepted;
}

bool may_have_created_group(const OwnWrites& own) {
  return may_have_applied(own.group_put);
}

bool may_have_changed_group(const OwnWrites& own) {
  return may_have_applied(own.group_redeploy) || may_have_applied(own.group_start);
}

bool may_own_share(const OwnWrites& own) {
  return own.share_put != Sent::kNo || own.share_takeover != Sent::kNo;
}

bool has_owned_share(const OwnWrites& own) {
  return own.share_put == Sent::kAccepted || own.share_takeover == Sent::kAccepted;
}

void note_effects(OwnWrites& own, const Observation& seen, TimePoint now) {
  if (own.token.empty()) return;
  if (seen.share && seen.share->token == own.token) {
    for (Sent* write : {&own.share_put, &own.share_takeover}) {
      if (*write == Sent::kUnanswered) *write = Sent::kAccepted;
    }
  }
  if (!seen.group || seen.group->token != own.token || brought_up(own)) return;
  Sent& write = own.group_redeploy == Sent::kUnanswered ? own.group_redeploy : own.group_put;
  write = Sent::kAccepted;
  own.group_written_at = now;
}

}  // namespace dev8agent::internal::plan
