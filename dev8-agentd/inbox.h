// Inbox: messages from workers and operations to the event loop. Any thread posts; the loop waits on the
// descriptor and takes everything at once. Held by shared pointers, because an operation may post after the
// front door has gone.
//
//   inbox->post({.kind = Message::Kind::kEnded, .id = id});  // on any thread
//   for (Message& message : inbox->take()) handle(message);  // on the loop
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "deadlines.h"
#include "http_call.h"

namespace dev8agentd {

// What has happened to the call of a connection. The connection may have ended meanwhile:
// ConnectionTable::find() shows that.
struct Message {
  enum class Kind {
    kAnswered,  // a worker has the answer
    kWaits,     // the call waits for its operation
    kEnded,     // the operation of a waiting call has ended
    kStreamed,  // a stream has something to send
    kStop,      // the loop ends
  };
  Kind kind;
  ConnectionId id{};       // of the connection; unused for kStop
  Answer answer{};         // for kAnswered
  std::uint32_t wait = 0;  // for kEnded: Connection::wait, because the connection may wait for another by now
};

class Inbox {
 public:
  // Throws std::system_error when the system has no descriptor to spare.
  Inbox();
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // An eventfd(2), readable while there are messages.
  int descriptor() const { return descriptor_; }
  // Appends a message and wakes the loop if it may be asleep. Never waits for the loop.
  void post(Message message);
  // All messages in the order of their posting; the inbox is empty afterwards. Never waits.
  std::vector<Message> take();

 private:
  const int descriptor_;
  std::mutex mutex_;  // for messages_
  std::vector<Message> messages_;
};

}  // namespace dev8agentd
