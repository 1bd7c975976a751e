// The code under test of this example: the seats of a course, each an environment.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "dev8agent/orchestrator.h"

namespace course {

// Creates `count` environments "COURSE-1" and so on, all at once, and calls `on_done` with their ids when all
// run. Else those that this call has made are deleted first, and the list is empty. On the loop thread, or on
// this one when every call ends at once.
void open_seats(dev8agent::EnvironmentOrchestrator& orchestrator, const std::string& course, int count,
                std::function<void(std::vector<std::string>)> on_done);

}  // namespace course
