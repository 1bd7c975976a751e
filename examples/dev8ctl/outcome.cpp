// Failures into exit codes and text.
#include "dev8ctl/outcome.h"

#include <map>

#include "dev8agent/failure_guide.h"

namespace dev8ctl {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;

constexpr std::string_view kUnreached = "the agent at ";

// What to do. The guide's advice names routes of the REST API where the command line has commands.
std::string advice_on(const Error& error) {
  static const std::map<ErrorCode, const char*> commands = {
      {ErrorCode::kNotFound, "Check the id and the region; `dev8ctl list` shows what is there."},
      {ErrorCode::kNotSupported, "`dev8ctl COMMAND --help` describes what there is."},
      {ErrorCode::kUnauthorized,
       "Name a file with a valid key by --key-file, or put the key into DEV8_API_KEY."},
      {ErrorCode::kConflict,
       "`dev8ctl get ID` shows what is there: stop, start or delete it as the message says, or use the "
       "values that it has."},
      {ErrorCode::kRateLimited, "Wait some seconds, then repeat the command."},
      {ErrorCode::kAzureThrottled,
       "Wait some minutes, then repeat the command; if it happens often, spread the load over several "
       "subscriptions."},
      {ErrorCode::kCapacityUnavailable,
       "Repeat later, or with another --region, with --region auto, or with smaller --cpu and --memory."},
      {ErrorCode::kTimeout,
       "`dev8ctl get ID` shows how far it is; then repeat the command: it goes on where it stands."},
      {ErrorCode::kCancelled, "Repeat the command if it is still wanted: it goes on where it stands."},
      {ErrorCode::kDnsLabelTaken, "Choose another id or another --region."}};
  if (error.message.starts_with(kUnreached))
    return "Check the URL of --agent or DEV8_AGENT, that a dev8-agentd runs there, and for https:// "
           "--ca-file.";
  const std::string_view usual = dev8agent::advice_for(to_string(error.code)).remedy;
  const auto command = commands.find(error.code);
  const bool special = remedy_of(error) != usual;  // of a finding
  return command == commands.end() || special ? std::string(remedy_of(error)) : command->second;
}

// The option that sets a field of the wire; the field itself where there is none.
std::string option_of(const std::string& field) {
  static const std::map<std::string, std::string> options = {{"workspaceId", "ID"},
                                                             {"name", "--name"},
                                                             {"cloudRegion", "--region"},
                                                             {"cpuCores", "--cpu"},
                                                             {"memoryGB", "--memory"},
                                                             {"storageGB", "--storage"},
                                                             {"baseImage", "--base-image"},
                                                             {"image", "--image"},
                                                             {"gitRepository", "--git"},
                                                             {"zone", "--zone"},
                                                             {"labels", "--label"},
                                                             {"environmentVariables", "--env"},
                                                             {"userId", "--user"},
                                                             {"status", "--status"},
                                                             {"idleStopMinutes", "--idle-stop"},
                                                             {"container", "--container"},
                                                             {"tail", "--tail"},
                                                             {"olderThanMinutes", "--older-than"}};
  const auto found = options.find(field);
  return found == options.end() ? field : found->second;
}

}  // namespace

ExitCode exit_code(const Error& error) {
  switch (error.code) {
    case ErrorCode::kInvalidRequest:
      return kUsage;
    case ErrorCode::kNotFound:
      return kNotFound;
    case ErrorCode::kConflict:
    case ErrorCode::kDnsLabelTaken:
      return kConflict;
    case ErrorCode::kUnauthorized:
    case ErrorCode::kForbidden:
    case ErrorCode::kAzureCredentials:
      return kNotAllowed;
    case ErrorCode::kRateLimited:
    case ErrorCode::kQuotaExceeded:
    case ErrorCode::kCapacityUnavailable:
    case ErrorCode::kAzureThrottled:
    case ErrorCode::kAzureUnavailable:
    case ErrorCode::kTimeout:
    case ErrorCode::kWorkspaceNotReady:
      return kTryLater;
    default:
      return kFailed;
  }
}

Error agent_unreached(const std::string& url, const std::string& why) {
  return dev8agent::make_error(ErrorCode::kAzureUnavailable,
                               std::string(kUnreached) + url + " cannot be reached: " + why);
}

std::string printable(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) c = '?';
  }
  return text;
}

std::string describe(const Error& error) {
  std::string text;
  // The broken rules of a request say it all.
  const bool rules = error.code == ErrorCode::kInvalidRequest && !error.fields.empty();
  if (!rules) {
    text = std::string(to_string(error.code)) + ": " + error.message + "\n";
  } else {
    for (const auto& field : error.fields) text += option_of(field.field) + ": " + field.message + "\n";
  }
  if (error.azure_status != 0 || !error.azure_code.empty()) {
    text += "  Azure said: " + std::to_string(error.azure_status) + " " + error.azure_code;
    if (!error.azure_request_id.empty()) text += " (request " + error.azure_request_id + ")";
    text += "\n";
  }
  for (const auto& event : error.events) text += "  " + event.name + ": " + event.message + "\n";
  if (!error.log_tail.empty()) text += "  The container's last lines:\n" + error.log_tail + "\n";
  if (!rules) text += "  " + advice_on(error) + "\n";
  return printable(std::move(text));
}

}  // namespace dev8ctl
