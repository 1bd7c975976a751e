// Feeds and their readers. The lock is never held while somebody else's code runs.
#include "event_hub.h"

#include <algorithm>
#include <set>
#include <utility>

#include "dev8agent/wire.h"

namespace dev8agentd {

using dev8agent::EnvironmentEvent;
using dev8agent::EventPage;
using dev8agent::EventsRequest;
using dev8agent::ListedEnvironment;

namespace {

constexpr std::size_t kMostFeeds = 1000;  // of one reader; those that it named come on top

struct FeedReader {
  std::weak_ptr<EventReader> reader;
  bool awaits = false;  // the reader is not ready before this feed has been looked at
};

// One event as server-sent events have it. `id` comes back as Last-Event-ID.
std::string event_text(const EnvironmentEvent& event, const std::string& id) {
  return "id: " + id + "\nevent: " + std::string(to_string(event.type)) + "\ndata: " + to_json(event) +
         "\n\n";
}

}  // namespace

struct EventFeed {
  std::string environment_id{};
  std::optional<dev8agent::Operation<dev8agent::Done>> watch{};
  bool looked_at = false;
  bool over = false;     // the environment is gone, or cannot be watched
  bool dropped = false;  // nobody reads any more
  EventPage page{};
  std::set<std::string> told{};  // ids
  std::optional<dev8agent::Error> error{};
  std::vector<FeedReader> readers{};
};

EventHub::EventHub(Watch watch, WatchAll watch_all, OperationTable& operations)
    : watch_(std::move(watch)), watch_all_(std::move(watch_all)), operations_(operations) {}

void EventHub::run(Outbox outbox) {
  for (const auto& notice : outbox.notices) notice();
  for (const auto& [request, feed] : outbox.starts) start(request, feed);
}

void EventHub::read(std::shared_ptr<EventReader> reader, const std::vector<EventsRequest>& requests,
                    std::function<void()> notify) {
  Outbox outbox;
  bool begin_list = false;
  {
    std::lock_guard lock(mutex_);
    reader->notify_ = std::move(notify);
    ++reader->awaited_;  // not before all are entered
    for (const EventsRequest& request : requests) enter(reader, request, outbox);
    if (--reader->awaited_ == 0) settle(*reader, outbox);
    if (reader->follows_) {
      followers_.push_back(reader);
      begin_list = !std::exchange(lists_, true);
    }
  }
  run(std::move(outbox));
  if (begin_list) start_list();
}

void EventHub::enter(const std::shared_ptr<EventReader>& reader, const EventsRequest& request,
                     Outbox& outbox) {
  FeedPtr& feed = feeds_[request.id];
  if (!feed) {
    feed = std::make_shared<EventFeed>();
    feed->environment_id = request.id;
    outbox.starts.emplace_back(request, feed);
  }
  const bool awaits = !feed->looked_at && reader->awaited_ > 0;
  std::erase_if(feed->readers, [](const FeedReader& other) { return other.reader.expired(); });
  feed->readers.push_back({reader, awaits});
  reader->feeds_[request.id] = feed;
  if (awaits) ++reader->awaited_;
  if (feed->looked_at && reader->awaited_ == 0) tell(*reader, events_of(*feed), outbox);
}

// The environment joins the readers who follow it and do not read it yet.
void EventHub::offer(const ListedEnvironment& environment, Outbox& outbox) {
  for (const auto& weak : followers_) {
    auto reader = weak.lock();
    if (!reader) continue;
    const bool joins = !reader->feeds_.contains(environment.id) && reader->feeds_.size() < kMostFeeds &&
                       reader->follows_(environment);
    if (joins) enter(reader, {environment.id, environment.cloud_region}, outbox);
    outbox.released.push_back(std::move(reader));
  }
}

void EventHub::start(const EventsRequest& request, const FeedPtr& feed) {
  const auto watch = watch_(request, [this, weak = std::weak_ptr<EventFeed>(feed)](const EventPage& page) {
    if (const auto alive = weak.lock()) on_page(alive, page);
  });
  bool dropped = false;
  {
    std::lock_guard lock(mutex_);
    feed->watch = watch;
    dropped = feed->dropped;
  }
  if (dropped) watch.cancel();
  watch.on_done(
      [this, weak = std::weak_ptr<EventFeed>(feed)](const dev8agent::Result<dev8agent::Done>& result) {
        if (const auto alive = weak.lock()) on_end(alive, result);
      });
}

void EventHub::start_list() {
  const auto watch = watch_all_([this](const auto& environments) { on_list(environments); });
  std::unique_lock lock(mutex_);
  if (!followers_.empty()) {
    list_watch_ = watch;
    return;
  }
  lists_ = false;
  lock.unlock();
  watch.cancel();
}

void EventHub::on_list(const std::vector<ListedEnvironment>& environments) {
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    for (const ListedEnvironment& environment : environments) offer(environment, outbox);
  }
  run(std::move(outbox));
}

void EventHub::on_page(const FeedPtr& feed, const EventPage& page) {
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    feed->page = page;
    if (feed->looked_at) {
      tell_news(*feed, outbox);
    } else {
      look_is_there(*feed, outbox);
    }
    if (page.gone) feed_is_over(*feed, outbox);
  }
  run(std::move(outbox));
}

void EventHub::on_end(const FeedPtr& feed, const dev8agent::Result<dev8agent::Done>& result) {
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    if (!result.ok()) feed->error = result.error();
    if (!feed->looked_at) look_is_there(*feed, outbox);
    feed_is_over(*feed, outbox);
  }
  run(std::move(outbox));
}

EventHub::Events EventHub::events_of(const EventFeed& feed) const {
  if (feed.error) return {};
  Events events = feed.page.events;
  for (const auto& record : operations_.list({.environment_id = feed.environment_id}).records) {
    for (EnvironmentEvent& event : stage_events(record, feed.page.azure_ahead))
      events.push_back(std::move(event));
  }
  dev8agent::sort_events(events);
  return events;
}

// To a reader who is ready, what it has not been told.
void EventHub::tell(EventReader& reader, const Events& events, Outbox& outbox) {
  auto stream = reader.stream_.lock();
  std::string text;
  for (const EnvironmentEvent& event : events) {
    if (reader.cursor_.has_told(event.id)) continue;
    if (!stream) {
      reader.first_events_.push_back(event);
      continue;
    }
    reader.cursor_.note(event.id);
    text += event_text(event, reader.cursor_.text());
  }
  if (stream) stream->push(std::move(text));
  outbox.released.push_back(std::move(stream));
}

// What has not been told goes to all readers. `told` is a filter for all of them at once, which saves time.
// Whether one reader has been told an event is decided by its cursor.
void EventHub::tell_news(EventFeed& feed, Outbox& outbox) {
  Events news = events_of(feed);
  std::erase_if(news, [&](const EnvironmentEvent& event) { return !feed.told.insert(event.id).second; });
  if (news.empty()) return;
  for (const FeedReader& other : feed.readers) {
    auto reader = other.reader.lock();
    if (reader && reader->awaited_ == 0) tell(*reader, news, outbox);
    outbox.released.push_back(std::move(reader));
  }
}

void EventHub::look_is_there(EventFeed& feed, Outbox& outbox) {
  feed.looked_at = true;
  const Events events = events_of(feed);
  for (const EnvironmentEvent& event : events) feed.told.insert(event.id);
  for (FeedReader& other : feed.readers) {
    auto reader = other.reader.lock();
    if (!reader) continue;
    if (!std::exchange(other.awaits, false)) {
      tell(*reader, events, outbox);
    } else if (--reader->awaited_ == 0) {
      settle(*reader, outbox);
    }
    outbox.released.push_back(std::move(reader));
  }
}

void EventHub::feed_is_over(EventFeed& feed, Outbox& outbox) {
  if (std::exchange(feed.over, true)) return;
  const auto found = feeds_.find(feed.environment_id);
  if (found != feeds_.end() && found->second.get() == &feed) {
    outbox.released.push_back(std::move(found->second));
    feeds_.erase(found);
  }
  for (const FeedReader& other : feed.readers) {
    auto reader = other.reader.lock();
    if (reader && reader->awaited_ == 0) {
      reader->feeds_.erase(feed.environment_id);
      close_when_over(*reader, outbox);
    }
    outbox.released.push_back(std::move(reader));
  }
}

void EventHub::close_when_over(EventReader& reader, Outbox& outbox) {
  auto stream = reader.stream_.lock();
  if (stream && !reader.follows_ && reader.feeds_.empty()) stream->close();
  outbox.released.push_back(std::move(stream));
}

// All environments of a reader have been looked at.
void EventHub::settle(EventReader& reader, Outbox& outbox) {
  Events events;
  bool any = false;
  for (const auto& [id, feed] : reader.feeds_) {
    if (feed->error) reader.error = feed->error;
    any = any || !feed->error;
    for (EnvironmentEvent& event : events_of(*feed)) events.push_back(std::move(event));
  }
  if (any) reader.error.reset();
  dev8agent::sort_events(events);
  tell(reader, events, outbox);
  std::erase_if(reader.feeds_, [&](const auto& entry) { return entry.second->over; });
  reader.ready = true;
  outbox.notices.push_back(std::exchange(reader.notify_, nullptr));
}

EventHub::Events EventHub::take_first_events(EventReader& reader) {
  std::lock_guard lock(mutex_);
  Events events = std::exchange(reader.first_events_, {});
  dev8agent::sort_events(events);
  return events;
}

void EventHub::begin(const std::shared_ptr<EventReader>& reader, const std::shared_ptr<Stream>& stream) {
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    reader->stream_ = stream;
    tell(*reader, std::exchange(reader->first_events_, {}), outbox);
    close_when_over(*reader, outbox);
  }
  run(std::move(outbox));
}

void EventHub::leave(EventReader& reader) {
  std::vector<dev8agent::Operation<dev8agent::Done>> watches;
  {
    std::lock_guard lock(mutex_);
    const auto is_reader = [&](const std::weak_ptr<EventReader>& weak) {
      const auto other = weak.lock();
      return !other || other.get() == &reader;
    };
    for (const auto& [id, feed] : std::exchange(reader.feeds_, {})) {
      std::erase_if(feed->readers, [&](const FeedReader& other) { return is_reader(other.reader); });
      if (!feed->readers.empty()) continue;
      feed->dropped = true;
      const auto found = feeds_.find(id);
      if (found != feeds_.end() && found->second == feed) feeds_.erase(found);
      if (feed->watch) watches.push_back(*feed->watch);
    }
    std::erase_if(followers_, is_reader);
    if (followers_.empty() && list_watch_) {
      watches.push_back(*std::exchange(list_watch_, std::nullopt));
      lists_ = false;
    }
  }
  for (const auto& watch : watches) watch.cancel();
}

// A create is offered from its second stage on: before that, a watch would not find it.
void EventHub::note_operation(const dev8agent::OperationRecord& record, const std::string& user) {
  const dev8agent::OperationId& about = record.about;
  const bool creates =
      about.kind == dev8agent::OperationKind::kCreate && record.stages.size() > 1 && !record.ended();
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    if (creates) offer({about.environment_id, "", user}, outbox);
    const auto found = feeds_.find(about.environment_id);
    if (found != feeds_.end() && found->second->looked_at) tell_news(*found->second, outbox);
  }
  run(std::move(outbox));
}

std::size_t EventHub::feeds() {
  std::lock_guard lock(mutex_);
  return feeds_.size();
}

}  // namespace dev8agentd
