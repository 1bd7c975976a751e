// The answers of this process that go out as streams: how many there may be, and their end at shutdown. Any
// thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "stream.h"

namespace dev8agentd {

class Streams {
 public:
  // A new stream; null when there are too many, or the agent shuts down.
  std::shared_ptr<Stream> open(std::string sign_of_life, std::size_t bound);
  // Ends all of them; none is opened any more.
  void close_all();

 private:
  static constexpr std::size_t kMost = 4096;

  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::weak_ptr<Stream>> streams_;
};

}  // namespace dev8agentd
