// One client's connection as the event loop keeps it. A few hundred bytes while it is idle: what a request
// needs is there only while there is one.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "deadlines.h"
#include "http_call.h"
#include "request_reader.h"

namespace dev8agentd {

enum class Phase {
  kIdle,       // between requests
  kReading,    // a request has begun
  kWorking,    // a worker has it
  kWaiting,    // it waits for its operation
  kLeft,       // the same, but its caller no longer sends and has probably gone
  kWriting,    // the answer goes out
  kStreaming,  // its head is out or goes out, and pieces follow as they come
  kLingering,  // the writing side is shut; what still comes is dropped
};
inline constexpr std::size_t kPhases = 8;

struct Connection {
  ConnectionId id;
  std::string address;  // of the client, without port
  Phase phase = Phase::kIdle;
  Deadline::TimePoint since{};  // of a request's first byte
  Deadline deadline{};
  bool readable = true;      // there may be bytes to read
  bool peer_ended = false;   // the client sends nothing any more
  bool close_after = false;  // the connection ends with the current answer

  std::unique_ptr<RequestReader> reader{};
  std::shared_ptr<Call> call{};
  std::shared_ptr<Stream> stream{};
  std::string output{};
  std::size_t written = 0;
  std::size_t held = 0;  // bytes of requests and answers that count against the loop's bound

  // recv(2) and send(2) without waiting: the count, 0 at the end of the stream, -EAGAIN when it must wait, or
  // another negative errno.
  ssize_t receive(char* buffer, std::size_t size) const;
  ssize_t send(std::string_view bytes) const;
};

}  // namespace dev8agentd
