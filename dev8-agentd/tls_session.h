// TlsSession: TLS on one accepted socket, without ever waiting. Event loop's thread.
//
//   auto session = TlsSession::make(*context, descriptor);
//   while (session->handshake() == TlsSession::Progress::kUnfinished && session->may_go_on(false)) {
//   }
#pragma once

#include <openssl/types.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <string_view>

#include "socket_bio.h"
#include "tls_context.h"

namespace dev8agentd {

class TlsSession {
 public:
  // How a handshake stands.
  enum class Progress {
    kDone,        // receive() and send() may be called
    kUnfinished,  // call it again when may_go_on() says so, or after the next event of the socket
    kPlainText,   // the client does not speak TLS, but probably HTTP
    kRefused,     // client and server do not agree; failure() says why
    kGone,        // the client ended the connection
  };

  // `descriptor` must stay open as long as the session lives, and does not block. Null without memory.
  static std::unique_ptr<TlsSession> make(const TlsContext& context, int descriptor);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  // Goes on with the handshake, with one recv(2) at most.
  Progress handshake();
  // OpenSSL's words for a handshake's failure, a constant such as "unsupported protocol".
  const char* failure() const { return failure_; }

  // Like recv(2) and send(2) of the data inside TLS: the count, 0 at the client's end, -EAGAIN, or another
  // negative errno. receive() calls recv(2) once at most, so -EAGAIN may also mean "more is there": see
  // may_go_on(). After -EAGAIN of send() the next call must begin with the same bytes.
  ssize_t receive(char* buffer, std::size_t size);
  ssize_t send(std::string_view bytes);
  // True when the last handshake() or receive() left something to read. `peer_ended`: the socket has told
  // that the client sends nothing any more.
  bool may_go_on(bool peer_ended) const;
  // True when the last handshake() or receive() could not send what it had to.
  bool wants_room() const { return wants_room_; }
  // Bytes that are kept because the client has sent a part of a record, or more than was asked for.
  std::size_t buffered() const;

  // Tells the client that nothing follows (close_notify). False when the socket takes nothing at the moment.
  bool say_end();

 private:
  explicit TlsSession(int descriptor);
  // -EAGAIN or what ended the session, for a call of OpenSSL that returned `result`.
  ssize_t why_not(int result) const;
  // The same for a call that reads.
  ssize_t why_nothing_read(int result);

  SocketBio socket_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_;
  const char* failure_ = "";
  bool more_ = false;  // without a look at the socket
  bool wants_room_ = false;
};

}  // namespace dev8agentd
