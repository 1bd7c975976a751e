// make_azure_cli_credential(): `az account get-access-token`. Source: Microsoft Learn, reference of that
// command, and the Azure SDKs' rules for it.
#include <algorithm>
#include <cstdio>
#include <ctime>

#include "azure/credentials/child_process.h"
#include "azure/credentials/outcome.h"
#include "azure/credentials/token_answer.h"
#include "base/text.h"
#include "json/parse.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

constexpr std::chrono::seconds kTimeout{13};  // that of the Azure SDK for C++
constexpr std::chrono::milliseconds kPollInterval{20};

bool is_safe(std::string_view resource) {
  return !resource.empty() && resource.front() != '-' &&
         std::all_of(resource.begin(), resource.end(), [](char c) {
           return is_lower_alnum(c) || (c >= 'A' && c <= 'Z') ||
                  std::string_view("-_.:/").find(c) != std::string_view::npos;
         });
}

// "2026-01-15 08:30:00.000000" in local time: the only form of versions before 2.54.
std::optional<WallTime> read_local_time(const std::string& text) {
  std::tm fields{};
  if (std::sscanf(text.c_str(), "%4d-%2d-%2d %2d:%2d:%2d", &fields.tm_year, &fields.tm_mon, &fields.tm_mday,
                  &fields.tm_hour, &fields.tm_min, &fields.tm_sec) != 6) {
    return std::nullopt;
  }
  fields.tm_year -= 1900;
  fields.tm_mon -= 1;
  fields.tm_isdst = -1;
  const std::time_t time = std::mktime(&fields);
  return time == -1 ? std::nullopt : std::optional(std::chrono::system_clock::from_time_t(time));
}

Result<AccessToken> read_output(std::string_view output) {
  auto answer = json::parse(output, json::kLenient);
  const Error malformed_response = azure::credential_error("az answered without a usable token");
  if (!answer.ok()) return malformed_response;
  const std::string_view token = answer->string_at({"accessToken"});
  auto expires = azure::read_time(answer->find("expires_on"));
  if (!expires) expires = read_local_time(std::string(answer->string_at({"expiresOn"})));
  if (token.empty() || !expires) return malformed_response;
  return AccessToken{Secret(token), *expires, *expires};
}

// What az complains of: its first line on standard error that says "ERROR", else the first at all.
Error complaint(const std::string& errors) {
  std::string line;
  for (const std::string& candidate : split(errors, '\n')) {
    const std::string_view text = trim(candidate);
    if (line.empty() || text.starts_with("ERROR")) line = text;
    if (text.starts_with("ERROR")) break;
  }
  Error error = azure::credential_error("az failed: " + printable(line, 300));
  if (const auto at = errors.find("AADSTS"); at != errors.npos) {
    error.azure_code = errors.substr(at, errors.find_first_not_of("0123456789", at + 6) - at);
  }
  return error;
}

Result<AccessToken> outcome_of(azure::ChildProcess& child) {
  if (child.wrote_too_much()) return azure::credential_error("az wrote more than a token");
  if (child.exit_code() != 0) return complaint(child.errors());
  const Secret output(std::move(child.output()));
  return read_output(output.reveal());
}

// One run of az, looked at from the scheduler's timers. Owned by the next timer: a scheduler that ends kills
// the child.
struct Run {
  Scheduler& scheduler;
  TimePoint deadline;
  std::unique_ptr<azure::ChildProcess> child;
  TokenCredential::Completion completion;
};

void wait_for(std::shared_ptr<Run> run) {
  Scheduler& scheduler = run->scheduler;
  const TimePoint due = std::min(run->deadline, scheduler.now() + kPollInterval);
  scheduler.call_at(due, [run = std::move(run)]() mutable {
    if (run->child->poll()) return run->completion(outcome_of(*run->child));
    if (run->scheduler.now() < run->deadline) return wait_for(std::move(run));
    run->child.reset();
    run->completion(azure::credential_error("az did not answer in time"));
  });
}

class AzureCliCredential final : public TokenCredential {
 public:
  explicit AzureCliCredential(std::string program) : program_(std::move(program)) {}
  std::string_view name() const override { return "AzureCli"; }

  void fetch(CredentialContext context, std::string scope, TimePoint deadline,
             Completion completion) override {
    const std::string resource = azure::resource_of(scope);
    if (!is_safe(resource)) {
      return azure::fail(context, std::move(completion),
                         azure::credential_error("the scope is not fit for az"));
    }
    auto child = azure::ChildProcess::start(
        {program_, "account", "get-access-token", "--output", "json", "--resource", resource});
    if (!child.ok()) return azure::fail(context, std::move(completion), child.error());
    deadline = std::min(deadline, context.scheduler.now() + kTimeout);
    wait_for(
        std::make_shared<Run>(Run{context.scheduler, deadline, std::move(*child), std::move(completion)}));
  }

 private:
  std::string program_;
};

}  // namespace

std::shared_ptr<TokenCredential> make_azure_cli_credential(std::string program) {
  return std::make_shared<AzureCliCredential>(std::move(program));
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
