// epoll(7) with the two kinds of watching that the front door needs. Not thread-safe.
//
//   Epoll epoll;
//   epoll.watch_readable(listener.descriptor(), kListenerTag);
//   for (const epoll_event& event : epoll.wait(until)) handle(event.data.u64, event.events);
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace dev8agentd {

// A `tag` is any number of the caller's choice; it comes back in each event of its descriptor.
class Epoll {
 public:
  // Throws std::system_error when the system has no descriptor to spare.
  Epoll();
  ~Epoll();
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;

  // Reports, in every wait(), as long as `descriptor` is readable (level-triggered). False when the system
  // refuses.
  bool watch_readable(int descriptor, std::uint64_t tag);
  // Reports once for each change: bytes came, there is room to write, the other side ended (edge-triggered).
  // So the owner of the descriptor must read and write until EAGAIN. False when the system refuses.
  bool watch_changes(int descriptor, std::uint64_t tag);
  // A descriptor that is closed is unwatched by that.
  void unwatch(int descriptor);

  // Waits until there are events, or until `until`, for an hour at most. Returns the events, 256 at most;
  // none after the time is over or a signal came. They are valid until the next call.
  std::span<const epoll_event> wait(std::chrono::steady_clock::time_point until);

 private:
  bool add(int descriptor, std::uint64_t tag, std::uint32_t events);

  int descriptor_;
  std::vector<epoll_event> events_;  // filled by wait()
};

}  // namespace dev8agentd
