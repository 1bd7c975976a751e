// The library's log records as numbers of the metrics, and as a finding.
#include "azure_calls.h"

#include <charconv>
#include <chrono>
#include <string>
#include <string_view>

namespace dev8agentd {
namespace {

constexpr std::chrono::minutes kThrottlingHolds{1};

std::string_view text_of(const dev8agent::LogRecord& record, std::string_view name) {
  for (const dev8agent::LogField& field : record.fields) {
    if (field.name == name) return field.value;
  }
  return {};
}

// 0 for a field that is absent.
int number_of(const dev8agent::LogRecord& record, std::string_view name) {
  const std::string_view text = text_of(record, name);
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// Azure Files says it with 503 and a word of its own.
bool is_throttled(const dev8agent::LogRecord& record) {
  return number_of(record, "status") == 429 || text_of(record, "azureCode") == "ServerBusy";
}

std::chrono::milliseconds span_of(const dev8agent::LogRecord& record, std::string_view name) {
  return std::chrono::milliseconds(number_of(record, name));
}

void count_call(const dev8agent::LogRecord& record, Metrics& metrics) {
  if (!text_of(record, "readsLeft").empty()) metrics.azure_reads_left(number_of(record, "readsLeft"));
  if (is_throttled(record)) metrics.azure_throttled(span_of(record, "retryAfterMs"));
  metrics.azure_called(text_of(record, "call"), number_of(record, "status"), span_of(record, "durationMs"));
}

void count_environments(const dev8agent::LogRecord& record, Metrics& metrics) {
  const std::string_view region = text_of(record, "region");
  for (const char* state : {"files", "changing", "failed", "deployed"})
    metrics.environments_listed(region, state, number_of(record, state));
}

}  // namespace

void count_azure(const dev8agent::LogRecord& record, Metrics& metrics) {
  if (record.event == "azure.call") return count_call(record, metrics);
  if (record.event == "azure.token")
    return metrics.token_fetched(text_of(record, "scope"), span_of(record, "expiresInMs"));
  if (record.event == "environments.listed") return count_environments(record, metrics);
  if (record.event == "create.failover") return metrics.create_failed_over();
  if (record.event == "rollback.done") return metrics.rolled_back(true);
  if (record.event == "rollback.incomplete") return metrics.rolled_back(false);
  const bool follows = record.event == "azure.watch" && !text_of(record, "intervalMs").empty();
  if (follows) metrics.watched(text_of(record, "read"), span_of(record, "intervalMs"));
}

void note_throttling(const dev8agent::LogRecord& record, Findings& findings) {
  if (record.event != "azure.call" || !is_throttled(record)) return;
  findings.note_for(kThrottlingHolds, "DEV8-AZURE-THROTTLED", "azure",
                    "The last call was " + std::string(text_of(record, "call")) + ".");
}

}  // namespace dev8agentd
