// One client's connection as the event loop keeps it. It takes a few hundred bytes while it is idle, with TLS
// about 15 KiB: what a request needs is there only while there is one. Event loop's thread only.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "deadlines.h"
#include "http_call.h"
#include "request_reader.h"
#include "tls_session.h"

namespace dev8agentd {

// Where a connection stands. ConnectionDriver moves it on; ConnectionTable keeps a list for each phase. A
// connection with TLS begins as kHandshaking. A request goes from kIdle over kReading, kWorking and kWriting
// back to kIdle; one that waits for its operation is kWaiting (or kLeft) between two times kWorking. The last
// answer of a connection ends in kLingering.
enum class Phase {
  kHandshaking,  // TLS is not yet agreed on
  kIdle,         // between requests
  kReading,      // a request has begun
  kWorking,      // a worker has its call
  kWaiting,      // its call waits for an operation; no worker has it
  kLeft,         // the same, but its caller no longer sends and has probably gone
  kWriting,      // the answer goes out
  kStreaming,    // its head is out or goes out, and pieces follow as they come
  kLingering,    // the writing side is shut; what still comes is dropped
};
// The number of phases, for arrays.
inline constexpr std::size_t kPhases = 9;

// The data of one connection; the decisions are in ConnectionDriver.
struct Connection {
  ConnectionId id;                    // its descriptor and serial number
  std::string address;                // of the client, without port
  Phase phase = Phase::kIdle;         // changed by ConnectionTable::move() alone
  Deadline::TimePoint since{};        // of a request's first byte
  Deadline deadline{};                // of the present phase
  bool readable = true;               // there may be bytes to read
  bool peer_ended = false;            // the client sends nothing any more
  bool close_after = false;           // the connection ends with the current answer
  bool in_turn = false;               // its handshake waits for its turn
  std::uint32_t wait = 0;             // the number of its last wait for an operation
  std::unique_ptr<TlsSession> tls{};  // null: plain text, or nothing has come yet

  // What belongs to a request or an answer. Null or empty while there is none.
  std::unique_ptr<RequestReader> reader{};  // the bytes that have come
  std::shared_ptr<Call> call{};             // shared with the worker that has it
  std::shared_ptr<Stream> stream{};         // what follows the output, piece by piece
  std::string output{};                     // the answer
  std::size_t written = 0;                  // how many bytes of it the kernel has taken
  std::size_t held = 0;  // bytes of requests and answers that count against the loop's bound

  // recv(2) and send(2) without waiting, through TLS if there is any. They return the count, 0 at the end of
  // the stream, -EAGAIN when they would have to wait, or another negative errno. Interruptions by signals are
  // repeated; no SIGPIPE is raised. receive() sets `readable`: false when nothing is left at the moment. With
  // TLS it may be true after -EAGAIN.
  ssize_t receive(char* buffer, std::size_t size);
  ssize_t send(std::string_view bytes) const;
  // Goes on with the handshake of TLS. Sets `readable` as receive() does.
  TlsSession::Progress handshake();
  // Tells the client that nothing follows, and ends TLS: what comes is raw from then on. False when the
  // socket takes nothing at the moment.
  bool end_sending();
  // Bytes that TLS keeps of what the client has sent.
  std::size_t buffered() const { return tls ? tls->buffered() : 0; }
};

}  // namespace dev8agentd
