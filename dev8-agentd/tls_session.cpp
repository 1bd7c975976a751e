// Calls of OpenSSL.
#include "tls_session.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace dev8agentd {
namespace {

// What OpenSSL keeps for a client between two reads of one record; measured.
constexpr std::size_t kRecordBuffer = 17 << 10;
// The same until the handshake is over, once the client has begun it.
constexpr std::size_t kHandshake = 46 << 10;

int size_of(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

}  // namespace

TlsSession::TlsSession(int descriptor) : socket_(descriptor), ssl_(nullptr, SSL_free) {}
TlsSession::~TlsSession() = default;

std::unique_ptr<TlsSession> TlsSession::make(const TlsContext& context, int descriptor) {
  std::unique_ptr<TlsSession> session(new TlsSession(descriptor));
  session->ssl_.reset(SSL_new(context.get()));
  BIO* bio = session->ssl_ ? session->socket_.make_bio() : nullptr;
  if (bio == nullptr) return nullptr;
  SSL_set_bio(session->ssl_.get(), bio, bio);
  SSL_set_accept_state(session->ssl_.get());
  return session;
}

TlsSession::Progress TlsSession::handshake() {
  ERR_clear_error();
  socket_.allow_one_read();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    more_ = true;
    wants_room_ = false;
    return Progress::kDone;
  }
  if (why_nothing_read(result) == -EAGAIN) return Progress::kUnfinished;
  if (socket_.is_plain_text()) return Progress::kPlainText;
  if (socket_.source() == SocketBio::Source::kEnded) return Progress::kGone;
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  failure_ = reason == nullptr ? "broken" : reason;
  ERR_clear_error();
  return Progress::kRefused;
}

ssize_t TlsSession::receive(char* buffer, std::size_t size) {
  ERR_clear_error();
  socket_.allow_one_read();
  const int count = SSL_read(ssl_.get(), buffer, size_of(size));
  if (count <= 0) return why_nothing_read(count);
  wants_room_ = false;
  more_ = SSL_has_pending(ssl_.get()) == 1 || socket_.source() == SocketBio::Source::kMore;
  return count;
}

ssize_t TlsSession::send(std::string_view bytes) {
  ERR_clear_error();
  const int count = SSL_write(ssl_.get(), bytes.data(), size_of(bytes.size()));
  return count > 0 ? count : why_not(count);
}

ssize_t TlsSession::why_nothing_read(int result) {
  const int error = SSL_get_error(ssl_.get(), result);
  wants_room_ = error == SSL_ERROR_WANT_WRITE;
  more_ = error == SSL_ERROR_WANT_READ && socket_.source() == SocketBio::Source::kMore;
  return why_not(result);
}

ssize_t TlsSession::why_not(int result) const {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE:
      return -EAGAIN;
    case SSL_ERROR_ZERO_RETURN:
      return 0;
    default:
      return -ECONNRESET;
  }
}

// With the end of the stream behind them, few bytes are no reason to wait.
bool TlsSession::may_go_on(bool peer_ended) const {
  return more_ || (peer_ended && socket_.source() == SocketBio::Source::kShort);
}

std::size_t TlsSession::buffered() const {
  if (SSL_is_init_finished(ssl_.get()) != 1) return socket_.has_begun() ? kHandshake : 0;
  return SSL_has_pending(ssl_.get()) == 1 ? kRecordBuffer : 0;
}

bool TlsSession::say_end() {
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  const bool told = result >= 0 || SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_WRITE;
  ERR_clear_error();
  return told;
}

}  // namespace dev8agentd
