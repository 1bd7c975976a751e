// Counts the library's requests to Azure from its log records. Any thread.
#pragma once

#include "dev8agent/log.h"
#include "metrics.h"

namespace dev8agentd {

// Counts `record` when it is "azure.call", which tells of one attempt of a request, on whatever level. Other
// records change nothing.
void count_azure_call(const dev8agent::LogRecord& record, Metrics& metrics);

}  // namespace dev8agentd
