// The phases of a connection.
#include "connection_driver.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "stream.h"

namespace dev8agentd {
namespace {

constexpr int kReadsPerTurn = 4;
constexpr std::size_t kMaxHeld = std::size_t{32} << 20;  // of all requests and answers together
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kSpeakTls =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 34\r\nConnection: close\r\n\r\n"
    "This port speaks TLS: use https.\r\n";

RawRequest refused(const Fault& fault) {
  RawRequest request;
  request.head.fault = fault;
  return request;
}

Message begin(Call& call) {
  auto answer = call.begin();
  if (!answer) return {.kind = Message::Kind::kWaits};
  return {.kind = Message::Kind::kAnswered, .answer = std::move(*answer)};
}

Message finish_call(Call& call) {
  return {.kind = Message::Kind::kAnswered, .answer = call.finish()};
}

// True when there are bytes to read, or the peer has ended.
bool is_readable(int socket) {
  char byte = 0;
  return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
}

}  // namespace

ConnectionDriver::ConnectionDriver(ConnectionTable& table, ConnectionTimes times, CallFactory& calls,
                                   Metrics& metrics, std::shared_ptr<Inbox> inbox, const TlsIdentity* tls,
                                   OccasionalLog& handshakes)
    : table_(table),
      times_(times),
      calls_(calls),
      metrics_(metrics),
      inbox_(std::move(inbox)),
      tls_(tls),
      handshakes_(handshakes) {}

void ConnectionDriver::opened(Connection& connection) {
  metrics_.connection_opened();
  const bool plain = tls_ == nullptr || tls_->context() == nullptr;
  set_deadline(connection, now_ + (plain ? times_.idle : times_.head));
  if (plain) return;
  connection.readable = false;  // TLS takes memory from the client's first byte on
  table_.move(connection, Phase::kHandshaking);
}

void ConnectionDriver::end(Connection& connection, const char* reason) {
  const bool waits = connection.phase == Phase::kWaiting || connection.phase == Phase::kLeft;
  if (waits) connection.call->abandon();
  held_ -= connection.held;
  if (connection.stream) metrics_.stream_ended();
  metrics_.connection_closed(reason);  // before the client can see it
  if (connection.tls) connection.tls->say_end();
  table_.remove(connection);
}

void ConnectionDriver::on_events(Connection& connection, std::uint32_t events) {
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) return end(connection, "client");
  if ((events & EPOLLRDHUP) != 0) connection.peer_ended = true;
  const bool may_go_on = (events & EPOLLOUT) != 0 && connection.tls && connection.tls->wants_room();
  if ((events & (EPOLLIN | EPOLLRDHUP)) != 0 || may_go_on) connection.readable = true;
  advance(connection);
}

void ConnectionDriver::advance(Connection& connection) {
  switch (connection.phase) {
    case Phase::kHandshaking:
      return await_turn(connection);
    case Phase::kIdle:
    case Phase::kReading:
      return read(connection);
    case Phase::kWaiting:
      if (!connection.peer_ended) return;
      connection.call->leave();
      return table_.move(connection, Phase::kLeft);
    case Phase::kWriting:
      return flush(connection);
    case Phase::kStreaming:
      return connection.peer_ended ? end(connection, "client") : pump(connection);
    case Phase::kLingering:
      return discard(connection);
    case Phase::kWorking:
    case Phase::kLeft:
      return;
  }
}

void ConnectionDriver::await_turn(Connection& connection) {
  if (connection.readable && !std::exchange(connection.in_turn, true)) turns_.push_back(connection.id);
}

void ConnectionDriver::take_turn() {
  Connection* connection = nullptr;
  while (connection == nullptr && !turns_.empty()) {
    connection = table_.find(turns_.front());
    turns_.pop_front();
  }
  if (connection == nullptr) return;
  connection->in_turn = false;
  shake_hands(*connection);
}

void ConnectionDriver::shake_hands(Connection& connection) {
  if (!connection.tls) connection.tls = TlsSession::make(*tls_->context(), connection.id.descriptor);
  if (!connection.tls) return end(connection, "error");
  for (int count = 0; connection.readable; ++count) {
    if (count == kReadsPerTurn) return again_.push_back(connection.id);
    const auto progress = connection.handshake();
    if (progress != TlsSession::Progress::kUnfinished) return shaken(connection, progress);
  }
  hold(connection, 0);
}

void ConnectionDriver::shaken(Connection& connection, TlsSession::Progress outcome) {
  switch (outcome) {
    case TlsSession::Progress::kUnfinished:
      return;
    case TlsSession::Progress::kDone:
      rest(connection);
      return read(connection);
    case TlsSession::Progress::kPlainText:
      handshakes_.note(now_, "plain HTTP");
      connection.tls.reset();
      return write(connection, {.bytes = std::string(kSpeakTls), .close = true});
    case TlsSession::Progress::kRefused:
      return fail_handshake(connection, connection.tls->failure());
    case TlsSession::Progress::kGone:
      return end(connection, "client");
  }
}

void ConnectionDriver::fail_handshake(Connection& connection, const char* cause) {
  handshakes_.note(now_, cause);
  end(connection, "handshake");
}

void ConnectionDriver::read(Connection& connection) {
  for (int count = 0; connection.readable; ++count) {
    if (count == kReadsPerTurn) return again_.push_back(connection.id);
    const ssize_t size = connection.receive(buffer_.data(), buffer_.size());
    if (size == -EAGAIN) {
      note_unfinished(connection);
      continue;
    }
    if (size <= 0) return end(connection, "client");
    if (!connection.reader) connection.reader = std::make_unique<RequestReader>();
    connection.reader->add({buffer_.data(), static_cast<std::size_t>(size)});
    if (!digest(connection)) return;
  }
}

// True when more bytes are needed; false when the connection went into another phase or ended.
bool ConnectionDriver::digest(Connection& connection) {
  RequestReader& reader = *connection.reader;
  switch (reader.next()) {
    case RequestReader::Step::kContinue:
      note_unfinished(connection);
      return invite_body(connection);
    case RequestReader::Step::kMore:
      note_unfinished(connection);
      return true;
    case RequestReader::Step::kWhole:
      request(connection, reader.take(), false);
      return false;
    case RequestReader::Step::kBroken:
      request(connection, refused(reader.fault()), true);
      return false;
  }
  return true;
}

// A part of a record of TLS is a part of a request, too.
void ConnectionDriver::note_unfinished(Connection& connection) {
  const bool begun = connection.reader && connection.reader->started();
  if (!begun && connection.buffered() == 0) {
    connection.reader.reset();
    return connection.phase == Phase::kReading ? rest(connection) : void();
  }
  if (!connection.reader) connection.reader = std::make_unique<RequestReader>();
  hold(connection, connection.reader->size());
  if (connection.phase == Phase::kIdle) {
    connection.since = now_;
    table_.move(connection, Phase::kReading);
  }
  set_deadline(connection, connection.since + (connection.reader->in_body() ? times_.request : times_.head));
}

void ConnectionDriver::rest(Connection& connection) {
  hold(connection, 0);
  table_.move(connection, Phase::kIdle);
  set_deadline(connection, now_ + times_.idle);
}

bool ConnectionDriver::invite_body(Connection& connection) {
  if (connection.send(kContinue) == static_cast<ssize_t>(kContinue.size())) return true;
  end(connection, "client");
  return false;
}

void ConnectionDriver::request(Connection& connection, RawRequest request, bool close) {
  connection.close_after = close || stopping_;
  hold(connection, request.body.size() + connection.reader->size());
  request.remote_address = connection.address;
  connection.call = calls_.make(std::move(request), connection.close_after);
  if (close || !connection.reader->started()) connection.reader.reset();
  table_.move(connection, Phase::kWorking);
  hand_over(connection, begin);
}

void ConnectionDriver::hand_over(Connection& connection, Message (*step)(Call& call)) {
  set_deadline(connection, TimePoint::max());
  const CallThread thread = connection.call->thread();
  if (thread == CallThread::kLoop) {
    Message message = step(*connection.call);
    message.id = connection.id;
    return on_message(std::move(message));
  }
  auto& queue = thread == CallThread::kProbe ? probe_work_ : work_;
  queue.push_back([inbox = inbox_, call = connection.call, id = connection.id, step] {
    Message message = step(*call);
    message.id = id;
    inbox->post(std::move(message));
  });
}

void ConnectionDriver::on_message(Message message) {
  Connection* connection = table_.find(message.id);
  if (connection == nullptr) return;
  const bool waits = connection->phase == Phase::kWaiting || connection->phase == Phase::kLeft;
  switch (message.kind) {
    case Message::Kind::kAnswered:
      return write(*connection, std::move(message.answer));
    case Message::Kind::kWaits:
      return wait(*connection);
    case Message::Kind::kEnded:
      return waits && message.wait == connection->wait ? finish(*connection) : void();
    case Message::Kind::kStreamed:
      return connection->phase == Phase::kStreaming ? pump(*connection) : void();
    case Message::Kind::kStop:
      return;
  }
}

void ConnectionDriver::wait(Connection& connection) {
  hold(connection, connection.reader ? connection.reader->size() : 0);
  table_.move(connection, Phase::kWaiting);
  set_deadline(connection, connection.call->deadline());
  connection.call->wait([inbox = inbox_, id = connection.id, wait = ++connection.wait] {
    inbox->post({.kind = Message::Kind::kEnded, .id = id, .wait = wait});
  });
  if (stopping_) return finish(connection);
  advance(connection);
}

void ConnectionDriver::finish(Connection& connection) {
  table_.move(connection, Phase::kWorking);
  hand_over(connection, finish_call);
}

void ConnectionDriver::write(Connection& connection, Answer answer) {
  connection.call.reset();
  connection.close_after = connection.close_after || answer.close || stopping_;
  connection.output = std::move(answer.bytes);
  connection.written = 0;
  if (answer.stream) {
    hold(connection, connection.output.size());
    return begin_stream(connection, std::move(answer.stream));
  }
  table_.move(connection, Phase::kWriting);
  set_deadline(connection, now_ + times_.write);
  hold(connection, connection.output.size());
  flush(connection);
}

// False when the client reads too slowly at the moment, or the connection has ended.
bool ConnectionDriver::send_output(Connection& connection) {
  while (connection.written < connection.output.size()) {
    const ssize_t size = connection.send(std::string_view(connection.output).substr(connection.written));
    if (size == -EAGAIN) return false;
    if (size < 0) {
      end(connection, "client");
      return false;
    }
    connection.written += static_cast<std::size_t>(size);
  }
  return true;
}

void ConnectionDriver::flush(Connection& connection) {
  if (send_output(connection)) answered(connection);
}

void ConnectionDriver::begin_stream(Connection& connection, std::shared_ptr<Stream> stream) {
  connection.stream = std::move(stream);
  metrics_.stream_begun();
  table_.move(connection, Phase::kStreaming);
  set_deadline(connection, now_ + times_.write);
  if (stopping_) connection.stream->close();
  connection.stream->attach(
      [inbox = inbox_, id = connection.id] { inbox->post({.kind = Message::Kind::kStreamed, .id = id}); });
  advance(connection);
}

// Sends what the stream has, as far as the client takes it.
void ConnectionDriver::pump(Connection& connection) {
  for (;;) {
    if (!send_output(connection)) return;
    connection.output.clear();
    connection.written = 0;
    const Stream::State state = connection.stream->take(connection.output);
    if (state == Stream::State::kTooSlow) return end(connection, "slow_reader");
    if (state == Stream::State::kEnded) {
      metrics_.stream_ended();
      connection.stream.reset();
      connection.close_after = connection.close_after || stopping_;
      table_.move(connection, Phase::kWriting);
    }
    const bool quiet = connection.output.empty();
    if (quiet) std::string().swap(connection.output);
    hold(connection, connection.output.size());
    set_deadline(connection, now_ + (quiet ? times_.quiet : times_.write));
    if (state == Stream::State::kEnded) return flush(connection);
    if (quiet) return;
  }
}

// A stream has been quiet for a while, or its client takes nothing any more.
void ConnectionDriver::show_life(Connection& connection) {
  if (!connection.output.empty()) return end(connection, "slow_reader");
  connection.stream->add_sign_of_life(connection.output);
  set_deadline(connection, now_ + (connection.output.empty() ? times_.quiet : times_.write));
  if (!connection.output.empty()) pump(connection);
}

void ConnectionDriver::answered(Connection& connection) {
  std::string().swap(connection.output);
  if (connection.close_after) {
    // What the client still sends is read, so that its arrival does not destroy the answer on its way.
    if (!connection.end_sending()) return;
    connection.reader.reset();
    hold(connection, 0);
    connection.readable = true;
    table_.move(connection, Phase::kLingering);
    set_deadline(connection, now_ + times_.linger);
    return discard(connection);
  }
  rest(connection);
  if (connection.reader || connection.readable) again_.push_back(connection.id);
}

void ConnectionDriver::discard(Connection& connection) {
  for (int count = 0; connection.readable; ++count) {
    if (count == kReadsPerTurn) return again_.push_back(connection.id);
    const ssize_t size = connection.receive(buffer_.data(), buffer_.size());
    if (size <= 0 && size != -EAGAIN) return end(connection, "answered");
  }
}

void ConnectionDriver::go_on() {
  take_turn();
  for (const ConnectionId id : std::exchange(again_, {})) {
    Connection* connection = table_.find(id);
    if (connection == nullptr) continue;
    const bool leftover = connection->phase == Phase::kIdle && connection->reader;
    if (!leftover || digest(*connection)) advance(*connection);
  }
}

ConnectionDriver::TimePoint ConnectionDriver::check_deadlines() {
  ConnectionId id;
  while (deadlines_.pop(now_, id)) {
    Connection* connection = table_.find(id);
    if (connection != nullptr && deadlines_.has_passed(connection->deadline, id, now_)) due(*connection);
  }
  return deadlines_.next();
}

// After a stall of the loop, the event of bytes that came in time may be in a later batch than the deadline.
bool ConnectionDriver::is_still_due(Connection& connection) {
  const ConnectionId id = connection.id;
  // A handshake only takes a new turn here, which is none of its own when nothing has come.
  if (connection.phase == Phase::kHandshaking && !is_readable(id.descriptor)) return true;
  connection.readable = true;
  advance(connection);
  Connection* left = table_.find(id);
  if (left == nullptr || left->deadline.due > now_) return false;
  // It has not had its turn, or there is more than it may read in one: it is judged when all is read.
  if (left->readable) set_deadline(*left, now_ + std::chrono::nanoseconds(1));
  return !left->readable;
}

void ConnectionDriver::due(Connection& connection) {
  const bool reads = connection.phase == Phase::kHandshaking || connection.phase == Phase::kIdle ||
                     connection.phase == Phase::kReading;
  if (reads && !is_still_due(connection)) return;
  switch (connection.phase) {
    case Phase::kHandshaking:
      return fail_handshake(connection, "it took too long");
    case Phase::kIdle:
      return end(connection, "idle");
    case Phase::kReading:
      return request(connection, refused({408, "the request did not arrive in time"}), true);
    case Phase::kWaiting:
    case Phase::kLeft:
      if (connection.call->waits_on()) return set_deadline(connection, connection.call->deadline());
      return finish(connection);
    case Phase::kWriting:
      return end(connection, "slow_reader");
    case Phase::kStreaming:
      return show_life(connection);
    case Phase::kLingering:
      return end(connection, "answered");
    case Phase::kWorking:
      return;
  }
}

void ConnectionDriver::stop() {
  stopping_ = true;
  for (const Phase phase : {Phase::kHandshaking, Phase::kIdle, Phase::kReading}) {
    for (const ConnectionId id : table_.in_phase(phase)) end(*table_.find(id), "stopping");
  }
  for (const ConnectionId id : table_.in_phase(Phase::kStreaming)) table_.find(id)->stream->close();
  for (const Phase phase : {Phase::kWaiting, Phase::kLeft}) {
    for (const ConnectionId id : table_.in_phase(phase)) finish(*table_.find(id));
  }
}

// Notes how many bytes the connection keeps; over the bound, the slowest others give way.
void ConnectionDriver::hold(Connection& connection, std::size_t bytes) {
  bytes += connection.buffered();
  const bool grows = bytes > connection.held;
  held_ = held_ - connection.held + bytes;
  connection.held = bytes;
  while (grows && held_ > kMaxHeld) {
    Connection* other = table_.slowest_holder(connection);
    if (other == nullptr) return;
    end(*other, "made_room");
  }
}

}  // namespace dev8agentd
