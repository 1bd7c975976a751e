// The functions of a BIO, on recv(2) and send(2).
#include "socket_bio.h"

#include <openssl/bio.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

namespace dev8agentd {

// What OpenSSL calls.
struct SocketBioMethod {
  static SocketBio& of(BIO* bio) { return *static_cast<SocketBio*>(BIO_get_data(bio)); }
  static int read(BIO* bio, char* buffer, int size) { return of(bio).read(bio, buffer, size); }
  static int write(BIO* bio, const char* bytes, int size) { return of(bio).write(bio, bytes, size); }
  static long control(BIO* bio, int command, long, void*) {
    if (command == BIO_CTRL_EOF) return of(bio).source() == SocketBio::Source::kEnded ? 1 : 0;
    return command == BIO_CTRL_FLUSH ? 1 : 0;  // nothing is kept back
  }

  // The same for all; it does not change.
  static const BIO_METHOD* get() {
    static const std::unique_ptr<BIO_METHOD, decltype(&BIO_meth_free)> method(make(), BIO_meth_free);
    return method.get();
  }
  static BIO_METHOD* make() {
    BIO_METHOD* method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "client");
    if (method == nullptr) return nullptr;
    BIO_meth_set_read(method, read);
    BIO_meth_set_write(method, write);
    BIO_meth_set_ctrl(method, control);
    return method;
  }
};

BIO* SocketBio::make_bio() {
  const BIO_METHOD* method = SocketBioMethod::get();
  BIO* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  return bio;
}

int SocketBio::read(BIO* bio, char* buffer, int size) {
  BIO_clear_retry_flags(bio);
  if (!may_read_) {
    BIO_set_retry_read(bio);
    return -1;
  }
  may_read_ = false;
  ssize_t count = 0;
  do {
    count = recv(descriptor_, buffer, static_cast<std::size_t>(size), MSG_DONTWAIT);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    source_ = Source::kEmpty;
    BIO_set_retry_read(bio);
    return -1;
  }
  if (count > 0 && first_ < 0) first_ = static_cast<unsigned char>(buffer[0]);
  source_ = count <= 0 ? Source::kEnded : count == size ? Source::kMore : Source::kShort;
  return static_cast<int>(count);
}

int SocketBio::write(BIO* bio, const char* bytes, int size) const {
  BIO_clear_retry_flags(bio);
  ssize_t count = 0;
  do {
    count = send(descriptor_, bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) BIO_set_retry_write(bio);
  return static_cast<int>(count);
}

}  // namespace dev8agentd
