// The daemon's OpenAPI document as a judge of its answers: what a body must be for a path, method and status.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rest_client.h"

// What is wrong with `answer` to a request of `method` and `target` (a path, with its query if it has one),
// as the document dev8-agentd/openapi.json has it; empty when nothing is. Answers to paths, methods and
// codings that the document does not have (404, 405, framing errors) have to be error bodies.
std::vector<std::string> errors_of_answer(std::string_view method, std::string_view target,
                                          const Answer& answer);

// "GET /live" and so on: what the document describes, sorted.
std::vector<std::string> described_endpoints();
