// The `details` of errors.
#include "wire/error_details.h"

#include "dev8agent/wire.h"

namespace dev8agent::internal::wire {

std::string details_of(const Error& error) {
  std::string items;
  for (const FieldError& field : error.fields) {
    items += items.empty() ? "" : ",";
    items += JsonObject().field("field", field.field).field("message", field.message).str();
  }
  if (!items.empty()) return "[" + items + "]";
  if (error.azure_status == 0 && error.azure_code.empty()) return "";
  JsonObject azure;
  if (error.azure_status != 0) azure.field("azureStatus", error.azure_status);
  if (!error.azure_code.empty()) azure.field("azureCode", error.azure_code);
  if (!error.azure_request_id.empty()) azure.field("azureRequestId", error.azure_request_id);
  return "[" + azure.str() + "]";
}

}  // namespace dev8agent::internal::wire
