// The system calls of epoll.
#include "epoll.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace dev8agentd {
namespace {
constexpr std::size_t kEventsPerTurn = 256;
}

Epoll::Epoll() : descriptor_(epoll_create1(EPOLL_CLOEXEC)), events_(kEventsPerTurn) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
}

Epoll::~Epoll() {
  close(descriptor_);
}

bool Epoll::watch_readable(int descriptor, std::uint64_t tag) {
  return add(descriptor, tag, EPOLLIN);
}

bool Epoll::watch_changes(int descriptor, std::uint64_t tag) {
  return add(descriptor, tag, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
}

void Epoll::unwatch(int descriptor) {
  epoll_ctl(descriptor_, EPOLL_CTL_DEL, descriptor, nullptr);
}

bool Epoll::add(int descriptor, std::uint64_t tag, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  return epoll_ctl(descriptor_, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

std::span<const epoll_event> Epoll::wait(std::chrono::steady_clock::time_point until) {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(1);
  const auto left = until - std::chrono::steady_clock::now();
  const auto timeout = left > kLongest ? kLongest : std::chrono::ceil<std::chrono::milliseconds>(left);
  const int milliseconds = static_cast<int>(std::max<std::int64_t>(timeout.count(), 0));
  const int count = epoll_wait(descriptor_, events_.data(), static_cast<int>(events_.size()), milliseconds);
  return {events_.data(), static_cast<std::size_t>(std::max(count, 0))};
}

}  // namespace dev8agentd
