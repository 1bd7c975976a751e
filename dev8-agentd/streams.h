// The answers of this process that go out as streams: how many there may be, and their end at shutdown. Any
// thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "stream.h"

namespace dev8agentd {

// Keeps no stream alive: one ends when its connection lets go of it.
class Streams {
 public:
  // A new stream; null when there are too many, or the agent shuts down. `sign_of_life` goes out while
  // nothing else does, so that proxies keep the connection. `bound`: bytes that may wait for a slow reader.
  std::shared_ptr<Stream> open(std::string sign_of_life, std::size_t bound);
  // Ends all of them; none is opened any more.
  void close_all();

 private:
  static constexpr std::size_t kMost = 4096;  // streams of all connections

  std::mutex mutex_;
  bool closed_ = false;  // close_all() was called
  std::vector<std::weak_ptr<Stream>> streams_;
};

}  // namespace dev8agentd
