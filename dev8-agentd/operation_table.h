// OperationTable: the creates, starts, stops and deletes that this process runs, or that ended within the
// last hour, and who waits for a change of them. Followers ask it, so that no thread waits and Azure is not
// asked. Records are kept folded (operation_fold.h). Any thread. Callbacks are called without
// the table's lock, on the thread that made the change.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
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

// An operation is entered with begin(), reports with note_progress(), and ends with end() or forget(). A
// generated password is told to one caller only: see take() and claim().
//
//   auto view = table.find(id);
//   if (view && !view->record.ended()) waiter = table.wait(id, view->version, notify);
class OperationTable {
 public:
  using Clock = std::chrono::steady_clock;

  // How much is kept of what has ended. Operations that run are limited by Admission.
  struct Limits {
    std::size_t ended = 20'000;                    // operations; the oldest go first
    std::size_t bytes = std::size_t{16} << 20;     // of all of them
    Clock::duration kept = std::chrono::hours(1);  // after the end
  };
  // A copy of what is known of an operation at one moment.
  struct View {
    dev8agent::OperationRecord record{};
    std::uint64_t version = 0;     // changes with the record; for wait()
    bool runs_here = true;         // false: of another process, as Azure has shown it
    std::string user{};            // whose environment it is about, as far as the request tells
    dev8agent::Secret password{};  // only in a view that takes it
  };
  // One who waits. The table holds it weakly: who drops it waits no longer.
  struct Waiter {
    std::function<void()> notify;
  };

  // Called after each change of an operation of this process, without the lock, with whose environment it is
  // about. Set before the first operation.
  using Observer = std::function<void(const dev8agent::OperationRecord&, const std::string& user)>;
  void on_change(Observer observer) { observer_ = std::move(observer); }

  // Whether callers who see `user`'s environments alone may see the operation. Empty: everybody. Of another
  // process's operation that shows no environment, nothing tells whose it is: who knows its id may see it.
  static bool may_see(std::string_view user, const View& view);

  OperationTable() = default;
  explicit OperationTable(Limits limits) : limits_(limits) {}

  // Enters an operation before it is started, so that its first report finds it. The id is `record.id`.
  // `user`: whose environment it is about, empty when the request does not tell. Returns the id as the table
  // keeps it, for those who keep it as long.
  std::shared_ptr<const std::string> begin(dev8agent::OperationRecord record, const std::string& user = {});
  // `cancel` asks the operation to end. It is dropped when the operation has ended, and at once when it has
  // ended already.
  void set_cancel(const std::string& id, std::function<void()> cancel);
  // Enters a report and wakes who waits, if it changes the record. Unknown ids are ignored, here and below.
  void note_progress(const std::string& id, const dev8agent::Progress& progress, dev8agent::WallTime now);
  // Enters the end and wakes who waits. `error` is null for a success; `environment` is what the success
  // shows; `password` is what somebody has still to be told, or empty. A second end is ignored.
  void end(const std::string& id, const dev8agent::Error* error,
           std::optional<dev8agent::Environment> environment, dev8agent::Secret password,
           dev8agent::WallTime now);
  // Keeps the end of another process's operation, so that Azure is asked only once.
  void remember(dev8agent::OperationRecord ended);
  // Takes out an operation that was refused before it began.
  void forget(const std::string& id);

  // The operation as it stands, without its password. Nothing when it is not known (any more).
  std::optional<View> find(const std::string& id);
  // The same with its password, which is then told to nobody else; without it while a claim reserves it.
  std::optional<View> take(const std::string& id);
  // Reserves the password for a caller who waits for the outcome, while the result is held. Null when the id
  // is not known. The table must outlive it.
  std::shared_ptr<void> claim(const std::string& id);
  // The password alone, for whoever holds the claim; empty when it was told before.
  dev8agent::Secret take_password(const std::string& id);
  // Which of this process's operations list() returns. By default all.
  struct Query {
    std::string_view environment_id{};                   // empty: of every environment
    std::string_view user{};                             // those that `user` may see; empty: whoever's
    std::optional<dev8agent::OperationStatus> status{};  // none: of every status
    std::uint64_t before = UINT64_MAX;                   // those that began before this one: Page::next
    std::size_t limit = SIZE_MAX;                        // so many at most
  };
  struct Page {
    std::vector<dev8agent::OperationRecord> records{};  // the newest first
    std::optional<std::uint64_t> next{};                // the `before` of the next page; none: there is none
  };
  // Records are unfolded without the lock, so that a long list does not hold up the operations.
  Page list(const Query& query);

  // Has `notify` called once, when the operation is no longer as `version` says. Before this returns, if that
  // is so already, or the operation has ended or is not known. `notify` must not block.
  std::shared_ptr<Waiter> wait(const std::string& id, std::uint64_t version, std::function<void()> notify);
  // Asks the operation to end. False: it does not run here, or has ended.
  bool cancel(const std::string& id);
  // Blocks until no operation needs this process any more, or until `deadline`; true when none does. Azure
  // goes on by itself with a create or start whose container it deploys. A stop, a delete and a roll-back
  // need the process to their end. Used at shutdown.
  bool wait_until_handed_over(Clock::time_point deadline);

 private:
  // What only an operation that runs has.
  struct Live {
    std::function<void()> cancel{};
    std::vector<std::weak_ptr<Waiter>> waiters{};
  };
  // What is kept of one operation. The password is told once.
  struct Entry {
    std::uint64_t number = 0;  // in the order of their beginning
    std::uint64_t version = 0;
    std::unique_ptr<Live> live{};                                              // null: it has ended
    std::string folded{};                                                      // its record
    dev8agent::OperationStatus status = dev8agent::OperationStatus::kRunning;  // the record's
    std::string user{};  // whose environment it is about, as far as is known
    dev8agent::Secret password{};
    int claims = 0;  // how many claims are held
    bool runs_here = true;
    bool in_hand = false;  // it needs this process
  };
  using Id = std::shared_ptr<const std::string>;
  struct ById {
    using is_transparent = void;
    bool operator()(const Id& one, const Id& other) const { return *one < *other; }
    bool operator()(const Id& one, std::string_view other) const { return *one < other; }
    bool operator()(std::string_view one, const Id& other) const { return one < *other; }
  };
  using Entries = std::map<Id, Entry, ById>;
  using Notices = std::vector<std::shared_ptr<Waiter>>;
  struct Ended {
    Entries::iterator entry;
    Clock::time_point at;
  };

  // All but call() are called under the lock. find_entry() returns null for an unknown id, find_live() also
  // for one that has ended.
  Entry* find_entry(const std::string& id);
  Entry* find_live(const std::string& id);
  // Without the password.
  static View view_of(const std::string& id, const Entry& entry);
  static bool fits(const Query& query, const Entry& entry);
  // Counts a change of an operation that runs, and returns who waits for it, to be called without the lock.
  static Notices changed(Entry& entry);
  static void call(const Notices& notices);
  // Notes whether the operation needs this process, and wakes who waits until none does.
  void set_in_hand(Entry& entry, bool in_hand);
  // Keeps an entry that has ended, as the limits allow.
  void keep(Entries::iterator ended);
  // How many bytes an entry that has ended takes, a password that nobody has fetched apart.
  static std::size_t size_of(const Entries::value_type& ended);
  // Drops what the limits do not keep.
  void drop_old();

  void tell(const dev8agent::OperationRecord& record, const std::string& user) const {
    if (observer_) observer_(record, user);
  }

  const Limits limits_{};
  Observer observer_;
  std::mutex mutex_;
  std::condition_variable handed_over_;
  std::size_t in_hand_ = 0;  // entries with Entry::in_hand
  std::uint64_t last_number_ = 0;
  Entries entries_;
  std::deque<Ended> ended_;  // oldest first
  std::size_t ended_bytes_ = 0;
};

}  // namespace dev8agentd
