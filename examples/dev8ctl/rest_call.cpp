// The REST contract as a client sees it.
#include "dev8ctl/rest_call.h"

#include <cctype>

#include "dev8agent/wire.h"

namespace dev8ctl {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;

std::string path_of(const Call& call) {
  const std::string all = "/api/v1/environments";
  const std::string one = all + "/" + encoded(call.id);
  switch (call.verb) {
    case Verb::kCreate:
    case Verb::kList:
      return all;
    case Verb::kStart:
      return one + "/start";
    case Verb::kStop:
      return one + "/stop";
    case Verb::kRestart:
      return one + "/restart";
    case Verb::kRestore:
      return one + "/restore";
    case Verb::kEvents:
      return one + "/events";
    case Verb::kLogs:
      return one + "/logs";
    case Verb::kRegions:
      return "/api/v1/regions";
    case Verb::kOrphans:
      return "/api/v1/orphans";
    case Verb::kSweep:
      return "/api/v1/orphans/sweep";
    case Verb::kDoctor:
      return "/health";
    default:
      return one;
  }
}

ErrorCode code_of(const std::string& reason, int status) {
  for (int number = 1; number <= static_cast<int>(ErrorCode::kWorkspaceNotReady); ++number) {
    const auto code = static_cast<ErrorCode>(number);
    if (to_string(code) == reason) return code;
  }
  if (status == 401) return ErrorCode::kUnauthorized;
  if (status == 403) return ErrorCode::kForbidden;
  if (status == 404) return ErrorCode::kNotFound;
  return status >= 400 && status < 500 ? ErrorCode::kInvalidRequest : ErrorCode::kAzureUnavailable;
}

void read_details(const Json& details, Error& error) {
  if (details.IsArray()) {
    for (const Json& item : details.GetArray()) {
      error.fields.push_back({text_at(item, "field"), text_at(item, "message")});
    }
    return;
  }
  const Json& status = member(details, "azureStatus");
  if (status.IsInt()) error.azure_status = status.GetInt();
  error.azure_code = text_at(details, "azureCode");
  error.azure_request_id = text_at(details, "azureRequestId");
  error.log_tail = text_at(details, "log");
  const Json& events = member(details, "events");
  if (!events.IsArray()) return;
  for (const Json& event : events.GetArray()) {
    error.events.push_back({.name = text_at(event, "name"), .message = text_at(event, "message")});
  }
}

Error read_error(const Json& body, int status) {
  Error error = make_error(code_of(text_at(body, "reason"), status), text_at(body, "message"));
  if (error.message.empty()) error.message = "the agent answered with HTTP status " + std::to_string(status);
  error.retryable = text_at(body, "retryable") == "true";
  read_details(member(body, "details"), error);
  return error;
}

std::string passed_check(const std::string& subject, const std::string& detail) {
  return dev8agent::JsonObject()
      .field("subject", subject)
      .field("verdict", "passed")
      .field("detail", detail)
      .str();
}

// A finding of a daemon. What is only to be known is no reason to warn.
std::string check_of(const Json& finding) {
  const std::string severity = text_at(finding, "severity");
  return dev8agent::JsonObject()
      .field("subject", text_at(finding, "component"))
      .field("verdict", severity == "error"  ? "failed"
                        : severity == "info" ? "passed"
                                             : "warning")
      .field("code", text_at(finding, "code"))
      .field("detail", text_at(finding, "message"))
      .field("remedy", text_at(finding, "remedy"))
      .str();
}

}  // namespace

std::string encoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '.' || c == '_' || c == '~')) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string method_of(Verb verb) {
  switch (verb) {
    case Verb::kCreate:
    case Verb::kStart:
    case Verb::kStop:
    case Verb::kRestart:
    case Verb::kRestore:
    case Verb::kSweep:
      return "POST";
    case Verb::kDelete:
      return "DELETE";
    default:
      return "GET";
  }
}

std::string target_of(const Call& call) {
  std::string target = path_of(call);
  char next = '?';
  const auto add = [&](const std::string& name, const std::string& value) {
    if (value.empty()) return;
    target += next + name + "=" + encoded(value);
    next = '&';
  };
  // A body says the region itself.
  if (call.body.empty()) add("cloudRegion", call.region);
  for (const auto& [name, value] : call.parameters) add(name, value);
  return target;
}

Error error_of(const Json& error) {
  return read_error(error, 0);
}

Error error_of(int status, std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed.ok()) return read_error(Json(), status);
  return read_error(*parsed, status);
}

dev8agent::Result<rapidjson::Document> data_of(int status, std::string_view body) {
  if (status < 200 || status >= 300) return error_of(status, body);
  auto parsed = parse_json(body);
  if (!parsed.ok()) return parsed;
  rapidjson::Document data;
  data.CopyFrom(member(*parsed, "data"), data.GetAllocator());
  return data;
}

dev8agent::Result<rapidjson::Document> diagnosis_of(int status, std::string_view body) {
  if (status != 200 && status != 503) return error_of(status, body);
  const auto health = parse_json(body);
  if (!health.ok()) return health.error();
  std::string checks;
  const auto add = [&](const std::string& check) { checks += (checks.empty() ? "" : ",") + check; };
  const Json& passed = member(*health, "checks");
  if (passed.IsObject()) {
    for (const auto& check : passed.GetObject()) {
      if (text_at(check.value, "status") == "healthy")
        add(passed_check(check.name.GetString(), text_at(check.value, "message")));
    }
  }
  const Json& findings = member(*health, "findings");
  if (findings.IsArray()) {
    for (const Json& finding : findings.GetArray()) add(check_of(finding));
  }
  return parse_json(dev8agent::JsonObject()
                        .field("healthy", text_at(*health, "status") == "healthy")
                        .raw("checks", "[" + checks + "]")
                        .raw("missingActions", "[]")
                        .str());
}

std::vector<std::string> EventStream::push(std::string_view text) {
  std::vector<std::string> events;
  for (const char c : text) {
    if (c == '\r') continue;
    if (c != '\n') {
      line_ += c;
      continue;
    }
    if (line_.empty() && !data_.empty()) events.push_back(std::move(data_)), data_.clear();
    if (line_.starts_with("data:")) data_ += line_.substr(line_.starts_with("data: ") ? 6 : 5);
    line_.clear();
  }
  return events;
}

}  // namespace dev8ctl
