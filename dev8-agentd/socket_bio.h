// SocketBio: lets OpenSSL read and write a socket that does not block. Between two calls of allow_one_read()
// it reads the socket once at most, so that a client whose records carry no data cannot hold the event loop.
// One thread.
#pragma once

#include <openssl/types.h>

#include <cstddef>

namespace dev8agentd {

class SocketBio {
 public:
  // What the last read showed of the socket.
  enum class Source {
    kMore,   // it had as many bytes as were asked for
    kShort,  // fewer; only the end of the stream may be behind them
    kEmpty,  // none at the moment
    kEnded,  // the client sends nothing any more, or the connection is broken
  };

  // `descriptor` must be open as long as the BIO is used.
  explicit SocketBio(int descriptor) : descriptor_(descriptor) {}
  SocketBio(const SocketBio&) = delete;
  SocketBio& operator=(const SocketBio&) = delete;

  // A BIO for SSL_set_bio(3), which owns it then. It refers to this object. Null without memory.
  BIO* make_bio();

  void allow_one_read() { may_read_ = true; }
  Source source() const { return source_; }
  // True when the client's first byte is a letter of HTTP and not a TLS record.
  bool is_plain_text() const { return first_ >= 'A' && first_ <= 'Z'; }
  // True when anything has come from the client.
  bool has_begun() const { return first_ >= 0; }

 private:
  friend struct SocketBioMethod;
  // As BIO_meth_set_read(3) and BIO_meth_set_write(3) say.
  int read(BIO* bio, char* buffer, int size);
  int write(BIO* bio, const char* bytes, int size) const;

  const int descriptor_;
  bool may_read_ = false;
  Source source_ = Source::kMore;
  int first_ = -1;  // the first byte that has come
};

}  // namespace dev8agentd
