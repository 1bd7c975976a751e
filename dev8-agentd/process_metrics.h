// The process's own metrics under the names that Prometheus clients agree on: CPU time, memory, descriptors
// and start time. Any thread.
#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <vector>

namespace dev8agentd {

// As they are now. `started` is when the process began. A value that the system does not tell is left out.
// Takes time in proportion to the number of open descriptors, about 1 ms for a thousand.
std::vector<prometheus::MetricFamily> process_metrics(std::chrono::system_clock::time_point started);

}  // namespace dev8agentd
