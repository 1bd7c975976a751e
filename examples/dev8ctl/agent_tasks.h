// Tasks at a daemon: an operation that is watched until its end, and streams. One thread.
#pragma once

#include <memory>

#include "dev8agent/result.h"
#include "dev8ctl/backend.h"
#include "dev8ctl/http_client.h"
#include "dev8ctl/rest_call.h"

namespace dev8ctl {

// The `data` of an exchange that has ended, or why there is none.
dev8agent::Result<rapidjson::Document> answer_of(const HttpExchange& exchange);

// A create, start, stop or delete, asked for with respond-async. Errors of the request come at once.
dev8agent::Result<std::unique_ptr<Task>> change_at_agent(HttpClient& client, Call call);
// A restart, restore or update, which the daemon answers when it has ended.
dev8agent::Result<std::unique_ptr<Task>> wait_at_agent(HttpClient& client, const Call& call);
// A stream of events or of a log.
dev8agent::Result<std::unique_ptr<Task>> follow_at_agent(HttpClient& client, Call call, OnItem on_item);

}  // namespace dev8ctl
