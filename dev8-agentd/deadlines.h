// Which connections have a deadline, and which of them has passed. A deadline that moves to a later time
// costs nothing; its entry is looked at once and put back. Not thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <queue>
#include <vector>

namespace dev8agentd {

// A connection: the descriptor, and a serial number, as descriptors are used again.
struct ConnectionId {
  int descriptor = -1;
  std::uint32_t serial = 0;
};

// What a connection keeps of its deadline.
struct Deadline {
  using TimePoint = std::chrono::steady_clock::time_point;
  TimePoint due = TimePoint::max();    // max: none
  TimePoint entry = TimePoint::max();  // of its earliest entry in the queue
};

class Deadlines {
 public:
  using TimePoint = Deadline::TimePoint;

  void set(Deadline& deadline, ConnectionId id, TimePoint due);
  // Takes the next entry that is due; false when there is none.
  bool pop(TimePoint now, ConnectionId& id);
  // True when the popped deadline has passed; else it is put back for later.
  bool has_passed(Deadline& deadline, ConnectionId id, TimePoint now);

  // When to look next, max for never.
  TimePoint next() const { return entries_.empty() ? TimePoint::max() : entries_.top().time; }

 private:
  struct Entry {
    TimePoint time;
    ConnectionId id;
    bool operator>(const Entry& other) const { return time > other.time; }
  };
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> entries_;
};

}  // namespace dev8agentd
