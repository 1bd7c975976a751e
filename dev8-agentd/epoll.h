// epoll(7) with the events that the front door wants. Not thread-safe.
#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

namespace dev8agentd {

class Epoll {
 public:
  Epoll();
  ~Epoll();
  Epoll(const Epoll&) = delete;
  Epoll& operator=(const Epoll&) = delete;

  // Tells as long as `descriptor` is readable.
  bool watch_readable(int descriptor, std::uint64_t tag);
  // Tells once about each change: bytes came, room to write, the other side ended.
  bool watch_changes(int descriptor, std::uint64_t tag);
  void unwatch(int descriptor);

  // The events that are there by `until`; valid until the next call.
  std::span<const epoll_event> wait(std::chrono::steady_clock::time_point until);

 private:
  bool add(int descriptor, std::uint64_t tag, std::uint32_t events);

  int descriptor_;
  std::vector<epoll_event> events_;
};

}  // namespace dev8agentd
