// The rules of requests. Each function lists every broken one, by the field's name on the wire.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/spec_fields.h"
#include "dev8agent/container_log.h"
#include "dev8agent/environment.h"
#include "dev8agent/options.h"

namespace dev8agent::internal::plan {

inline constexpr Range kPageSize{1, 100};
inline constexpr Range kLogTail{1, 10000};

// "must be an integer between 1 and 4"
std::string range_rule(Range range);

std::vector<FieldError> check(const CreateRequest& request, const AgentSettings& settings);
std::vector<FieldError> check(const StartRequest& request, const AgentSettings& settings);
std::vector<FieldError> check(const ListRequest& request, const AgentSettings& settings);
std::vector<FieldError> check(const LogsRequest& request, const AgentSettings& settings);
// Of get, stop and delete: the id and the optional region.
std::vector<FieldError> check_target(std::string_view id, std::string_view region,
                                     const AgentSettings& settings);

// The well-formed cloud providers that this agent does not serve: AWS and GCP.
bool unsupported_provider(std::string_view provider);

// True when `text` is well-formed UTF-8 without control characters; `characters` gets its length in code
// points.
bool printable_text(std::string_view text, std::size_t& characters);

}  // namespace dev8agent::internal::plan
