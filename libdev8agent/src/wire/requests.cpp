// REST bodies and parameters into requests: types first, then every rule of plan/, all errors in one answer.
#include <algorithm>

#include "base/secret_fields.h"
#include "base/spec_fields.h"
#include "base/text.h"
#include "base/time_format.h"
#include "base/words.h"
#include "dev8agent/wire.h"
#include "json/parse.h"
#include "plan/names.h"
#include "plan/validate.h"
#include "wire/object_reader.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

using wire::ObjectReader;

constexpr json::ParseLimits kBodyLimits{1024 * 1024, 16, 256, 10'000};

// The body as an object; an empty one is {} when it is optional.
Result<json::Value> parse_body(std::string_view body, bool optional) {
  if (optional && trim(body).empty()) return json::Value(json::Value::Object());
  auto parsed = json::parse(body, kBodyLimits);
  if (!parsed.ok()) {
    return make_error(ErrorCode::kInvalidRequest, "Invalid request body: " + parsed.error().message);
  }
  if (!parsed->is_object())
    return make_error(ErrorCode::kInvalidRequest, "Invalid request body: must be a JSON object");
  return parsed;
}

// Adds the errors of `more` whose fields have none yet: a wrong type is reported once.
void merge(std::vector<FieldError>& errors, std::vector<FieldError> more) {
  for (FieldError& error : more) {
    const bool told = std::any_of(errors.begin(), errors.end(),
                                  [&](const FieldError& e) { return e.field == error.field; });
    if (!told) errors.push_back(std::move(error));
  }
}

template <class T>
Result<T> finish(T request, std::vector<FieldError> errors, std::vector<FieldError> broken) {
  merge(errors, std::move(broken));
  if (!errors.empty()) return invalid_request(std::move(errors));
  return request;
}

void read_secrets(ObjectReader& reader, EnvironmentSecrets& secrets) {
  for_each_secret(secrets, [&](const SecretField& field, Secret& into) {
    if (auto value = reader.string(field.wire_name)) into = Secret(std::move(*value));
  });
  auto variables = reader.texts("secretVariables").value_or(NamedTexts{});
  for (auto& [name, value] : variables) secrets.variables.emplace(name, Secret(std::move(value)));
}

template <class T>
std::optional<int> read(ObjectReader& reader, const SpecField<T>& field) {
  return reader.integer(field.name, [&] { return plan::range_rule(field.rule); });
}
std::optional<std::string> read(ObjectReader& reader, const SpecField<std::string>& field) {
  return reader.string(field.name);
}
std::optional<std::string> read(ObjectReader& reader, const SpecField<std::optional<std::string>>& field) {
  return reader.string(field.name);
}
std::optional<NamedTexts> read(ObjectReader& reader, const SpecField<NamedTexts>& field) {
  return reader.texts(field.name);
}

std::string required_rule(const SpecField<int>& field) {
  return "is required and " + plan::range_rule(field.rule);
}
template <class T>
std::string required_rule(const SpecField<T>&) {
  return "is required";
}

void read_spec(ObjectReader& reader, EnvironmentSpec& spec) {
  for_each_spec_field([&](const auto& field) {
    if (field.required && !reader.has(field.name)) reader.fail(field.name, required_rule(field));
    if (auto value = read(reader, field)) spec.*field.member = std::move(*value);
  });
}

// A value that may come from the query, the body, or both in agreement.
template <class T>
T agreed(ObjectReader& reader, const char* name, std::optional<T> query, std::optional<T> body, T absent) {
  if (query && body && *query != *body) reader.fail(name, "differs between query and body");
  return query ? *query : body ? *body : absent;
}

// A query parameter that is "true", "false" or not there.
std::optional<bool> read_switch(ObjectReader& reader, std::string_view name, const std::string& text) {
  if (text == "true" || text == "false") return text == "true";
  if (!text.empty()) reader.fail(std::string(name), "must be true or false");
  return std::nullopt;
}

struct Target {
  std::string id;
  std::string region;
};

// The id and region of start, stop and delete in both dialects.
Target read_target(ObjectReader& reader, std::string_view path_id, const QueryValues& query) {
  Target target;
  const auto body_id = reader.string("workspaceId");
  target.id = path_id.empty() ? body_id.value_or("") : std::string(path_id);
  if (!path_id.empty() && body_id && *body_id != path_id)
    reader.fail("workspaceId", "differs from the id in the path");
  if (path_id.empty() && !reader.has("workspaceId")) reader.fail("workspaceId", "is required");
  const auto query_region = query.cloud_region.empty() ? std::nullopt : std::optional(query.cloud_region);
  target.region = agreed<std::string>(reader, "cloudRegion", query_region, reader.string("cloudRegion"), "");
  const bool untyped = reader.has("cloudRegion") && !reader.is_string("cloudRegion");
  if (path_id.empty() && target.region.empty() && !untyped) {
    reader.fail("cloudRegion", "is required");
  }
  return target;
}

bool is_null(const json::Value& body, std::string_view name) {
  const json::Value* value = body.find(name);
  return value != nullptr && value->is_null();
}

// Of a merge patch: a text that every environment has.
std::optional<std::string> read_kept(ObjectReader& reader, const json::Value& body, std::string_view name) {
  if (is_null(body, name)) reader.fail(name, "must not be null: every environment has one");
  return reader.string(name);
}

// A caller who thinks that these are changed while it runs is told so.
void refuse_what_a_start_changes(ObjectReader& reader, const json::Value& body) {
  constexpr const char* kRule = "cannot be changed by an update; stop the environment and start it with it";
  for_each_spec_field([&](const auto& field) {
    if (stored_only(field.on_change) || body.find(field.name) == nullptr) return;
    const bool start_changes = field.on_change == OnChange::kNewContainer;
    reader.fail(field.name, start_changes ? kRule : "cannot be changed");
  });
  EnvironmentSecrets none;
  for_each_secret(none, [&](const SecretField& field, Secret&) {
    if (body.find(field.wire_name) != nullptr) reader.fail(field.wire_name, kRule);
  });
  if (body.find("secretVariables") != nullptr) reader.fail("secretVariables", kRule);
}

std::optional<int> query_integer(const std::string& text, int otherwise) {
  if (text.empty()) return otherwise;
  const auto value = parse_unsigned(text);
  if (!value || *value > 1'000'000) return std::nullopt;
  return static_cast<int>(*value);
}

// "name:value,name:value", as a repeated parameter is joined.
void read_labels(std::string_view text, NamedTexts& labels, std::vector<FieldError>& errors) {
  bool well_formed = true;
  for (bool last = false; !last;) {
    const std::string_view item = text.substr(0, text.find(','));
    last = item.size() == text.size();
    text.remove_prefix(std::min(text.size(), item.size() + 1));
    const auto colon = item.find(':');
    const bool whole = colon != item.npos && colon > 0 && colon + 1 < item.size();
    well_formed =
        well_formed && whole && labels.emplace(item.substr(0, colon), item.substr(colon + 1)).second;
  }
  if (!well_formed) errors.push_back({"label", "must be name:value, each name once"});
}

}  // namespace

Status check_json(std::string_view body) {
  auto parsed = parse_body(body, false);
  if (!parsed.ok()) return parsed.error();
  return Done{};
}

Result<CreateRequest> parse_create(std::string_view body, const AgentSettings& settings) {
  auto parsed = parse_body(body, false);
  if (!parsed.ok()) return parsed.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*parsed, "", errors);
  CreateRequest request;
  request.id = reader.string("workspaceId").value_or("");
  if (reader.has("workspaceId") && request.id.empty() && errors.empty()) {
    reader.fail("workspaceId", *plan::broken_id_rule(""));
  }
  read_spec(reader, request.spec);
  if (const auto word = reader.string("cloudProvider")) {
    const auto provider = parse_cloud_provider(*word);
    if (provider) request.cloud_provider = *provider;
    if (!provider) reader.fail("cloudProvider", word_rule<CloudProvider>());
  }
  request.cloud_region = reader.string("cloudRegion").value_or("");
  request.candidate_regions = reader.strings("candidateRegions");
  read_secrets(reader, request.secrets);
  auto broken = plan::check(request, settings);
  return finish(std::move(request), std::move(errors), std::move(broken));
}

Result<StartRequest> parse_start(std::string_view path_id, const QueryValues& query, std::string_view body,
                                 const AgentSettings& settings) {
  auto parsed = parse_body(body, !path_id.empty());
  if (!parsed.ok()) return parsed.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*parsed, "", errors);
  StartRequest request;
  const Target target = read_target(reader, path_id, query);
  request.id = target.id;
  request.cloud_region = target.region;
  for_each_spec_field([&](const auto& field) { request.changes.*field.change = read(reader, field); });
  read_secrets(reader, request.secrets);
  auto broken = plan::check(request, settings);
  return finish(std::move(request), std::move(errors), std::move(broken));
}

Result<StopRequest> parse_stop(std::string_view path_id, const QueryValues& query, std::string_view body,
                               const AgentSettings& settings) {
  auto parsed = parse_body(body, !path_id.empty());
  if (!parsed.ok()) return parsed.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*parsed, "", errors);
  const Target target = read_target(reader, path_id, query);
  return finish(StopRequest{target.id, target.region}, std::move(errors),
                plan::check_target(target.id, target.region, settings));
}

Result<DeleteRequest> parse_delete(std::string_view path_id, const QueryValues& query, std::string_view body,
                                   const AgentSettings& settings) {
  auto parsed = parse_body(body, !path_id.empty());
  if (!parsed.ok()) return parsed.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*parsed, "", errors);
  const Target target = read_target(reader, path_id, query);
  const std::optional<bool> query_force = read_switch(reader, "force", query.force);
  const bool force = agreed<bool>(reader, "force", query_force, reader.boolean("force"), false);
  const bool snapshot = read_switch(reader, "snapshot", query.snapshot).value_or(false);
  return finish(DeleteRequest{target.id, target.region, force, snapshot}, std::move(errors),
                plan::check_target(target.id, target.region, settings));
}

Result<UpdateRequest> parse_update(std::string_view path_id, const QueryValues& query, std::string_view body,
                                   const AgentSettings& settings) {
  auto parsed = parse_body(body, false);
  if (!parsed.ok()) return parsed.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*parsed, "", errors);
  UpdateRequest request;
  const Target target = read_target(reader, path_id, query);
  request.id = target.id;
  request.cloud_region = target.region;
  request.name = read_kept(reader, *parsed, "name");
  request.base_image = read_kept(reader, *parsed, "baseImage");
  request.idle_stop_minutes =
      reader.integer("idleStopMinutes", [] { return plan::range_rule(kIdleStopMinutes); });
  request.reset_idle_stop = is_null(*parsed, "idleStopMinutes");
  request.labels = reader.texts("labels", ObjectReader::Null::kIsEmpty).value_or(NamedTexts{});
  request.replace_labels = is_null(*parsed, "labels");
  refuse_what_a_start_changes(reader, *parsed);
  auto broken = plan::check(request, settings);
  if (!errors.empty()) std::erase(broken, plan::nothing_to_change());
  return finish(std::move(request), std::move(errors), std::move(broken));
}

Result<GetRequest> parse_get(std::string_view path_id, const QueryValues& query,
                             const AgentSettings& settings) {
  return finish(GetRequest{std::string(path_id), query.cloud_region}, {},
                plan::check_target(path_id, query.cloud_region, settings));
}

Result<ListRequest> parse_list(const ListQuery& query, const AgentSettings& settings) {
  std::vector<FieldError> errors;
  ListRequest request;
  request.user_id = query.user_id;
  request.cloud_region = query.cloud_region;
  if (!query.status.empty()) {
    request.status = parse_status(query.status);
    if (!request.status) {
      errors.push_back(
          {"status", "must be CREATING, STARTING, RUNNING, STOPPING, STOPPED, ERROR or DELETING"});
    }
  }
  if (!query.label.empty()) read_labels(query.label, request.labels, errors);
  request.cursor = query.cursor;
  request.page = query_integer(query.page, request.page).value_or(0);
  request.page_size = query_integer(query.page_size, request.page_size).value_or(0);
  auto broken = plan::check(request, settings);
  return finish(std::move(request), std::move(errors), std::move(broken));
}

Result<OrphansRequest> parse_orphans(const std::string& older_than_minutes) {
  OrphansRequest request;
  const auto minutes = query_integer(older_than_minutes, static_cast<int>(request.older_than.count()));
  request.older_than = std::chrono::minutes(minutes.value_or(-1));
  auto broken = plan::check_age(request.older_than);
  return finish(std::move(request), {}, std::move(broken));
}

Result<SweepRequest> parse_sweep(std::string_view body) {
  auto parsed = parse_body(body, true);
  if (!parsed.ok()) return parsed.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*parsed, "", errors);
  SweepRequest request;
  const auto minutes = reader.integer("olderThanMinutes", [] { return plan::range_rule(plan::kOlderThan); });
  if (minutes) request.older_than = std::chrono::minutes(*minutes);
  request.dry_run = reader.boolean("dryRun").value_or(request.dry_run);
  request.include_files = reader.boolean("includeFiles").value_or(request.include_files);
  auto broken = plan::check_age(request.older_than);
  return finish(std::move(request), std::move(errors), std::move(broken));
}

Result<ActivityReport> parse_activity(std::string_view path_id, std::string_view body, WallTime now) {
  auto parsed = parse_body(body, false);
  if (!parsed.ok()) return parsed.error();
  std::vector<FieldError> errors;
  ObjectReader reader(*parsed, "", errors);
  ActivityReport report;
  report.environment_id = path_id;
  if (auto rule = plan::broken_id_rule(path_id)) reader.fail("environmentId", *rule);
  const auto body_id = reader.string("environmentId");
  if (body_id && *body_id != path_id) reader.fail("environmentId", "differs from the id in the path");
  const auto moment = [&](ObjectReader& from, const char* name) {
    auto text = from.string(name);
    if (text && !text->empty() && !parse_rfc3339(*text)) from.fail(name, "must be an RFC 3339 timestamp");
    return text.value_or("");
  };
  if (!reader.has("snapshot")) reader.fail("snapshot", "is required");
  if (const json::Value* snapshot = reader.object("snapshot")) {
    ObjectReader inner(*snapshot, "snapshot", errors);
    const auto count = [&](const char* name) {
      const int value = inner.integer(name, [] { return "must be an integer of 0 or more"; }).value_or(0);
      if (value < 0) inner.fail(name, "must be an integer of 0 or more");
      return value;
    };
    report.snapshot.last_ide_activity = moment(inner, "lastIDEActivity");
    report.snapshot.last_ssh_activity = moment(inner, "lastSSHActivity");
    report.snapshot.active_ide_connections = count("activeIDEConnections");
    report.snapshot.active_ssh_connections = count("activeSSHConnections");
  }
  const std::string timestamp = moment(reader, "timestamp");
  report.timestamp = parse_rfc3339(timestamp).value_or(now);
  return finish(std::move(report), std::move(errors), {});
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
