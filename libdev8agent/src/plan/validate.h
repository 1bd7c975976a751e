// The rules of requests: lengths, ranges, characters, regions. Each function lists every broken one, by the
// field's name on the wire ("cpuCores"), so that a caller can mend them all at once. An empty list means that
// the request may be carried out. Messages never repeat a value, which may be a secret. Pure; any thread.
//
// The orchestrator checks each request before it starts (orchestrator/orchestrator.cpp). The readers of REST
// bodies do so too, to report wrong types and broken rules together (wire/requests.cpp). The ranges of the
// spec stand in base/spec_fields.h.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/spec_fields.h"
#include "dev8agent/container_log.h"
#include "dev8agent/environment.h"
#include "dev8agent/options.h"
#include "dev8agent/result.h"

namespace dev8agent::internal::plan {

// Environments on one page of a list.
inline constexpr Range kPageSize{1, 100};
inline constexpr Range kLogTail{1, 10000};

// The rule in words: "must be an integer between 1 and 4".
std::string range_rule(Range range);

// A create, start, adoption, update or list. An empty id is fine in a create (one is made), and nowhere else.
// AgentOptions::size_limits of a create that names its id are left to check_new_sizes(): the environment may
// be there already.
std::vector<FieldError> check(const CreateRequest& request, const AgentSettings& settings);
std::vector<FieldError> check(const StartRequest& request, const AgentSettings& settings);
std::vector<FieldError> check(const AdoptRequest& request, const AgentSettings& settings);
std::vector<FieldError> check(const UpdateRequest& request, const AgentSettings& settings);
// What an update that names nothing breaks.
FieldError nothing_to_change();
// The labels that an update leads to: how many there may be, and how long together. An update that sets none
// breaks no rule.
std::vector<FieldError> check_labels_after(const UpdateRequest& request, const NamedTexts& labels);
std::vector<FieldError> check(const ListRequest& request, const AgentSettings& settings);
std::vector<FieldError> check(const LogsRequest& request, const AgentSettings& settings);
// Of get, stop and delete: the id and the region, which is empty when the request names none.
std::vector<FieldError> check_target(std::string_view id, std::string_view region,
                                     const AgentSettings& settings);

// Of a create, when nothing of the environment is there: the sizes above AgentOptions::size_limits.
std::vector<FieldError> check_new_sizes(const EnvironmentSpec& spec, const AgentSettings& settings);

// Of a start, when the sizes are known that the environment has: those that the request changes to more than
// AgentOptions::size_limits.
std::vector<FieldError> check_changed_sizes(const SpecChanges& changes, const EnvironmentSpec& present,
                                            const AgentSettings& settings);

// The age of orphans: 0 to a year, in minutes.
inline constexpr Range kOlderThan{0, 525600};
std::vector<FieldError> check_age(std::chrono::minutes older_than);

// True for AgentOptions::image and those of AgentOptions::images, and the rule in words.
bool allows_image(const AgentSettings& settings, std::string_view image);
std::string image_rule(const AgentSettings& settings);

// True for the cloud providers that this agent does not serve: AWS and GCP. A create with one of them passes
// check() and ends with kNotSupported.
bool unsupported_provider(CloudProvider provider);

// True when `text` is well-formed UTF-8 (RFC 3629) without control characters: none of U+0000-001F, U+007F
// and U+0080-009F. `characters` gets its length in code points; when it returns false, the number before the
// fault.
bool printable_text(std::string_view text, std::size_t& characters);

}  // namespace dev8agent::internal::plan
