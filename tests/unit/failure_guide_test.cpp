// The failure guide: complete, and the same as docs/failures.md, which this test also writes:
//
//   DEV8_WRITE_DOCUMENTS=1 build/release/tests/unit_tests --source-file='*failure_guide*'
#include "dev8agent/failure_guide.h"

#include <doctest/doctest.h>

#include <set>

#include "dev8agent/wire.h"
#include "support/json_text.h"
#include "support/source_file.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

constexpr const char* kHead =
    R"(<!-- Made by tests/unit/failure_guide_test.cpp from libdev8agent/src/plan/failure_guide.cpp and agent_findings.cpp. -->

# Failures and findings

What each `reason` of an error and each finding of `GET /health?verbose=true` and `dev8ctl doctor` means, and what to do
about it. The same remedy is in the answer itself: `remedy`, and `help` with the link to the section here. Where Azure's
own code tells more, the remedy is that of the code.
)";

std::string words(Repeat repeat) {
  switch (repeat) {
    case Repeat::kNo:
      return "does not help until something has been changed";
    case Repeat::kMaybe:
      return "helps when the answer says `\"retryable\": true`";
    case Repeat::kYes:
      return "may help later without any change";
  }
  return "";
}

// Every code, in the order of the numbers.
std::vector<ErrorCode> all_codes() {
  std::vector<ErrorCode> codes;
  for (int number = 1;; ++number) {
    const auto code = static_cast<ErrorCode>(number);
    if (to_string(code) == "INTERNAL" && code != ErrorCode::kInternal) return codes;
    codes.push_back(code);
  }
}

std::string heading(const FailureAdvice& advice) {
  return "\n### " + std::string(advice.code) + "\n\n" + std::string(advice.meaning) + "\n\n";
}

std::string section(ErrorCode code) {
  const FailureAdvice& advice = advice_for(to_string(code));
  std::string text = heading(advice) + "- Usual HTTP status: " + std::to_string(http_status(code)) +
                     "\n- What to do: " + std::string(advice.remedy) + "\n- A repeat " +
                     words(advice.repeat) + ".\n";
  if (!advice.cases.empty()) text += "\n| Azure's code | what to do |\n|---|---|\n";
  for (const FailureCase& one : advice.cases)
    text += "| `" + std::string(one.azure_code) + "` | " + std::string(one.remedy) + " |\n";
  return text;
}

std::string document() {
  std::string text = kHead;
  text += "\n## Reasons\n";
  for (const ErrorCode code : all_codes()) text += section(code);
  text += "\n## Findings\n";
  for (const FailureAdvice& advice : agent_findings())
    text += heading(advice) + "- What to do: " + std::string(advice.remedy) + "\n";
  return text;
}

}  // namespace

TEST_CASE("failure guide: docs/failures.md is made from it") {
  CHECK(written_document("docs/failures.md", document()) == document());
}

TEST_CASE("failure guide: an entry for each reason, and each entry once and whole") {
  std::size_t count = 0;
  for (const ErrorCode code : all_codes()) {
    CAPTURE(to_string(code));
    REQUIRE(count < failure_reasons().size());
    CHECK(failure_reasons()[count++].code == to_string(code));
  }
  CHECK(count == failure_reasons().size());
  std::set<std::string_view> seen;
  for (const auto& table : {failure_reasons(), agent_findings()}) {
    for (const FailureAdvice& advice : table) {
      CAPTURE(advice.code);
      CHECK(seen.insert(advice.code).second);
      CHECK(advice.meaning.ends_with('.'));
      CHECK(advice.remedy.ends_with('.'));
      for (const FailureCase& one : advice.cases) CHECK(one.remedy.ends_with('.'));
    }
  }
  for (const FailureAdvice& advice : agent_findings()) CHECK(advice.code.starts_with("DEV8-"));
}

TEST_CASE("failure guide: Azure's code chooses the remedy") {
  Error error = make_error(ErrorCode::kAzureRefused, "why");
  const std::string_view usual = remedy_of(error);
  CHECK(usual == advice_for("AZURE_REFUSED").remedy);
  error.azure_code = "MissingSubscriptionRegistration";
  CHECK(remedy_of(error).find("Microsoft.ContainerInstance") != std::string_view::npos);
  error.azure_code = "NobodyKnows";
  CHECK(remedy_of(error) == usual);
}

TEST_CASE("failure guide: answers and operations carry the remedy and where it is described") {
  const Error error = make_error(ErrorCode::kQuotaExceeded, "why");
  const json::Value body = parsed(error_body(error, "r"));
  CHECK(body.string_at({"remedy"}) == remedy_of(error));
  CHECK(body.string_at({"help"}) == "docs/failures.md#quota_exceeded");
  OperationRecord record;
  note_end(record, &error, std::nullopt, WallTime{});
  const json::Value operation = parsed(to_json(record));
  CHECK(operation.string_at({"error", "remedy"}) == remedy_of(error));
  CHECK(operation.string_at({"error", "help"}) == "docs/failures.md#quota_exceeded");
  CHECK(help_link("DEV8-CLOCK-SKEW") == "docs/failures.md#dev8-clock-skew");
}
