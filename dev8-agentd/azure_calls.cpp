// The fields of "azure.call" as numbers of the metrics and as a finding.
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

}  // namespace

void count_azure_call(const dev8agent::LogRecord& record, Metrics& metrics) {
  if (record.event != "azure.call") return;
  if (!text_of(record, "readsLeft").empty()) metrics.azure_reads_left(number_of(record, "readsLeft"));
  metrics.azure_called(text_of(record, "call"), number_of(record, "status"),
                       std::chrono::milliseconds(number_of(record, "durationMs")));
}

void note_throttling(const dev8agent::LogRecord& record, Findings& findings) {
  if (record.event != "azure.call") return;
  const bool busy = text_of(record, "azureCode") == "ServerBusy";  // Azure Files' word, with 503
  if (!busy && number_of(record, "status") != 429) return;
  findings.note_for(kThrottlingHolds, "DEV8-AZURE-THROTTLED", "azure",
                    "The last call was " + std::string(text_of(record, "call")) + ".");
}

}  // namespace dev8agentd
