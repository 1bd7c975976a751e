// EventSelection: one caller's reading of events. Knows which environments are meant, finds those of a user,
// and leaves the hub when it is destroyed. Used by one thread at a time.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent.h"

namespace dev8agentd {

class EventSelection : public std::enable_shared_from_this<EventSelection> {
 public:
  // `cursor`: what the caller has been told. Call one of select() next.
  EventSelection(Agent& agent, EventCursor cursor) : agent_(agent), cursor_(std::move(cursor)) {}
  ~EventSelection() {
    if (reader_) agent_.events.leave(*reader_);
  }
  EventSelection(const EventSelection&) = delete;

  // This environment; when it is not there, that is an error. `only_user`: it has to be this user's; empty:
  // anybody's.
  void select(dev8agent::EventsRequest environment, const std::string& only_user);
  // The environments of a user and of a list with commas, both when both are named, all when none is. What is
  // not there has no events, and joins when it is created. kInvalidRequest: a malformed id or user, or more
  // than 100 ids.
  dev8agent::Status select(const std::string& user_id, const std::string& environment_ids);

  // Looks at them; `notify` is called once, from any thread, when all have been looked at.
  void start(std::function<void()> notify);
  bool ready() const { return failed_ || reader_->ready; }
  // Why there are no events, when ready.
  std::optional<dev8agent::Error> error() const;
  const std::shared_ptr<EventReader>& reader() const { return reader_; }

 private:
  void on_found(const EnvironmentFinder::Found& found, std::function<void()> notify);
  void keep_named();

  Agent& agent_;
  EventCursor cursor_;
  std::shared_ptr<EventReader> reader_{};
  std::vector<dev8agent::EventsRequest> requests_;  // as named
  std::vector<dev8agent::EventsRequest> found_;     // of the list
  bool many_ = false;
  std::optional<std::string> listed_user_;  // set: the environments have to be found, of this user or of all
  std::optional<dev8agent::Error> list_error_;
  std::atomic<bool> failed_{false};
};

}  // namespace dev8agentd
