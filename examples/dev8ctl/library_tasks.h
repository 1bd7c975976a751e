// The library's operations as tasks. Operations report on the loop thread; a Mailbox carries that over to the
// thread of the task.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/event.h"
#include "dev8agent/operation.h"
#include "dev8ctl/backend.h"

namespace dev8ctl {

// What an operation has reported. Members are safe from any thread.
class Mailbox {
 public:
  // A stage has begun, or its detail has changed.
  void note(const dev8agent::Progress& progress);
  // Container events since the begin, by Azure's clock.
  void note(const dev8agent::EventPage& page);
  // One item of what is followed: text of a log, or an event as JSON.
  void put(std::string item);
  // The operation has ended; nothing comes after it.
  void end();

  // Where the operation stands now.
  Snapshot snapshot();
  // The items that have come, after waiting for one or for the end, `time` at most. True after the end.
  bool wait_for(std::chrono::milliseconds time, std::vector<std::string>& items);

 private:
  // Progress is timed by the steady clock; events of the container carry calendar time.
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  const dev8agent::WallTime begin_by_calendar_ = std::chrono::system_clock::now();
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  Snapshot snapshot_;
  std::vector<std::string> items_;  // that wait_for() has not taken
  bool ended_ = false;
};

// A task of any operation of the library.
//
//   auto operation = orchestrator.stop(std::move(request), options);
//   return std::make_unique<LibraryTask<Environment>>(mailbox, std::move(operation), to_text);
template <class T>
class LibraryTask final : public Task {
 public:
  using ToText = std::function<std::string(const T&)>;

  // `to_text` makes the outcome's text. `beside`, where there is one, is a watch that ends with the task:
  // that of the container's events during a create. `on_item` gets the mailbox's items, on the thread of
  // wait_for().
  LibraryTask(std::shared_ptr<Mailbox> mailbox, dev8agent::Operation<T> operation, ToText to_text,
              std::optional<dev8agent::Operation<dev8agent::Done>> beside = {}, OnItem on_item = {})
      : mailbox_(std::move(mailbox)),
        operation_(std::move(operation)),
        to_text_(std::move(to_text)),
        beside_(std::move(beside)),
        on_item_(std::move(on_item)) {
    operation_.on_done([mailbox = mailbox_](const auto&) { mailbox->end(); });
  }
  // Ends the watch beside the operation.
  ~LibraryTask() override {
    if (beside_) beside_->cancel();
  }
  bool wait_for(std::chrono::milliseconds time) override {
    std::vector<std::string> items;
    const bool ended = mailbox_->wait_for(time, items);
    for (const std::string& item : items) on_item_(item);
    return ended;
  }
  Snapshot snapshot() override { return mailbox_->snapshot(); }
  void cancel() override { operation_.cancel(); }
  dev8agent::Result<std::string> outcome() override {
    const auto& result = operation_.get();
    if (!result.ok()) return result.error();
    return to_text_(*result);
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  dev8agent::Operation<T> operation_;
  ToText to_text_;
  std::optional<dev8agent::Operation<dev8agent::Done>> beside_;
  OnItem on_item_;
};

}  // namespace dev8ctl
