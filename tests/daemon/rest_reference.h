// The REST reference, docs/rest-reference.md, as text: from the OpenAPI document of the daemon and its
// routes.
#pragma once

#include <span>
#include <string>

#include "json/value.h"
#include "routes.h"

// The whole document. Throws std::runtime_error for a part of OpenAPI or JSON Schema that it does not know
// how to describe, and for a route that only one of the two has: the document never leaves out what a client
// must keep.
std::string rest_reference(const dev8agent::internal::json::Value& openapi,
                           std::span<const dev8agentd::Route> routes);
