// The operations that this process runs, or that ended within the last hour, and who waits for a change of
// them. No thread waits. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/operation_record.h"
#include "dev8agent/secret.h"

namespace dev8agentd {

class OperationTable {
 public:
  using Clock = std::chrono::steady_clock;

  struct Limits {
    std::size_t ended = 20'000;  // the oldest go first
    Clock::duration kept = std::chrono::hours(1);
  };
  // One look at an operation.
  struct View {
    dev8agent::OperationRecord record{};
    std::uint64_t version = 0;     // changes with the record
    bool runs_here = true;         // false: found in Azure
    dev8agent::Secret password{};  // only of a look that takes it
  };
  // A place among those who wait; dropping it gives it up.
  struct Waiter {
    std::function<void()> notify;
  };

  // Called after each change of an operation of this process, without the lock. Set before the first
  // operation.
  using Observer = std::function<void(const dev8agent::OperationRecord&)>;
  void on_change(Observer observer) { observer_ = std::move(observer); }

  OperationTable() = default;
  explicit OperationTable(Limits limits) : limits_(limits) {}

  // `cancel` asks the operation to end; it is dropped when it has ended.
  void begin(dev8agent::OperationRecord record);
  void set_cancel(const std::string& id, std::function<void()> cancel);
  void note_progress(const std::string& id, const dev8agent::Progress& progress, dev8agent::WallTime now);
  // `error` is null for a success; `password` is what its caller has still to be told.
  void end(const std::string& id, const dev8agent::Error* error,
           std::optional<dev8agent::Environment> environment, dev8agent::Secret password,
           dev8agent::WallTime now);
  // The end of another process's operation, so that Azure is asked only once.
  void remember(dev8agent::OperationRecord ended);
  // It was refused before it began.
  void forget(const std::string& id);

  std::optional<View> find(const std::string& id);
  // The same; its password goes with it, once, unless a claim reserves it.
  std::optional<View> take(const std::string& id);
  // Reserves the password for a caller who waits for the outcome, while the claim is held.
  std::shared_ptr<void> claim(const std::string& id);
  // The password alone, for whoever holds the claim.
  dev8agent::Secret take_password(const std::string& id);
  // Those of this process, newest first; of one environment, or of all when it is empty.
  std::vector<dev8agent::OperationRecord> list(std::string_view environment_id = {});

  // Has `notify` called once when the operation is no longer as `version` says; at once when it is not now.
  std::shared_ptr<Waiter> wait(const std::string& id, std::uint64_t version, std::function<void()> notify);
  // Asks the operation to end. False: it does not run here, or has ended.
  bool cancel(const std::string& id);

 private:
  struct Entry {
    View view;
    std::uint64_t number = 0;  // in the order of their beginning
    int claims = 0;
    std::function<void()> cancel{};
    std::vector<std::weak_ptr<Waiter>> waiters{};
  };
  using Notices = std::vector<std::shared_ptr<Waiter>>;
  struct Ended {
    std::string id;
    Clock::time_point at;
  };

  Entry* find_entry(const std::string& id);
  static Notices changed(Entry& entry);
  static void call(const Notices& notices);
  void drop_old();

  void tell(const dev8agent::OperationRecord& record) const {
    if (observer_) observer_(record);
  }

  const Limits limits_{};
  Observer observer_;
  std::mutex mutex_;
  std::uint64_t last_number_ = 0;
  std::map<std::string, Entry> entries_;
  std::deque<Ended> ended_;  // oldest first
};

}  // namespace dev8agentd
