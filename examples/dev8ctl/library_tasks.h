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
  void note(const dev8agent::Progress& progress);
  // Container events since the begin, by Azure's clock.
  void note(const dev8agent::EventPage& page);
  void put(std::string item);
  void end();

  Snapshot snapshot();
  // The items that have come, after waiting for one or for the end, `time` at most. True after the end.
  bool wait_for(std::chrono::milliseconds time, std::vector<std::string>& items);

 private:
  const std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  const dev8agent::WallTime begin_by_calendar_ = std::chrono::system_clock::now();
  std::mutex mutex_;
  std::condition_variable changed_;
  Snapshot snapshot_;
  std::vector<std::string> items_;
  bool ended_ = false;
};

// A task of any operation. `to_text` makes its outcome. `beside`, where there is one, ends with it.
template <class T>
class LibraryTask final : public Task {
 public:
  using ToText = std::function<std::string(const T&)>;

  LibraryTask(std::shared_ptr<Mailbox> mailbox, dev8agent::Operation<T> operation, ToText to_text,
              std::optional<dev8agent::Operation<dev8agent::Done>> beside = {}, OnItem on_item = {})
      : mailbox_(std::move(mailbox)),
        operation_(std::move(operation)),
        to_text_(std::move(to_text)),
        beside_(std::move(beside)),
        on_item_(std::move(on_item)) {
    operation_.on_done([mailbox = mailbox_](const auto&) { mailbox->end(); });
  }
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
