// Answers about operations.
#include "operation_answers.h"

#include <cstdint>
#include <cstdio>

#include "dev8agent/wire.h"
#include "http_text.h"

namespace dev8agentd {
namespace {

using dev8agent::JsonObject;
using dev8agent::OperationRecord;

constexpr const char* kRetryAfter = "2";  // seconds

std::string data_of(const OperationRecord& record, std::string_view password = {}) {
  return JsonObject().raw("operation", to_json(record, password)).str();
}

// FNV-1a, 64 bits.
std::uint64_t digest(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

std::string message_of(const OperationRecord& record) {
  const std::string what = "The " + std::string(to_string(record.about.kind));
  switch (record.status) {
    case dev8agent::OperationStatus::kRunning:
      return what + " is under way";
    case dev8agent::OperationStatus::kSucceeded:
      return what + " succeeded";
    case dev8agent::OperationStatus::kFailed:
      return what + " failed";
    case dev8agent::OperationStatus::kCancelled:
      return what + " was cancelled";
    case dev8agent::OperationStatus::kInterrupted:
      return what + " was interrupted; repeat the request: it goes on where it stands";
  }
  return what;
}

}  // namespace

std::string path_to_operation(std::string_view id) {
  return "/api/v1/operations/" + std::string(id);
}

Response accepted(const OperationRecord& record) {
  Response response{.status = 202,
                    .body = dev8agent::success_body("Accepted; the operation goes on", data_of(record)),
                    .environment_id = record.about.environment_id,
                    .operation_id = record.id};
  response.headers = {{"Location", "/api/v1/environments/" + record.about.environment_id},
                      {"Operation-Location", path_to_operation(record.id)},
                      {"Retry-After", kRetryAfter},
                      {"Preference-Applied", "respond-async"}};
  return response;
}

Response cancelling(const OperationRecord& record) {
  Response response{.status = 202,
                    .body = dev8agent::success_body("The operation was asked to end; it rolls back first",
                                                    data_of(record))};
  response.headers = {{"Operation-Location", path_to_operation(record.id)}, {"Retry-After", kRetryAfter}};
  return response;
}

Response shown(const OperationRecord& record, std::string_view password) {
  Response response{.body = dev8agent::success_body(message_of(record), data_of(record, password))};
  response.headers.push_back({"ETag", etag_of(record)});
  if (!record.ended()) response.headers.push_back({"Retry-After", kRetryAfter});
  return response;
}

Response shown_or_304(const OperationRecord& record, std::string_view password,
                      std::string_view if_none_match) {
  Response response = shown(record, password);
  if (!password.empty() || !names_etag(if_none_match, etag_of(record))) return response;
  response.status = 304;
  response.body.clear();
  return response;
}

std::string etag_of(const OperationRecord& record) {
  char text[24];
  std::snprintf(text, sizeof(text), "W/\"%016llx\"",
                static_cast<unsigned long long>(digest(dev8agent::to_json(record))));
  return text;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  const auto opaque = [](std::string_view tag) { return tag.starts_with("W/") ? tag.substr(2) : tag; };
  while (!if_none_match.empty()) {
    const std::string_view tag = trim_blanks(take_until(if_none_match, ','));
    if (tag == "*" || (!tag.empty() && opaque(tag) == opaque(etag))) return true;
  }
  return false;
}

void add_operation(Response& response, std::string_view id) {
  response.headers.push_back({"Operation-Location", path_to_operation(id)});
  response.operation_id = id;
  if (!response.body.ends_with('}')) return;
  const std::string member = JsonObject().field("operationId", id).str();
  response.body.pop_back();
  response.body += "," + member.substr(1);
}

}  // namespace dev8agentd
