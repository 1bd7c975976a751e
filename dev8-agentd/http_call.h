// Call: one request on its way to its answer, as the event loop and the workers hand it to each other. One of
// them has it at a time. It is the seam between connections and HTTP logic: the loop knows nothing about what
// is asked. RequestCalls is the implementation; tests have simpler ones.
//
//   begin() -> an Answer: done
//   begin() -> nothing: wait(), then finish() after `notify` or the deadline; or abandon() without an answer
//   at the deadline, waits_on() -> true: there is another deadline() to wait for
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "request_reader.h"

namespace dev8agentd {

class Stream;

// The bytes of an answer, with status line and headers, and whether the connection ends with it.
struct Answer {
  std::string bytes;
  bool close = false;
  std::shared_ptr<Stream> stream{};  // what follows the bytes, piece by piece
};

// Which thread begins and finishes a call.
enum class CallThread {
  kLoop,    // the event loop itself: an answer of a few microseconds, from what is at hand
  kProbe,   // a worker of its own, so that the answer never waits behind others
  kWorker,  // one of a few
};

// The comments say which thread calls. Calls never overlap, but those of one object may come from different
// threads.
class Call {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  virtual ~Call() = default;

  // On the loop.
  virtual CallThread thread() const = 0;
  // On its thread: the answer, or nothing when it has to wait for an operation. Must not block.
  virtual std::optional<Answer> begin() = 0;

  // The rest is only for a call that waits. On the loop: has `notify` called once, from any thread, when its
  // operation has ended; at once when it has ended already.
  virtual void wait(std::function<void()> notify) = 0;
  // On the loop: until when its caller may wait.
  virtual TimePoint deadline() const = 0;
  // On the loop, when deadline() has passed: true when the caller waits on, until what deadline() says then.
  virtual bool waits_on() { return false; }
  // On the loop: the caller no longer sends and has probably gone. It counts as waiting no longer, but an
  // answer is still tried.
  virtual void leave() = 0;
  // On its thread: the answer, whether the operation has ended or not.
  virtual Answer finish() = 0;
  // On the loop: the connection ended before the answer. The operation goes on.
  virtual void abandon() = 0;
};

// Makes the calls of a front door. Must outlive it.
class CallFactory {
 public:
  virtual ~CallFactory() = default;
  // On the loop: the call of a whole request, or of one that was refused while it was read
  // (RequestHead::fault is set). `close`: the connection ends with the answer, whatever the request says.
  // Never null.
  virtual std::shared_ptr<Call> make(RawRequest request, bool close) = 0;
};

}  // namespace dev8agentd
