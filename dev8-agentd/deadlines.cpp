// The queue of deadlines.
#include "deadlines.h"

namespace dev8agentd {

void Deadlines::set(Deadline& deadline, ConnectionId id, TimePoint due) {
  deadline.due = due;
  if (due >= deadline.entry) return;
  deadline.entry = due;
  entries_.push({due, id});
}

bool Deadlines::pop(TimePoint now, ConnectionId& id) {
  if (entries_.empty() || entries_.top().time > now) return false;
  id = entries_.top().id;
  entries_.pop();
  return true;
}

bool Deadlines::has_passed(Deadline& deadline, ConnectionId id, TimePoint now) {
  if (deadline.entry > now) return false;  // the popped entry was an older one
  deadline.entry = TimePoint::max();
  if (deadline.due <= now) return true;
  if (deadline.due != TimePoint::max()) set(deadline, id, deadline.due);
  return false;
}

}  // namespace dev8agentd
