// Takes each connection through its phases: reads a request whole, has a worker answer it, waits with it for
// its operation, writes the answer, and starts again. Event loop's thread only.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "connection_table.h"
#include "deadlines.h"
#include "http_call.h"
#include "inbox.h"
#include "metrics.h"
#include "worker_pool.h"

namespace dev8agentd {

// How long a connection may take for what.
struct ConnectionTimes {
  std::chrono::milliseconds head = std::chrono::seconds(10);     // from a request's first byte
  std::chrono::milliseconds request = std::chrono::seconds(30);  // the same, with its body
  std::chrono::milliseconds write = std::chrono::seconds(15);    // of an answer
  std::chrono::milliseconds quiet = std::chrono::seconds(10);    // of a stream before a sign of life
  std::chrono::milliseconds idle = std::chrono::seconds(75);     // between requests
  std::chrono::milliseconds linger = std::chrono::seconds(1);    // of the client's end after ours
};

class ConnectionDriver {
 public:
  using TimePoint = Deadline::TimePoint;

  ConnectionDriver(ConnectionTable& table, ConnectionTimes times, CallFactory& calls, Metrics& metrics,
                   std::shared_ptr<Inbox> inbox);

  // The time of this turn of the loop.
  void set_now(TimePoint now) { now_ = now; }

  void opened(Connection& connection);
  // `events` of epoll(7) for a connection.
  void on_events(Connection& connection, std::uint32_t events);
  void on_message(Message message);
  // Ends or answers what is due; returns when to look next.
  TimePoint check_deadlines();
  // Goes on with connections that were interrupted so that others got their turn.
  void go_on();
  bool has_more() const { return !again_.empty(); }
  // From now on every answer is a connection's last one, and who waits is answered.
  void stop();

  // `reason` is a metric's label.
  void end(Connection& connection, const char* reason);

  // Work for the workers that this turn has brought; the caller takes it.
  std::vector<WorkerPool::Work>& work() { return work_; }
  std::vector<WorkerPool::Work>& probe_work() { return probe_work_; }

 private:
  void advance(Connection& connection);
  void read(Connection& connection);
  bool digest(Connection& connection);
  void note_unfinished(Connection& connection);
  bool invite_body(Connection& connection);
  void request(Connection& connection, RawRequest request, bool close);
  void hand_over(Connection& connection, Message (*step)(Call& call));
  void finish(Connection& connection);
  void wait(Connection& connection);
  void write(Connection& connection, Answer answer);
  void flush(Connection& connection);
  bool send_output(Connection& connection);
  void begin_stream(Connection& connection, std::shared_ptr<Stream> stream);
  void pump(Connection& connection);
  void show_life(Connection& connection);
  void answered(Connection& connection);
  void discard(Connection& connection);
  void due(Connection& connection);
  void hold(Connection& connection, std::size_t bytes);
  void set_deadline(Connection& connection, TimePoint due) {
    deadlines_.set(connection.deadline, connection.id, due);
  }

  ConnectionTable& table_;
  const ConnectionTimes times_;
  CallFactory& calls_;
  Metrics& metrics_;
  const std::shared_ptr<Inbox> inbox_;
  Deadlines deadlines_;
  TimePoint now_ = std::chrono::steady_clock::now();
  std::vector<ConnectionId> again_;
  std::vector<WorkerPool::Work> work_;
  std::vector<WorkerPool::Work> probe_work_;
  std::size_t held_ = 0;
  bool stopping_ = false;
  std::array<char, 65536> buffer_;
};

}  // namespace dev8agentd
