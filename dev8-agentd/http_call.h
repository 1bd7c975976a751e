// One request on its way to its answer, as the event loop and the workers hand it to each other: one of them
// has it at a time. The loop knows nothing about what is asked.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "request_reader.h"

namespace dev8agentd {

class Stream;

// The bytes of an answer, and whether the connection ends with them.
struct Answer {
  std::string bytes;
  bool close = false;
  std::shared_ptr<Stream> stream{};  // what follows the bytes, piece by piece
};

class Call {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Call() = default;

  // True for the probes, which have a worker of their own.
  virtual bool is_probe() const = 0;
  // On a worker: the answer, or nothing when it has to wait for an operation.
  virtual std::optional<Answer> begin() = 0;

  // The rest is for a call that waits. On the loop: has `notify` called once, from any thread, when its
  // operation has ended.
  virtual void wait(std::function<void()> notify) = 0;
  // How long its caller may wait.
  virtual TimePoint deadline() const = 0;
  // On the loop: the caller no longer sends and has probably gone; it counts as waiting no longer.
  virtual void leave() = 0;
  // On a worker: the answer, whether the operation has ended or not.
  virtual Answer finish() = 0;
  // On the loop: the connection ended before the answer.
  virtual void abandon() = 0;
};

// Makes calls for the loop: of a whole request, and of one that was refused while it was read. `close`: the
// connection ends with the answer whatever the request says.
class CallFactory {
 public:
  virtual ~CallFactory() = default;
  virtual std::shared_ptr<Call> make(RawRequest request, bool close) = 0;
};

}  // namespace dev8agentd
