// How long the connections of a test's front door may take.
#pragma once

#include "connection_driver.h"

// Longer than any test needs for a request, on any machine.
inline dev8agentd::ConnectionTimes patient() {
  dev8agentd::ConnectionTimes times;
  times.head = times.request = times.write = times.idle = std::chrono::hours(1);
  return times;
}

// The same but for one of them, which is to pass.
inline dev8agentd::ConnectionTimes quick(std::chrono::milliseconds dev8agentd::ConnectionTimes::*which,
                                         std::chrono::milliseconds time = std::chrono::milliseconds(20)) {
  dev8agentd::ConnectionTimes times = patient();
  times.*which = time;
  return times;
}
