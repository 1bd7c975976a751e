// Which operations are under way, and a log record for the end of each. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/log.h"

namespace dev8agentd {

class OperationJournal {
 public:
  struct Entry {
    std::string operation;    // "create"
    std::string environment;  // empty for a list
    std::string request_id;
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  };

  // `logger` may be null: then nothing is recorded.
  explicit OperationJournal(dev8agent::Logger logger) : logger_(std::move(logger)) {}

  // Returns the number that end() takes.
  std::uint64_t begin(Entry entry);
  // Writes "operation.finished"; `error` is null for a success. Those that only look are on the level debug.
  void end(std::uint64_t number, const dev8agent::Error* error);

  // "create workspace-0001" and so on, oldest first.
  std::vector<std::string> under_way() const;

 private:
  dev8agent::Logger logger_;
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Entry> open_;
};

}  // namespace dev8agentd
