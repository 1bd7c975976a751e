// Whether a workspace answers at its own address, for calls that end only then (AgentOptions::workspace_ready
// "http"). Azure calls a container running when its process is started, which is before its web server
// listens. Pure.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "dev8agent/error.h"
#include "dev8agent/scheduler.h"

namespace dev8agent::internal::plan {

// What one call knows of it.
struct Readiness {
  bool wanted = false;                     // the call ends only when the workspace answers
  bool answered = false;                   // it has, since the container was last seen coming up
  std::optional<TimePoint> asked_since{};  // when it was asked first
  std::string failure{};                   // why the last question had no answer, for people
};

// How long to wait after a question without an answer: an eighth of the time that has passed since the first
// one, so that the wait adds at most that; at least 100 ms and at most 2 s.
std::chrono::milliseconds ask_delay(std::chrono::nanoseconds since_first);

// What is asked at the web address of a workspace: the health page of code-server, which needs no password.
// Source: code-server's documentation, "How do I healthcheck code-server?". Any image may answer it as it
// likes: a status below 500 counts, also 404 and 401.
std::string readiness_url(const std::string& vscode_web_url);
bool is_ready(int http_status);

// kWorkspaceNotReady: the time is over, and the workspace has not answered. `url` may be empty: Azure shows
// no address.
Error not_ready(const std::string& url, const std::string& failure);

}  // namespace dev8agent::internal::plan
