// EventHub: tells the events of environments to all who read them. One watch of the orchestrator feeds all
// readers of one environment; the stages of this process's own operations come from its table. A feed lives
// as long as it has readers. Any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dev8agent/event.h"
#include "dev8agent/operation.h"
#include "operation_table.h"
#include "stream.h"

namespace dev8agentd {

// Who reads the events of some environments: at first what there is, then what comes.
class EventReader {
 public:
  // Events up to `last_id` are left out; empty: none is.
  explicit EventReader(std::string last_id) : last_id_(std::move(last_id)) {}

  std::atomic<bool> ready{false};  // the members below are there
  // Once all of its environments have been looked at: the events that there were, and what came since, until
  // begin().
  std::vector<dev8agent::EnvironmentEvent> first_events;
  std::optional<dev8agent::Error> error;  // why an environment could not be looked at, if none could

 private:
  friend class EventHub;
  const std::string last_id_;
  std::vector<std::shared_ptr<void>> feeds_;  // all of them
  std::size_t awaited_ = 0;                   // of them, those that have not been looked at
  std::size_t over_ = 0;                      // of them, those that are over
  std::function<void()> notify_;              // when none is awaited any more
  std::weak_ptr<Stream> stream_;              // what comes goes there; not before begin()
};

class EventHub {
 public:
  using Tell = std::function<void(const dev8agent::EventPage&)>;
  using Watch = std::function<dev8agent::Operation<dev8agent::Done>(dev8agent::EventsRequest, Tell)>;

  // `watch` is EnvironmentOrchestrator::watch_events; `operations` outlives the hub.
  EventHub(Watch watch, OperationTable& operations) : watch_(std::move(watch)), operations_(operations) {}
  EventHub(const EventHub&) = delete;

  // Begins to read; `notify` is called once, from any thread, when first_events or error is there. At most as
  // many environments as the caller allows; a region that is named counts for all.
  void read(std::shared_ptr<EventReader> reader, const std::vector<dev8agent::EventsRequest>& requests,
            std::function<void()> notify);
  // From now on what comes goes to `stream`, first of all what came since first_events. `stream` closes when
  // all environments are gone.
  void begin(const std::shared_ptr<EventReader>& reader, const std::shared_ptr<Stream>& stream);
  // The reader has gone.
  void leave(EventReader& reader);

  // A stage of an operation of this process.
  void note_operation(const dev8agent::OperationRecord& record);
  // Environments that are watched now.
  std::size_t feeds();

 private:
  struct Feed {
    std::string environment_id;
    std::optional<dev8agent::Operation<dev8agent::Done>> watch;
    bool looked_at = false;
    bool over = false;     // the environment is gone, or cannot be watched
    bool dropped = false;  // nobody reads any more
    dev8agent::EventPage page;
    std::set<std::string> told;  // ids
    std::optional<dev8agent::Error> error;
    std::vector<std::weak_ptr<EventReader>> readers;
  };
  using FeedPtr = std::shared_ptr<Feed>;
  // What happens when the lock has been given back: callbacks, and ends of streams that were looked at.
  struct Outbox {
    std::vector<std::function<void()>> notices;
    std::vector<std::shared_ptr<void>> released;
  };

  FeedPtr enter(const std::shared_ptr<EventReader>& reader, const std::string& id, Outbox& outbox);
  void start(const dev8agent::EventsRequest& request, const FeedPtr& feed);
  void on_page(const FeedPtr& feed, const dev8agent::EventPage& page);
  void on_end(const FeedPtr& feed, const dev8agent::Result<dev8agent::Done>& result);
  void tell_news(Feed& feed, Outbox& outbox);
  void look_is_there(Feed& feed, Outbox& outbox);
  void feed_is_over(Feed& feed, Outbox& outbox);
  void settle(EventReader& reader, Outbox& outbox);
  std::vector<dev8agent::EnvironmentEvent> events_of(const Feed& feed) const;
  static void close_when_over(EventReader& reader, Outbox& outbox);
  static void run(Outbox outbox);

  const Watch watch_;
  OperationTable& operations_;
  std::mutex mutex_;  // guards the rest, readers included
  std::map<std::string, FeedPtr> feeds_;
};

// One event as server-sent events have it.
std::string event_text(const dev8agent::EnvironmentEvent& event);

}  // namespace dev8agentd
