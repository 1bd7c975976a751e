// All streams, as weak references.
#include "streams.h"

#include <utility>

namespace dev8agentd {

std::shared_ptr<Stream> Streams::open(std::string sign_of_life, std::size_t bound) {
  std::lock_guard lock(mutex_);
  // The list is cleared of those that have ended when it would have to grow.
  if (streams_.size() == streams_.capacity() || streams_.size() >= kMost) {
    std::erase_if(streams_, [](const auto& weak) { return weak.expired(); });
  }
  if (closed_ || streams_.size() >= kMost) return nullptr;
  auto stream = std::make_shared<Stream>(std::move(sign_of_life), bound);
  streams_.push_back(stream);
  return stream;
}

void Streams::close_all() {
  std::vector<std::weak_ptr<Stream>> streams;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    streams.swap(streams_);
  }
  for (const auto& weak : streams) {
    if (const auto stream = weak.lock()) stream->close();
  }
}

}  // namespace dev8agentd
