// When the roles of identities count.
#pragma once

#include "dev8agent/scheduler.h"

namespace dev8agent::emulator {

// Azure knows a role assignment some minutes after it was made: see EmulatorOptions::role_delay.
struct Roles {
  TimePoint from{};
  bool count(TimePoint now) const { return now >= from; }
};

}  // namespace dev8agent::emulator
