// The failure guide: for each reason of an error and for each finding of an agent, what it means and what to
// do about it. One table (plan/failure_guide.cpp) that the REST answers use and docs/failures.md is made
// from. Constants; any thread.
//
//   std::puts(dev8agent::remedy_of(created.error()).data());
//   for (const auto& reason : dev8agent::failure_reasons()) std::puts(reason.code.data());
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "dev8agent/error.h"
#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// Whether the same request, sent again, may succeed.
enum class Repeat {
  kNo,     // not before something has been changed
  kMaybe,  // that depends on what Error::retryable says
  kYes,    // later, without any change
};

// A case of a reason that has a remedy of its own: Azure's code tells it.
struct FailureCase {
  std::string_view azure_code{};
  std::string_view remedy{};
};

// What to do about one kind of failure. The texts are null-terminated.
struct FailureAdvice {
  std::string_view code{};  // the word of an ErrorCode, such as "QUOTA_EXCEEDED", or of a finding: "DEV8-..."
  std::string_view meaning{};  // one sentence
  std::string_view remedy{};   // what the user or the operator does next
  Repeat repeat = Repeat::kNo;
  std::span<const FailureCase> cases{};  // the remedies that differ
};

// Every reason of errors, in the order of the codes' numbers.
DEV8AGENT_EXPORT std::span<const FailureAdvice> failure_reasons();
// Every finding: of dev8-agentd, and of EnvironmentOrchestrator::diagnose().
DEV8AGENT_EXPORT std::span<const FailureAdvice> agent_findings();

// The entry of `code`, which is one of either table; else that of INTERNAL.
DEV8AGENT_EXPORT const FailureAdvice& advice_for(std::string_view code);
// What to do about `error`: the remedy of its case, or else of its reason.
DEV8AGENT_EXPORT std::string_view remedy_of(const Error& error);
// The finding that `error` of Azure is: why an agent cannot work. Never empty.
DEV8AGENT_EXPORT std::string_view finding_of(const Error& error);
// Where an entry is described: "docs/failures.md#quota_exceeded".
DEV8AGENT_EXPORT std::string help_link(std::string_view code);

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
