// The code under test of this example: the seats of a course, each an environment.
#pragma once

#include <string>
#include <vector>

#include "dev8agent/orchestrator.h"

namespace course {

// Creates `count` environments "COURSE-1" and so on, all at once, and calls `on_done` on the loop thread with
// the ids of those that run. When not all do, they are deleted again first, and the list is empty.
void open_seats(dev8agent::EnvironmentOrchestrator& orchestrator, const std::string& course, int count,
                std::function<void(std::vector<std::string>)> on_done);

}  // namespace course
