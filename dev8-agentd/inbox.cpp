// A vector and an eventfd.
#include "inbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace dev8agentd {

Inbox::Inbox() : descriptor_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Inbox::~Inbox() {
  close(descriptor_);
}

// One wake-up is enough for all messages until the loop takes them.
void Inbox::post(Message message) {
  std::unique_lock lock(mutex_);
  messages_.push_back(std::move(message));
  const bool first = messages_.size() == 1;
  lock.unlock();
  if (first) eventfd_write(descriptor_, 1);
}

std::vector<Message> Inbox::take() {
  eventfd_t count = 0;
  eventfd_read(descriptor_, &count);
  std::lock_guard lock(mutex_);
  return std::exchange(messages_, {});
}

}  // namespace dev8agentd
