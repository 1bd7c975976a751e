// OperationJournal: which operations are under way, for the shutdown's log lines, and a log record for the
// end of each, which is also the audit record of a change: who, what, which environment, outcome, from where.
// Any thread.
//
//   const auto number = journal.begin({"create", "ws-1", request.id});
//   // ... the operation ends ...
//   journal.end(number, nullptr);
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/error.h"
#include "dev8agent/log.h"
#include "dev8agent/operation_record.h"

namespace dev8agentd {

class OperationJournal {
 public:
  // One operation that is under way.
  struct Entry {
    std::string_view operation;                         // "create"; the text must outlive the journal
    std::string environment;                            // empty for a list
    std::string request_id;                             // of the request that started it
    std::string caller{};                               // who asked, as in Request::caller
    std::string remote{};                               // from which address
    std::shared_ptr<const std::string> operation_id{};  // of one that others can follow; null: of none
    std::string trace_id{};                             // of the request's traceparent
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
  };

  // `logger` may be null: then nothing is written.
  explicit OperationJournal(dev8agent::Logger logger);
  ~OperationJournal();

  // Enters an operation. Returns the number that end() takes.
  std::uint64_t begin(const Entry& entry);
  // How an operation ended.
  struct End {
    const dev8agent::Error* error = nullptr;  // null for a success
    std::string azure_request_id{};           // of Azure's last answer; that of `error`, if any, comes first
    std::vector<dev8agent::OperationStage> stages{};
  };
  // Takes the operation out and writes "operation.finished", with the milliseconds of each of its stages, as
  // "creatingShareMs"; one that is not over ends now. The level is warn for failures with a status from 500
  // on, debug for operations that only read, else info. Unknown numbers are ignored.
  void end(std::uint64_t number, const End& ended);

  // "create ws-1" and so on, oldest first.
  std::vector<std::string> under_way() const;

 private:
  // What is kept of an entry: thousands may be under way.
  struct Open;

  dev8agent::Logger logger_;
  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Open> open_;  // by number, hence by age
};

}  // namespace dev8agentd
