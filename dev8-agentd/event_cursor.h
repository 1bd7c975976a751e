// EventCursor: which events a reader has been told. Its text is the `id:` of a server-sent event, which comes
// back as Last-Event-ID at any agent: "<event's id>.<digests of the events told last>[.<floor>]". So an event
// that Azure dates earlier than one already told is told once, whichever agent goes on. Not thread-safe.
//
//   auto cursor = EventCursor::read(request.header("Last-Event-ID"));
//   if (!cursor->has_told(event.id)) { cursor->note(event.id); send(cursor->text(), event); }
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace dev8agentd {

class EventCursor {
 public:
  // Of a reader who has been told nothing.
  EventCursor() = default;
  // What text() made, or the id of an event alone: then all up to that event counts as told. Empty: nothing
  // has been told. No value: malformed.
  static std::optional<EventCursor> read(std::string_view text);

  // True for events that were told, and for those up to the floor. Remembers the id of a digest.
  bool has_told(const std::string& event_id);
  // The event has been told now.
  void note(const std::string& event_id);
  // Empty before the first event.
  std::string text() const;

 private:
  static constexpr std::size_t kMost = 128;  // the text stays below 600 characters
  struct Told {
    std::uint32_t digest;  // 24 bits
    std::string id;        // empty: not seen since the cursor was read
  };

  std::deque<Told> told_;  // in the order of telling
  std::string floor_;      // the latest event that is no longer in told_
  std::string last_;       // told last
};

}  // namespace dev8agentd
