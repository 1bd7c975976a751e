// Error: what went wrong, in a form that programs can act on and people can read. Every function that can
// fail returns one through Result<T>. Plain values; any thread.
//
//   auto stopped = orchestrator.stop({.id = "workspace-0001"}).get();
//   if (stopped.ok()) return show(*stopped);
//   if (stopped.error().code == dev8agent::ErrorCode::kNotFound) return show_nothing();
//   std::cerr << stopped.error() << "\n";  // "AZURE_THROTTLED: ...", and what Azure said
//   if (stopped.error().retryable) try_later(stopped.error().retry_after);
#pragma once

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// What kind of failure it was. The numbers are stable across versions; logs and foreign-language bindings may
// store them.
enum class ErrorCode : int {
  kInvalidRequest = 1,       // the caller's input breaks a rule; `fields` lists every broken one
  kUnauthorized = 2,         // the caller did not prove who it is
  kNotFound = 3,             // Azure was asked and says that the thing is not there
  kConflict = 4,             // the thing is there in another shape or state
  kRateLimited = 5,          // this agent has too much to do and refuses more work
  kQuotaExceeded = 6,        // the subscription's quota is used up
  kCapacityUnavailable = 7,  // Azure has no room in the region at the moment
  kImagePullFailed = 8,      // the container image cannot be fetched
  kAzureThrottled = 9,       // Azure answered 429 for longer than the deadline allows
  kAzureUnavailable = 10,    // Azure could not be reached or failed on its side
  kTimeout = 11,             // the deadline passed before the outcome was known
  kNotSupported = 12,        // well-formed, but this agent does not do it
  kInternal = 13,            // a defect of this library, or a broken assumption about Azure
  kCancelled = 14,           // the caller, a delete of the same id, or shutdown ended the operation
  kAzureCredentials = 15,    // no token, or Azure refused it
  kAzureRefused = 16,        // Azure refused for good: policy, permissions, a request it finds invalid
  kContainerFailed = 17,     // the container was created but does not run
  kMountFailed = 18,         // the container cannot mount its file share
  kDnsLabelTaken = 19,       // another group of the region owns the DNS label
  kForbidden = 20,           // the caller is known and may not do this
  kWorkspaceNotReady = 21,   // the container runs, but does not answer at its address in time
};

// The stable machine word of the REST contract, such as "CAPACITY_UNAVAILABLE".
DEV8AGENT_EXPORT std::string_view to_string(ErrorCode code);

// The HTTP status that the REST contract gives to `code`.
DEV8AGENT_EXPORT int http_status(ErrorCode code);

// One broken rule of a request: the field by its name on the wire ("cpuCores") and the rule.
// `message` never repeats the value, which may be a secret.
struct FieldError {
  std::string field{};
  std::string message{};
  bool operator==(const FieldError&) const = default;
};

// Something that Azure has seen happen to a container, such as "Pulling" or "BackOff".
struct ErrorEvent {
  std::optional<std::chrono::system_clock::time_point> time{};  // of the last time, by Azure's clock
  std::string name{};
  std::string message{};
  int count = 1;  // how often
  bool operator==(const ErrorEvent&) const = default;
};

// One failure. `message` says what happened and what to do about it and holds no secret.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message{};
  // For kInvalidRequest: every broken rule. For kNotFound of an environment whose deleted files can be
  // restored: "restorableUntil", with a time in the place of a rule; where a delete has kept them
  // (KeptFiles): "storageAccount", "fileShare" and "snapshot", with their names.
  std::vector<FieldError> fields{};

  // What Azure said, where Azure said it: HTTP status (0 when no answer came), error code, request id.
  int azure_status = 0;
  std::string azure_code{};
  std::string azure_request_id{};

  bool retryable = false;                                  // the same call may succeed later
  std::optional<std::chrono::milliseconds> retry_after{};  // how long Azure asked to wait

  bool lasting = false;                  // a repeat is unlikely to help: the call is tried a few times only
  bool request_sent = false;             // transport failures: the request may have taken effect
  int attempts = 0;                      // how often the call was tried, 0 when not counted
  std::chrono::milliseconds elapsed{0};  // how long the attempts took together

  // Of a failure that is about a container, as far as Azure has shown them; secrets are taken out.
  std::vector<ErrorEvent> events{};  // the last ones, oldest first, at most 5
  std::string log_tail{};            // the last lines that it has written, at most 20 lines and 2 KiB

  // Transport failures: the host whose name has no address as far as this machine can find out; else empty.
  std::string unresolved_host{};
};

// An Error of `code` with `message`.
DEV8AGENT_EXPORT Error make_error(ErrorCode code, std::string message);

// A kInvalidRequest error whose message sums up `fields`.
DEV8AGENT_EXPORT Error invalid_request(std::vector<FieldError> fields);

// "NOT_FOUND: message", and behind it what Azure said, on one line. Holds no secret, like the message.
DEV8AGENT_EXPORT std::ostream& operator<<(std::ostream& out, const Error& error);

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
