// Deadlines: which connections have a deadline, and which of them has passed. A deadline that moves to a
// later time costs nothing: its entry in the queue stays, is looked at when it is due, and is put back then.
// Only a move to an earlier time adds an entry. Not thread-safe.
//
//   deadlines.set(connection.deadline, connection.id, now + seconds(10));
//   for (ConnectionId id; deadlines.pop(now, id);) {
//     Connection* connection = table.find(id);  // null: it has ended
//     if (connection && deadlines.has_passed(connection->deadline, id, now)) due(*connection);
//   }
#pragma once

#include <chrono>
#include <cstdint>
#include <queue>
#include <vector>

namespace dev8agentd {

// A connection: its descriptor, and a serial number, because the system uses descriptors again.
struct ConnectionId {
  int descriptor = -1;
  std::uint32_t serial = 0;
};

// What a connection keeps of its deadline. Only Deadlines writes to it.
struct Deadline {
  using TimePoint = std::chrono::steady_clock::time_point;
  TimePoint due = TimePoint::max();    // max: none
  TimePoint entry = TimePoint::max();  // of its earliest entry in the queue
};

class Deadlines {
 public:
  using TimePoint = Deadline::TimePoint;

  // Moves the deadline of connection `id` to `due`; TimePoint::max() takes it away.
  void set(Deadline& deadline, ConnectionId id, TimePoint due);
  // Takes the next entry that is due; false when there is none. The entry may be outdated, so each is
  // followed by has_passed().
  bool pop(TimePoint now, ConnectionId& id);
  // True when the deadline of the popped entry has passed. Else the entry is put back for the later time, or
  // dropped when it was an older one of the connection.
  bool has_passed(Deadline& deadline, ConnectionId id, TimePoint now);

  // When to look next, TimePoint::max() for never. It may be earlier than the earliest deadline, never later.
  TimePoint next() const { return entries_.empty() ? TimePoint::max() : entries_.top().time; }

 private:
  // The queue's order is by time, the earliest on top.
  struct Entry {
    TimePoint time;
    ConnectionId id;
    bool operator>(const Entry& other) const { return time > other.time; }
  };
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> entries_;
};

}  // namespace dev8agentd
