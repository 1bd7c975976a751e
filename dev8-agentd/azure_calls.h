// What the library's log records tell of its requests to Azure and of what it undoes there: counts, and
// whether Azure throttles. Any thread.
#pragma once

#include "dev8agent/log.h"
#include "findings.h"
#include "metrics.h"

namespace dev8agentd {

// Counts `record`, on whatever level, when it is "azure.call", which tells of one attempt of a request,
// "azure.token", "azure.watch", "environments.listed", "create.failover", "rollback.done" or
// "rollback.incomplete". Other records change nothing.
void count_azure(const dev8agent::LogRecord& record, Metrics& metrics);

// Notes for a minute that Azure throttles, when `record` tells of a request that Azure has refused for that.
void note_throttling(const dev8agent::LogRecord& record, Findings& findings);

}  // namespace dev8agentd
