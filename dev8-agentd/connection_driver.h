// ConnectionDriver takes each connection through its phases: it reads a request whole, has a worker answer it
// or answers it at once, waits with it for its operation, writes the answer, and starts again. It reads and
// writes the sockets; FrontDoor owns epoll, the listener and the workers. Event loop's thread only.
//
// Each turn of the loop calls, in this order: set_now(), go_on(), on_events() and on_message() for what has
// come, check_deadlines(), and then hands work() and probe_work() to the workers.
#pragma once

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <vector>

#include "connection_table.h"
#include "deadlines.h"
#include "http_call.h"
#include "inbox.h"
#include "metrics.h"
#include "occasional_log.h"
#include "tls_identity.h"
#include "worker_pool.h"

namespace dev8agentd {

// How long a connection may take for what. A request that is late gets 408, an idle connection is closed, and
// so is one whose client does not read its answer.
struct ConnectionTimes {
  std::chrono::milliseconds head = std::chrono::seconds(10);  // from a request's first byte; of a handshake
  std::chrono::milliseconds request = std::chrono::seconds(30);  // the same, with its body
  std::chrono::milliseconds write = std::chrono::seconds(15);    // of an answer
  std::chrono::milliseconds quiet = std::chrono::seconds(10);    // of a stream before a sign of life
  std::chrono::milliseconds idle = std::chrono::seconds(75);     // between requests
  std::chrono::milliseconds linger = std::chrono::seconds(1);    // of the client's end after ours
};

class ConnectionDriver {
 public:
  using TimePoint = Deadline::TimePoint;

  // The references must outlive the driver. `inbox` is shared with the work that it hands out, which may end
  // after the driver. With a context in `tls` new connections speak TLS; null: none does. What fails in
  // handshakes goes to `handshakes`.
  ConnectionDriver(ConnectionTable& table, ConnectionTimes times, CallFactory& calls, Metrics& metrics,
                   std::shared_ptr<Inbox> inbox, const TlsIdentity* tls, OccasionalLog& handshakes);

  // The time of this turn of the loop: all deadlines are counted from it.
  void set_now(TimePoint now) { now_ = now; }

  // A connection that was just added to the table.
  void opened(Connection& connection);
  // `events` of epoll(7) for a connection, watched edge-triggered: EPOLLIN, EPOLLRDHUP, EPOLLERR, EPOLLHUP.
  // The connection may be gone afterwards.
  void on_events(Connection& connection, std::uint32_t events);
  // What a worker or an operation has posted. Messages about a connection that has ended are dropped.
  void on_message(Message message);
  // Ends or answers what is due. Returns when to look next, TimePoint::max() for never.
  TimePoint check_deadlines();
  // Goes on with connections that were interrupted so that others got their turn: one reads at most four
  // times 64 KiB in a turn, and pipelined requests are answered one by one. Goes on with one handshake, the
  // one that has waited for longest: a signature takes as long as dozens of small answers.
  void go_on();
  // True when go_on() has something to do: then the loop must not wait.
  bool has_more() const { return !again_.empty() || !turns_.empty(); }
  // From now on every answer is the last one of its connection. Connections without a whole request are
  // closed; callers who wait are answered at once.
  void stop();

  // Closes the connection and forgets it. `reason` is a metric's label; see Metrics::connection_closed().
  void end(Connection& connection, const char* reason);

  // Work that this turn has brought, for the caller to take, apart for the worker of CallThread::kProbe.
  std::vector<WorkerPool::Work>& work() { return work_; }
  std::vector<WorkerPool::Work>& probe_work() { return probe_work_; }

 private:
  // Does what the phase asks for, as far as it goes without waiting.
  void advance(Connection& connection);
  // Has go_on() go on with the handshake, behind those that wait already.
  void await_turn(Connection& connection);
  // Goes on with the handshake whose turn it is, if there is one.
  void take_turn();
  void shake_hands(Connection& connection);
  // Goes on when the handshake has ended in some way.
  void shaken(Connection& connection, TlsSession::Progress outcome);
  void fail_handshake(Connection& connection, const char* cause);
  void read(Connection& connection);
  // Looks for a whole request in the bytes that have come. True when more bytes are needed.
  bool digest(Connection& connection);
  // Sets phase and deadline of a connection whose next request has not come, or only in part.
  void note_unfinished(Connection& connection);
  // The connection waits for the next request.
  void rest(Connection& connection);
  // Sends "100 Continue". False when the connection has ended.
  bool invite_body(Connection& connection);
  // Makes the call of a request, whole or refused, and hands it over.
  void request(Connection& connection, RawRequest request, bool close);
  // Has `step` of the connection's call done by its thread: at once, or as work whose result comes back as a
  // message. The connection may be gone afterwards.
  void hand_over(Connection& connection, Message (*step)(Call& call));
  // Has the answer of a waiting call written, whether its operation has ended or not.
  void finish(Connection& connection);
  void wait(Connection& connection);
  void write(Connection& connection, Answer answer);
  void flush(Connection& connection);
  bool send_output(Connection& connection);
  void begin_stream(Connection& connection, std::shared_ptr<Stream> stream);
  void pump(Connection& connection);
  void show_life(Connection& connection);
  void answered(Connection& connection);
  // Reads and drops what a client still sends behind its last answer.
  void discard(Connection& connection);
  // Reads what has come. True when the deadline counts all the same.
  bool is_still_due(Connection& connection);
  // What follows when the deadline of the phase has passed.
  void due(Connection& connection);
  // Notes how many bytes the connection keeps. Over 32 MiB in all, the slowest other ones are ended.
  void hold(Connection& connection, std::size_t bytes);
  void set_deadline(Connection& connection, TimePoint due) {
    deadlines_.set(connection.deadline, connection.id, due);
  }

  ConnectionTable& table_;
  const ConnectionTimes times_;
  CallFactory& calls_;
  Metrics& metrics_;
  const std::shared_ptr<Inbox> inbox_;
  const TlsIdentity* const tls_;
  OccasionalLog& handshakes_;
  Deadlines deadlines_;
  TimePoint now_ = std::chrono::steady_clock::now();
  std::vector<ConnectionId> again_;  // for go_on()
  std::deque<ConnectionId> turns_;   // handshakes that can go on, in their order; some may be gone
  std::vector<WorkerPool::Work> work_;
  std::vector<WorkerPool::Work> probe_work_;
  std::size_t held_ = 0;  // sum of Connection::held
  bool stopping_ = false;
  std::array<char, 65536> buffer_;  // for every recv(2); holds nothing between two
};

}  // namespace dev8agentd
