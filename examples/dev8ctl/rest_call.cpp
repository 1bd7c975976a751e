// The REST contract as a client sees it.
#include "dev8ctl/rest_call.h"

#include <cctype>
#include <set>

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

// Findings of a daemon, and which of them a check of its health has told already.
struct Findings {
  const Json& list;
  std::set<std::size_t> told{};
  bool failed = false;  // one of the rows so far says so
};

// Whether `finding` is about the check `name`; a key without the rights of an operator sees its kind alone.
bool is_about(const Json& finding, const std::string& name) {
  const std::string component = text_at(finding, "component");
  return component == name || component == name.substr(0, name.find(':'));
}

std::string health_check(const std::string& name, const Json& check, Findings& findings) {
  dev8agent::JsonObject shown;
  const bool healthy = text_at(check, "status") == "healthy";
  findings.failed = findings.failed || !healthy;
  shown.field("subject", name)
      .field("verdict", healthy ? "passed" : "failed")
      .field("detail", text_at(check, "message"));
  if (healthy || !findings.list.IsArray()) return shown.str();
  for (rapidjson::SizeType i = 0; i < findings.list.Size(); ++i) {
    const Json& finding = findings.list[i];
    if (!is_about(finding, name) || !findings.told.insert(i).second) continue;
    shown.field("code", text_at(finding, "code")).field("remedy", text_at(finding, "remedy"));
    break;
  }
  return shown.str();
}

// What is only to be known is no reason to warn.
std::string check_of(const Json& finding, Findings& findings) {
  const std::string severity = text_at(finding, "severity");
  findings.failed = findings.failed || severity == "error";
  dev8agent::JsonObject shown;
  shown.field("subject", text_at(finding, "component"))
      .field("verdict", severity == "error"  ? "failed"
                        : severity == "info" ? "passed"
                                             : "warning")
      .field("detail", text_at(finding, "message"));
  if (severity != "info")
    shown.field("code", text_at(finding, "code")).field("remedy", text_at(finding, "remedy"));
  return shown.str();
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
    case Verb::kUpdate:
      return "PATCH";
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
  std::string rows;
  const auto add = [&](const std::string& row) { rows += (rows.empty() ? "" : ",") + row; };
  Findings findings{member(*health, "findings")};
  const Json& checks = member(*health, "checks");
  if (checks.IsObject()) {
    for (const auto& check : checks.GetObject())
      add(health_check(check.name.GetString(), check.value, findings));
  }
  if (findings.list.IsArray()) {
    for (rapidjson::SizeType i = 0; i < findings.list.Size(); ++i) {
      if (!findings.told.contains(i)) add(check_of(findings.list[i], findings));
    }
  }
  return parse_json(dev8agent::JsonObject()
                        .field("healthy", !findings.failed)
                        .raw("checks", "[" + rows + "]")
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
