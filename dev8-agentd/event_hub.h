// EventHub: tells the events of environments to all who read them. One watch of the orchestrator feeds all
// readers of one environment; the stages of this process's own operations come from its table. A feed lives
// as long as it has readers. Readers who follow more than what they named get new environments as soon as
// this process creates one, or a list of Azure's shows one. Any thread.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "dev8agent/event.h"
#include "dev8agent/operation.h"
#include "event_cursor.h"
#include "operation_table.h"
#include "stream.h"

namespace dev8agentd {

struct EventFeed;  // one environment's events

// Who reads the events of some environments: at first what there is, then what comes.
class EventReader {
 public:
  using Follows = std::function<bool(const dev8agent::ListedEnvironment&)>;

  // Events that `cursor` has told are left out. `follows`: which environments join later on; null: none.
  explicit EventReader(EventCursor cursor, Follows follows = nullptr)
      : cursor_(std::move(cursor)), follows_(std::move(follows)) {}

  std::atomic<bool> ready{false};  // all environments have been looked at, and the next member is there
  std::optional<dev8agent::Error> error;  // why an environment could not be looked at, if none could

 private:
  friend class EventHub;
  EventCursor cursor_;
  const Follows follows_;
  // The events that there were when all had been looked at, and what came since, until begin().
  std::vector<dev8agent::EnvironmentEvent> first_events_;
  std::map<std::string, std::shared_ptr<EventFeed>> feeds_;  // those that are not over; all, until ready
  std::size_t awaited_ = 0;                                  // of them, those that have not been looked at
  std::function<void()> notify_;                             // when none is awaited any more
  std::weak_ptr<Stream> stream_;                             // what comes goes there; not before begin()
};

class EventHub {
 public:
  using Tell = std::function<void(const dev8agent::EventPage&)>;
  using Watch = std::function<dev8agent::Operation<dev8agent::Done>(dev8agent::EventsRequest, Tell)>;
  using TellList = std::function<void(const std::vector<dev8agent::ListedEnvironment>&)>;
  using WatchAll = std::function<dev8agent::Operation<dev8agent::Done>(TellList)>;

  // `watch` is EnvironmentOrchestrator::watch_events, `watch_all` its watch_environments; `operations`
  // outlives the hub.
  EventHub(Watch watch, WatchAll watch_all, OperationTable& operations);
  EventHub(const EventHub&) = delete;

  // Begins to read; `notify` is called once, from any thread, when the reader is ready. At most as many
  // environments as the caller allows; a region that is named counts for all.
  void read(std::shared_ptr<EventReader> reader, const std::vector<dev8agent::EventsRequest>& requests,
            std::function<void()> notify);
  // Instead of begin(): the events that there are, once, oldest first.
  std::vector<dev8agent::EnvironmentEvent> take_first_events(EventReader& reader);
  // From now on what comes goes to `stream`, first of all what came so far. `stream` closes when all
  // environments are gone and none can join.
  void begin(const std::shared_ptr<EventReader>& reader, const std::shared_ptr<Stream>& stream);
  // The reader has gone.
  void leave(EventReader& reader);

  // A change of an operation of this process. `user`: whose environment it is about, if that is known.
  void note_operation(const dev8agent::OperationRecord& record, const std::string& user);
  // Environments that are watched now.
  std::size_t feeds();

 private:
  using FeedPtr = std::shared_ptr<EventFeed>;
  using Events = std::vector<dev8agent::EnvironmentEvent>;
  // What happens when the lock has been given back: callbacks, watches, and ends of what was looked at.
  struct Outbox {
    std::vector<std::function<void()>> notices{};
    std::vector<std::pair<dev8agent::EventsRequest, FeedPtr>> starts{};
    std::vector<std::shared_ptr<void>> released{};
  };

  // Gives the reader the feed of an environment, and makes the feed where there is none.
  void enter(const std::shared_ptr<EventReader>& reader, const dev8agent::EventsRequest& request,
             Outbox& outbox);
  // Lets the followers join whose `follows` says yes.
  void offer(const dev8agent::ListedEnvironment& environment, Outbox& outbox);
  // Begins the watch of a feed, or that of the list. Without the lock.
  void start(const dev8agent::EventsRequest& request, const FeedPtr& feed);
  void start_list();
  // What the watches tell, on the loop thread.
  void on_list(const std::vector<dev8agent::ListedEnvironment>& environments);
  void on_page(const FeedPtr& feed, const dev8agent::EventPage& page);
  void on_end(const FeedPtr& feed, const dev8agent::Result<dev8agent::Done>& result);
  // Under the lock. The events of a feed that its readers have not been told go to their streams.
  void tell_news(EventFeed& feed, Outbox& outbox);
  // An environment has been looked at, or cannot be: who waited for that has one less to await.
  void look_is_there(EventFeed& feed, Outbox& outbox);
  void feed_is_over(EventFeed& feed, Outbox& outbox);
  // Makes a reader ready that awaits nothing any more.
  void settle(EventReader& reader, Outbox& outbox);
  // Azure's events and those of this process's operations, oldest first.
  Events events_of(const EventFeed& feed) const;
  static void tell(EventReader& reader, const Events& events, Outbox& outbox);
  static void close_when_over(EventReader& reader, Outbox& outbox);
  // Without the lock.
  void run(Outbox outbox);

  const Watch watch_;
  const WatchAll watch_all_;
  OperationTable& operations_;
  std::mutex mutex_;  // guards the rest, readers included
  std::map<std::string, FeedPtr> feeds_;
  std::vector<std::weak_ptr<EventReader>> followers_;  // whom environments may join
  bool lists_ = false;                                 // a watch of the list is there, or begins
  std::optional<dev8agent::Operation<dev8agent::Done>> list_watch_;
};

}  // namespace dev8agentd
