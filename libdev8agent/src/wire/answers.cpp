// Structs into REST bodies.
#include "base/spec_fields.h"
#include "base/time_format.h"
#include "dev8agent/failure_guide.h"
#include "dev8agent/wire.h"
#include "json/write.h"
#include "wire/error_details.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

std::string_view category(int status) {
  switch (status) {
    case 400:
      return "Invalid Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Resource Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Payload Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Supported";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Error";
  }
}

void begin_member(std::string& members, std::string_view name) {
  if (!members.empty()) members += ',';
  json::append_quoted(members, name);
  members += ':';
}

std::string urls_json(const ConnectionUrls& urls, std::string_view password) {
  JsonObject object;
  object.field("sshUrl", urls.ssh_url)
      .field("vscodeWebUrl", urls.vscode_web_url)
      .field("vscodeDesktopUrl", urls.vscode_desktop_url)
      .field("supervisorUrl", urls.supervisor_url);
  if (!password.empty()) object.field("codeServerPassword", password);
  return object.str();
}

// Of variables the names alone: their values are for the workspace.
void add(JsonObject& object, const SpecField<NamedTexts>& field, const NamedTexts& texts) {
  if (texts.empty()) return;
  std::string names;
  JsonObject all;
  for (const auto& [name, value] : texts) {
    if (!names.empty()) names += ',';
    json::append_quoted(names, name);
    all.field(name, value);
  }
  object.raw(field.name, field.rule.names == NameKind::kVariable ? "[" + names + "]" : all.str());
}
template <class T>
void add(JsonObject& object, const SpecField<std::optional<T>>& field, const std::optional<T>& value) {
  if (value) object.field(field.name, *value);
}
template <class T>
void add(JsonObject& object, const SpecField<T>& field, const T& value) {
  object.field(field.name, value);
}

std::string environment_json(const Environment& e, std::string_view password) {
  JsonObject object;
  object.field("id", e.id);
  for_each_spec_field([&](const auto& field) { add(object, field, e.*field.member); });
  object.field("status", to_string(e.status));
  if (!e.status_detail.empty()) object.field("statusDetail", e.status_detail);
  object.field("cloudProvider", to_string(e.cloud_provider))
      .field("cloudRegion", e.cloud_region)
      .field("azureResourceGroup", e.azure_resource_group)
      .field("azureContainerGroup", e.azure_container_group)
      .field("azureFileShare", e.azure_file_share)
      .field("azureFqdn", e.azure_fqdn)
      .raw("connectionUrls", urls_json(e.connection_urls, password))
      .field("createdAt", format_time(e.created_at))
      .field("updatedAt", format_time(e.updated_at));
  if (e.last_activity_at) object.field("lastActivityAt", format_time(*e.last_activity_at));
  if (e.idle_stop_at) object.field("idleStopAt", format_time(*e.idle_stop_at));
  return object.str();
}

}  // namespace

JsonObject& JsonObject::raw(std::string_view name, std::string_view json) {
  begin_member(members_, name);
  members_ += json;
  return *this;
}
JsonObject& JsonObject::field(std::string_view name, std::string_view value) {
  begin_member(members_, name);
  json::append_quoted(members_, value);
  return *this;
}
JsonObject& JsonObject::field(std::string_view name, std::int64_t value) {
  return raw(name, std::to_string(value));
}
JsonObject& JsonObject::field(std::string_view name, bool value) {
  return raw(name, value ? "true" : "false");
}

std::string to_json(const Environment& environment) {
  return environment_json(environment, "");
}
std::string to_json(const EnvironmentOutcome& outcome) {
  return environment_json(outcome.environment, outcome.code_server_password.reveal());
}

std::string to_json(const KeptFiles& kept) {
  return JsonObject()
      .field("storageAccount", kept.storage_account)
      .field("fileShare", kept.file_share)
      .field("snapshot", kept.snapshot)
      .field("advice", kept.advice)
      .str();
}

std::string to_json(const Deletion& deletion) {
  JsonObject value;
  if (deletion.restorable_until) value.field("restorableUntil", format_time(*deletion.restorable_until));
  if (deletion.kept) value.raw("kept", to_json(*deletion.kept));
  return value.str();
}

std::string to_json(const EnvironmentPage& page) {
  std::string items;
  for (const Environment& environment : page.environments) {
    items += (items.empty() ? "" : ",") + to_json(environment);
  }
  JsonObject object;
  object.raw("environments", "[" + items + "]")
      .field("total", page.total)
      .field("page", page.page)
      .field("pageSize", page.page_size);
  if (!page.next_cursor.empty()) object.field("nextCursor", page.next_cursor);
  return object.str();
}

std::string to_json(const ActivityReport& report) {
  const std::string snapshot = JsonObject()
                                   .field("lastIDEActivity", report.snapshot.last_ide_activity)
                                   .field("lastSSHActivity", report.snapshot.last_ssh_activity)
                                   .field("activeIDEConnections", report.snapshot.active_ide_connections)
                                   .field("activeSSHConnections", report.snapshot.active_ssh_connections)
                                   .str();
  return JsonObject()
      .field("environmentId", report.environment_id)
      .raw("snapshot", snapshot)
      .field("timestamp", format_time(report.timestamp))
      .str();
}

std::string success_body(std::string_view message, std::string_view data) {
  JsonObject object;
  object.field("success", true).field("message", message);
  if (!data.empty()) object.raw("data", data);
  return object.str();
}

std::string error_body(const Error& error, std::string_view request_id, int status) {
  if (status == 0) status = http_status(error.code);
  const bool unparsed = error.code == ErrorCode::kInvalidRequest && error.fields.empty() &&
                        error.message.starts_with("Invalid request body");
  JsonObject object;
  object.field("success", false)
      .field("error", unparsed ? "Invalid request body" : category(status))
      .field("message", error.message)
      .field("code", "ERR_" + std::to_string(status))
      .field("reason", to_string(error.code));
  if (!request_id.empty()) object.field("requestId", request_id);
  if (error.retryable) object.field("retryable", true);
  object.field("remedy", remedy_of(error)).field("help", help_link(to_string(error.code)));
  if (const std::string details = wire::details_of(error); !details.empty()) object.raw("details", details);
  return object.str();
}

std::string format_time(WallTime time) {
  return format_rfc3339(time);
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
