// Answers of Azure Resource Manager: content first, the headers that every answer carries at the end.
// They are those of recorded traffic.
#pragma once

#include <optional>
#include <string>

#include "arm/definition.h"
#include "core/http_exchange.h"

namespace dev8agent::emulator {

struct BudgetLeft {
  int in_5_minutes = 0;
  int in_hour = 0;
};

struct ArmReply {
  int status = 200;
  std::string body;
  std::string region;         // prefixes x-ms-request-id; empty: a bare id
  std::string operation_id;   // of a long-running operation: is the request id too
  std::string operation_url;  // Azure-AsyncOperation; empty: none
  std::optional<BudgetLeft> budget;
  std::optional<std::int64_t> retry_after;
  std::string_view failure_cause;  // "gateway" or "service"
  std::string authenticate;        // WWW-Authenticate
};

ArmReply arm_error(const ArmError& error, std::string_view failure_cause = "service");
std::string arm_error_body(std::string_view code, std::string_view message);

HttpResponse render(ArmReply reply, const Exchange& exchange, std::string request_id);

}  // namespace dev8agent::emulator
