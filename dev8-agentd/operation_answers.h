// Operations in the words of HTTP: the 202 of one that goes on, what a GET shows, and its ETag. Pure.
#pragma once

#include <string>
#include <string_view>

#include "dev8agent/operation_record.h"
#include "message.h"

namespace dev8agentd {

// "/api/v1/operations/{id}"
std::string path_to_operation(std::string_view id);

// 202 for a caller who did not want to wait.
Response accepted(const dev8agent::OperationRecord& record);
// 202: the operation was asked to end.
Response cancelling(const dev8agent::OperationRecord& record);
// 200 with the record; `password` is told with it, unless it is empty.
Response shown(const dev8agent::OperationRecord& record, std::string_view password);
// The same, or 304 when `if_none_match` names the record as it is.
Response shown_or_304(const dev8agent::OperationRecord& record, std::string_view password,
                      std::string_view if_none_match);

// A weak tag: the password, which is told once, does not count.
std::string etag_of(const dev8agent::OperationRecord& record);
// True when the value of If-None-Match, a list of tags or "*", names `etag`; empty matches nothing.
bool names_etag(std::string_view if_none_match, std::string_view etag);

// Puts the operation's id and path into the answer of a caller who does not see the outcome.
void add_operation(Response& response, std::string_view id);

}  // namespace dev8agentd
