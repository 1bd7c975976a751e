// The `details` of errors.
#include "wire/error_details.h"

#include "dev8agent/wire.h"

namespace dev8agent::internal::wire {
namespace {

std::string events_json(const std::vector<ErrorEvent>& events) {
  std::string items;
  for (const ErrorEvent& event : events) {
    items += items.empty() ? "" : ",";
    items += JsonObject()
                 .raw("time", event.time ? "\"" + format_time(*event.time) + "\"" : "null")
                 .field("name", event.name)
                 .field("message", event.message)
                 .field("count", event.count)
                 .str();
  }
  return "[" + items + "]";
}

}  // namespace

std::string details_of(const Error& error) {
  std::string items;
  for (const FieldError& field : error.fields) {
    items += items.empty() ? "" : ",";
    items += JsonObject().field("field", field.field).field("message", field.message).str();
  }
  if (!items.empty()) return "[" + items + "]";
  const bool nothing = error.azure_status == 0 && error.azure_code.empty() &&
                       error.azure_request_id.empty() && error.events.empty() && error.log_tail.empty();
  if (nothing) return "";
  JsonObject azure;
  if (error.azure_status != 0) azure.field("azureStatus", error.azure_status);
  if (!error.azure_code.empty()) azure.field("azureCode", error.azure_code);
  if (!error.azure_request_id.empty()) azure.field("azureRequestId", error.azure_request_id);
  if (!error.events.empty()) azure.raw("events", events_json(error.events));
  if (!error.log_tail.empty()) azure.field("log", error.log_tail);
  return "[" + azure.str() + "]";
}

}  // namespace dev8agent::internal::wire
