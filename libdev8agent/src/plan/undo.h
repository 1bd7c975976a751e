// How a create or start that failed undoes itself, as a pure decision that is asked again after each step.
#pragma once

#include <string>

#include "plan/steps.h"

namespace dev8agent::plan {

// What the call has done to Azure, as far as it may have to be undone.
struct Undo {
  bool share_put = false;      // it has sent the share's PUT, or claimed it
  bool share_claimed = false;  // the share was there; it held nothing then
  bool group_put = false;      // it has sent the group's PUT where it had seen none
  bool group_changed = false;  // it has changed a group that it had seen
  bool any() const { return share_put || group_put || group_changed; }
};

enum class UndoStep {
  kDone,           // nothing of the call is left, or nothing that may be touched
  kLeave,          // the environment is up, or somebody has stopped it: others may use it by now
  kDeleteGroup,    // this call's own
  kStopGroup,      // one that was there before
  kLookIntoShare,  // a claimed one: others may have put files there
  kDeleteShare,    // this call's own
  kWait,           // for what may yet take effect, then look again
};

// Removes what this very call created or claimed, and only that: a resource that carries this call's mark,
// where it had seen none before, or none in use. What it only changed (a redeployed or started group) is
// stopped where Azure allows it before it is up, so that it does not bill. `late_write`: a write of this call
// that got no answer may yet take effect; `early`: other calls' roll-backs may still be under way.
UndoStep next_to_undo(const std::string& id, const Observation& seen, const History& history,
                      const Undo& undo, bool late_write, bool early);

}  // namespace dev8agent::plan
