// REST requests: an id, a region, `force` or a status, and a body, one on each line, through every reader.
#include "dev8agent/wire.h"
#include "fuzz/fuzz.h"
#include "json/parse.h"

namespace dev8agent::fuzz {
namespace {

// What names Azure's resources: the rule of the REST contract.
bool is_id(std::string_view id) {
  if (id.size() < 10 || id.size() > 59 || id.front() == '-' || id.back() == '-') return false;
  if (id.find("--") != id.npos) return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == id.npos;
}

void check_error(const Error& error) {
  require(error.code == ErrorCode::kInvalidRequest || error.code == ErrorCode::kNotSupported,
          "a request that is refused is invalid or not supported");
  require(!error.message.empty(), "a refusal says why");
  require_no_canary(error);
  require(json::parse(error_body(error, "request-1")).ok(), "an error's body is JSON");
}

template <class T>
void check_target(const Result<T>& request) {
  if (!request.ok()) return check_error(request.error());
  require(is_id(request->id), "an accepted id can name Azure's resources");
}

}  // namespace

void fuzz_one(std::string_view input) {
  const std::string_view id = take_line(input);
  const QueryValues query{std::string(take_line(input)), std::string(take_line(input))};
  const AgentSettings& settings = fuzz_settings();

  const Status well_formed = check_json(input);
  const auto create = parse_create(input, settings);
  if (!well_formed.ok()) require(!create.ok(), "what is not JSON creates nothing");
  if (create.ok()) {
    require(create->id.empty() || is_id(create->id), "a created id can name Azure's resources");
    require(create->spec.cpu_cores >= 1 && create->spec.cpu_cores <= 4, "cores within the contract");
    require(create->spec.memory_gb >= 2 && create->spec.memory_gb <= 16, "memory within the contract");
    require(create->spec.storage_gb >= 10 && create->spec.storage_gb <= 100, "storage within the contract");
  } else {
    check_error(create.error());
  }
  check_target(parse_start(id, query, input, settings));
  check_target(parse_update(id, query, input, settings));
  check_target(parse_stop(id, query, input, settings));
  check_target(parse_delete(id, query, input, settings));
  check_target(parse_get(id, query, settings));

  const auto activity = parse_activity(id, input, fuzz_now());
  if (activity.ok()) {
    require(is_id(activity->environment_id), "an activity is of an environment");
    require(json::parse(to_json(*activity)).ok(), "an activity's answer is JSON");
  } else {
    check_error(activity.error());
  }
  const auto list =
      parse_list({std::string(id), query.cloud_region, query.force, std::string(input), "20"}, settings);
  if (!list.ok()) return check_error(list.error());
  require(list->page >= 1 && list->page_size >= 1 && list->page_size <= 100, "pages within the contract");
}

}  // namespace dev8agent::fuzz
