// ContainerLog: what a container has printed. What looks like a credential is masked as "***": tokens of
// GitHub, Anthropic, OpenAI and Google, "Bearer" values, JSON web tokens, private keys, and the value after a
// word such as "password" with ':' or '='. Plain values; any thread.
//
//   auto log = orchestrator.logs({.id = "workspace-0001", .tail = 50}).get();
//   if (log.ok()) std::puts(log->content.c_str());
#pragma once

#include <string>

#include "dev8agent/export.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

// A question for the last lines of a log.
struct LogsRequest {
  std::string id{};
  std::string cloud_region{};  // empty: found among the enabled regions
  std::string container{};     // empty: the environment's container
  int tail = 200;              // 1-10000: the last so many lines
  bool timestamps = false;     // each line begins with its time, as Azure writes it
};

// What a container has printed last.
struct ContainerLog {
  std::string container{};
  std::string content{};   // lines, each with its end
  bool truncated = false;  // Azure holds more lines, or has cut its log
};

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
