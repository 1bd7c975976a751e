// Feeds and their readers. The lock is never held while somebody else's code runs.
#include "event_hub.h"

#include <algorithm>
#include <utility>

#include "dev8agent/wire.h"

namespace dev8agentd {

using dev8agent::EnvironmentEvent;
using dev8agent::EventPage;
using dev8agent::EventsRequest;

std::string event_text(const EnvironmentEvent& event) {
  return "id: " + event.id + "\nevent: " + std::string(to_string(event.type)) + "\ndata: " + to_json(event) +
         "\n\n";
}

void EventHub::run(Outbox outbox) {
  for (const auto& notice : outbox.notices) notice();
}

void EventHub::read(std::shared_ptr<EventReader> reader, const std::vector<EventsRequest>& requests,
                    std::function<void()> notify) {
  std::vector<std::pair<EventsRequest, FeedPtr>> to_start;
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    reader->notify_ = std::move(notify);
    ++reader->awaited_;  // not before all are entered
    for (const EventsRequest& request : requests) {
      const FeedPtr feed = enter(reader, request.id, outbox);
      if (feed) to_start.emplace_back(request, feed);
    }
    if (--reader->awaited_ == 0) settle(*reader, outbox);
  }
  run(std::move(outbox));
  for (const auto& [request, feed] : to_start) start(request, feed);
}

// The feed, if it is a new one that has to be started.
EventHub::FeedPtr EventHub::enter(const std::shared_ptr<EventReader>& reader, const std::string& id,
                                  Outbox& outbox) {
  FeedPtr& slot = feeds_[id];
  const bool is_new = !slot || slot->over;
  if (is_new) {
    outbox.released.push_back(slot);
    slot = std::make_shared<Feed>();
    slot->environment_id = id;
  }
  std::erase_if(slot->readers, [](const auto& weak) { return weak.expired(); });
  slot->readers.push_back(reader);
  reader->feeds_.push_back(slot);
  if (!slot->looked_at) ++reader->awaited_;
  return is_new ? slot : nullptr;
}

void EventHub::start(const EventsRequest& request, const FeedPtr& feed) {
  const auto watch = watch_(request, [this, weak = std::weak_ptr<Feed>(feed)](const EventPage& page) {
    if (const auto alive = weak.lock()) on_page(alive, page);
  });
  bool dropped = false;
  {
    std::lock_guard lock(mutex_);
    feed->watch = watch;
    dropped = feed->dropped;
  }
  if (dropped) watch.cancel();
  watch.on_done([this, weak = std::weak_ptr<Feed>(feed)](const dev8agent::Result<dev8agent::Done>& result) {
    if (const auto alive = weak.lock()) on_end(alive, result);
  });
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

std::vector<EnvironmentEvent> EventHub::events_of(const Feed& feed) const {
  std::vector<EnvironmentEvent> events = feed.page.events;
  for (const auto& record : operations_.list(feed.environment_id)) {
    for (EnvironmentEvent& event : stage_events(record, feed.page.azure_ahead))
      events.push_back(std::move(event));
  }
  dev8agent::sort_events(events);
  return events;
}

// What has not been told goes to all readers, worded once.
void EventHub::tell_news(Feed& feed, Outbox& outbox) {
  std::vector<EnvironmentEvent> news = events_of(feed);
  std::erase_if(news, [&](const EnvironmentEvent& event) { return !feed.told.insert(event.id).second; });
  if (news.empty()) return;
  std::string text;
  for (const EnvironmentEvent& event : news) text += event_text(event);
  const auto piece = std::make_shared<const std::string>(std::move(text));
  for (const auto& weak : feed.readers) {
    auto reader = weak.lock();
    if (!reader) continue;
    auto stream = reader->stream_.lock();
    if (stream) {
      stream->push(piece);
    } else if (reader->awaited_ == 0) {
      reader->first_events.insert(reader->first_events.end(), news.begin(), news.end());
    }
    outbox.released.push_back(std::move(reader));
    outbox.released.push_back(std::move(stream));
  }
}

void EventHub::look_is_there(Feed& feed, Outbox& outbox) {
  feed.looked_at = true;
  for (const EnvironmentEvent& event : events_of(feed)) feed.told.insert(event.id);
  for (const auto& weak : feed.readers) {
    auto reader = weak.lock();
    if (reader && --reader->awaited_ == 0) settle(*reader, outbox);
    outbox.released.push_back(std::move(reader));
  }
}

void EventHub::feed_is_over(Feed& feed, Outbox& outbox) {
  if (std::exchange(feed.over, true)) return;
  for (const auto& weak : feed.readers) {
    auto reader = weak.lock();
    if (reader) {
      ++reader->over_;
      close_when_over(*reader, outbox);
    }
    outbox.released.push_back(std::move(reader));
  }
}

void EventHub::close_when_over(EventReader& reader, Outbox& outbox) {
  auto stream = reader.stream_.lock();
  if (stream && reader.over_ >= reader.feeds_.size()) stream->close();
  outbox.released.push_back(std::move(stream));
}

// All environments of a reader have been looked at.
void EventHub::settle(EventReader& reader, Outbox& outbox) {
  std::size_t failed = 0;
  for (const auto& owned : reader.feeds_) {
    const Feed& feed = *std::static_pointer_cast<Feed>(owned);
    if (feed.error) {
      ++failed;
      reader.error = feed.error;
      continue;
    }
    for (EnvironmentEvent& event : events_of(feed)) {
      if (dev8agent::comes_after(event.id, reader.last_id_)) reader.first_events.push_back(std::move(event));
    }
  }
  if (failed < reader.feeds_.size()) reader.error.reset();
  dev8agent::sort_events(reader.first_events);
  reader.over_ = static_cast<std::size_t>(
      std::count_if(reader.feeds_.begin(), reader.feeds_.end(),
                    [](const auto& owned) { return std::static_pointer_cast<Feed>(owned)->over; }));
  reader.ready = true;
  outbox.notices.push_back(std::exchange(reader.notify_, nullptr));
}

void EventHub::begin(const std::shared_ptr<EventReader>& reader, const std::shared_ptr<Stream>& stream) {
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    std::string text;
    for (const EnvironmentEvent& event : std::exchange(reader->first_events, {})) text += event_text(event);
    stream->push(std::move(text));
    reader->stream_ = stream;
    close_when_over(*reader, outbox);
  }
  run(std::move(outbox));
}

void EventHub::leave(EventReader& reader) {
  std::vector<dev8agent::Operation<dev8agent::Done>> watches;
  {
    std::lock_guard lock(mutex_);
    for (const auto& owned : std::exchange(reader.feeds_, {})) {
      const auto feed = std::static_pointer_cast<Feed>(owned);
      std::erase_if(feed->readers, [&](const auto& weak) {
        const auto other = weak.lock();
        return !other || other.get() == &reader;
      });
      if (!feed->readers.empty()) continue;
      feed->dropped = true;
      const auto found = feeds_.find(feed->environment_id);
      if (found != feeds_.end() && found->second == feed) feeds_.erase(found);
      if (feed->watch) watches.push_back(*feed->watch);
    }
  }
  for (const auto& watch : watches) watch.cancel();
}

void EventHub::note_operation(const dev8agent::OperationRecord& record) {
  Outbox outbox;
  {
    std::lock_guard lock(mutex_);
    const auto found = feeds_.find(record.about.environment_id);
    if (found == feeds_.end() || !found->second->looked_at || found->second->over) return;
    tell_news(*found->second, outbox);
  }
  run(std::move(outbox));
}

std::size_t EventHub::feeds() {
  std::lock_guard lock(mutex_);
  return feeds_.size();
}

}  // namespace dev8agentd
