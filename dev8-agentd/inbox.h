// Messages from workers and operations to the event loop. Any thread posts; the loop waits on the descriptor
// and takes everything at once. Lives as long as anybody may still post.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "deadlines.h"
#include "http_call.h"

namespace dev8agentd {

struct Message {
  enum class Kind {
    kAnswered,  // a worker has the answer
    kWaits,     // the call waits for its operation
    kEnded,     // the operation of a waiting call has ended
    kStreamed,  // a stream has something to send
    kStop,      // the loop ends
  };
  Kind kind;
  ConnectionId id{};
  Answer answer{};
};

class Inbox {
 public:
  Inbox();
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Readable while there are messages.
  int descriptor() const { return descriptor_; }
  void post(Message message);
  std::vector<Message> take();

 private:
  const int descriptor_;
  std::mutex mutex_;
  std::vector<Message> messages_;
};

}  // namespace dev8agentd
