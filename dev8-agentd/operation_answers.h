// Operations in the words of HTTP: the 202 of one that goes on, what a GET shows, and its ETag. The bodies
// are described in docs/rest.md, "Asynchronous operations". Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/operation_record.h"
#include "message.h"

namespace dev8agentd {

// "/api/v1/operations/{id}". Ids need no percent-encoding.
std::string path_to_operation(std::string_view id);

// 202 for a caller who did not want to wait (RFC 7240, respond-async). Location is the environment,
// Operation-Location the operation; Retry-After says when to look.
Response accepted(const dev8agent::OperationRecord& record);
// 202: the operation was asked to end. It rolls back first, so it ends later.
Response cancelling(const dev8agent::OperationRecord& record);
// 200 with the record, whatever the operation's outcome: a failed operation is no failed request. `password`
// is the generated password, which is shown once; empty for none.
Response shown(const dev8agent::OperationRecord& record, std::string_view password);
// The same, or 304 without body when `if_none_match`, the value of If-None-Match, names the record as it is.
// An answer with a password is never a 304.
Response shown_or_304(const dev8agent::OperationRecord& record, std::string_view password,
                      std::string_view if_none_match);

// The entity tag of a record, such as W/"0123456789abcdef". It is weak (RFC 9110, section 8.8.1): the
// password does not count.
std::string etag_of(const dev8agent::OperationRecord& record);
// True when the value of If-None-Match, a list of tags or "*", names `etag`. The comparison is weak. An empty
// value matches nothing.
bool names_etag(std::string_view if_none_match, std::string_view etag);

// Puts the operation's id (member "operationId") and path (Operation-Location) into the error answer of a
// caller who does not see the outcome.
void add_operation(Response& response, std::string_view id);

}  // namespace dev8agentd
