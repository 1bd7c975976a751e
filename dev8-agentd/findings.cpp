// Which findings hold, and their JSON.
#include "findings.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "dev8agent/failure_guide.h"
#include "dev8agent/wire.h"

namespace dev8agentd {
namespace {

using dev8agent::ErrorCode;
using dev8agent::WallTime;

constexpr std::chrono::minutes kPermissionHolds{10};

constexpr std::array<std::string_view, 14> kErrors = {
    "DEV8-AZURE-CREDENTIALS",    "DEV8-AZURE-PERMISSION",
    "DEV8-AZURE-UNREACHABLE",    "DEV8-AZURE-NOT-FOUND",
    "DEV8-AZURE-BLOCKED",        "DEV8-STORAGE-FULL",
    "DEV8-AZURE-PROVIDER",       "DEV8-STORAGE-KEYS-FORBIDDEN",
    "DEV8-KEYS-NOT-RELOADED",    "DEV8-CERTIFICATE-NOT-RELOADED",
    "DEV8-NO-API-KEYS",          "DEV8-DNS",
    "DEV8-STORAGE-ACCOUNT-NAME", "DEV8-AZURE-CERTIFICATE"};
constexpr std::string_view kInfo = "DEV8-EMBEDDED-EMULATOR";

int rank_of(const Finding& finding) {
  const std::string_view severity = severity_of(finding.code);
  return severity == "error" ? 0 : severity == "warning" ? 1 : 2;
}

}  // namespace

void Findings::enter(Finding finding, std::optional<WallTime> until, Source source) {
  Entry& entry = entries_[{finding.code, finding.component}];
  const bool held = !entry.finding.code.empty() && (!entry.until || *entry.until > finding.since);
  if (held) finding.since = entry.finding.since;
  entry = {std::move(finding), until, source};
}

void Findings::note(std::string code, std::string component, std::string detail, WallTime now) {
  const std::lock_guard lock(mutex_);
  enter({std::move(code), std::move(component), std::move(detail), now}, std::nullopt, Source::kAgent);
}

void Findings::note_for(std::chrono::seconds span, std::string code, std::string component,
                        std::string detail, WallTime now) {
  const std::lock_guard lock(mutex_);
  enter({std::move(code), std::move(component), std::move(detail), now}, now + span, Source::kAgent);
}

void Findings::clear(const std::string& code, const std::string& component) {
  const std::lock_guard lock(mutex_);
  entries_.erase({code, component});
}

void Findings::note_health(const dev8agent::HealthReport& report, WallTime now) {
  std::vector<Finding> holding;
  for (const dev8agent::HealthCheck& check : report.checks) {
    if (!check.finding.empty()) holding.push_back({check.finding, check.name, check.message, now});
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [&](const auto& item) {
    const Key& key = item.first;
    const Entry& entry = item.second;
    return entry.source == Source::kHealth &&
           std::none_of(holding.begin(), holding.end(),
                        [&](const Finding& finding) { return Key(finding.code, finding.component) == key; });
  });
  for (Finding& finding : holding) enter(std::move(finding), std::nullopt, Source::kHealth);
}

void Findings::note_failure(const dev8agent::Error& error, WallTime now) {
  if (error.code != ErrorCode::kAzureRefused || error.azure_status != 403) return;
  note_for(kPermissionHolds, std::string(dev8agent::finding_of(error)), "operations", error.message, now);
}

std::vector<Finding> Findings::list(WallTime now) const {
  std::vector<Finding> holding;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [key, entry] : entries_) {
      if (!entry.until || *entry.until > now) holding.push_back(entry.finding);
    }
  }
  std::stable_sort(holding.begin(), holding.end(),
                   [](const Finding& a, const Finding& b) { return rank_of(a) < rank_of(b); });
  return holding;
}

std::string_view severity_of(std::string_view code) {
  if (code == kInfo) return "info";
  return std::find(kErrors.begin(), kErrors.end(), code) != kErrors.end() ? "error" : "warning";
}

std::string to_json(const std::vector<Finding>& findings, bool whole) {
  std::string items;
  for (const Finding& finding : findings) {
    const dev8agent::FailureAdvice& advice = dev8agent::advice_for(finding.code);
    std::string message(advice.meaning);
    if (whole && !finding.detail.empty()) message += " " + finding.detail;
    items += items.empty() ? "" : ",";
    items += dev8agent::JsonObject()
                 .field("code", finding.code)
                 .field("severity", severity_of(finding.code))
                 .field("component",
                        whole ? finding.component : finding.component.substr(0, finding.component.find(':')))
                 .field("message", message)
                 .field("remedy", advice.remedy)
                 .field("since", dev8agent::format_time(finding.since))
                 .str();
  }
  return "[" + items + "]";
}

}  // namespace dev8agentd
