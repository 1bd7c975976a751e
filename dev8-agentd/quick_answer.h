// The answer of a probe, written in about a microsecond: the event loop makes it between two reads. All other
// answers go through HttplibAdapter, which is slower and knows streams and operations that take time.
#pragma once

#include "exchange.h"
#include "http_call.h"

namespace dev8agentd {

// Answers a GET or HEAD whose route needs no waiting and answers with a body: gate, handler, headers,
// metrics, log. Event loop's thread. Call it once for an exchange.
Answer quick_answer(Exchange& exchange);

}  // namespace dev8agentd
