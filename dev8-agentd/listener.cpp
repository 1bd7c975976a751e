// Binding and accepting.
#include "listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace dev8agentd {
namespace {

constexpr int kBacklog = 4096;  // the kernel takes at most its own limit

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) found = nullptr;
  return {found, freeaddrinfo};
}

void set_option(int socket, int level, int option, int value) {
  setsockopt(socket, level, option, &value, sizeof(value));
}

// A listening socket for one address, or -1 with errno.
int listen_on(const addrinfo& address) {
  const int type = address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const int descriptor = socket(address.ai_family, type, address.ai_protocol);
  if (descriptor < 0) return -1;
  set_option(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);  // accepted sockets inherit it
  if (address.ai_family == AF_INET6) set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(descriptor, address.ai_addr, address.ai_addrlen) == 0 && listen(descriptor, kBacklog) == 0) {
    return descriptor;
  }
  const int failure = errno;
  close(descriptor);
  errno = failure;
  return -1;
}

int port_of(int descriptor) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&name), &size) != 0) return 0;
  const bool is_v6 = name.ss_family == AF_INET6;
  return ntohs(is_v6 ? reinterpret_cast<sockaddr_in6*>(&name)->sin6_port
                     : reinterpret_cast<sockaddr_in*>(&name)->sin_port);
}

std::string address_of(const sockaddr_storage& name) {
  char text[INET6_ADDRSTRLEN] = "";
  if (name.ss_family == AF_INET6) {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(name).sin6_addr;
    const bool is_v4 = IN6_IS_ADDR_V4MAPPED(&address);
    is_v4 ? inet_ntop(AF_INET, &address.s6_addr[12], text, sizeof(text))
          : inet_ntop(AF_INET6, &address, text, sizeof(text));
  } else if (name.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(name).sin_addr, text, sizeof(text));
  }
  return text;
}

int accept_now(int listening, void* address, unsigned* size) {
  return accept4(listening, static_cast<sockaddr*>(address), size, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

}  // namespace

Listener::Listener(Accept accept) : accept_(accept ? std::move(accept) : accept_now) {}

Listener::~Listener() {
  close();
}

dev8agent::Result<int> Listener::bind(const std::string& host, int port) {
  errno = 0;
  const Addresses addresses = resolve(host, port);
  for (const addrinfo* address = addresses.get(); address != nullptr && descriptor_ < 0;
       address = address->ai_next) {
    descriptor_ = listen_on(*address);
  }
  if (descriptor_ >= 0) return port_of(descriptor_);
  const std::string cause = errno == 0 ? "the address cannot be used" : std::strerror(errno);
  return dev8agent::make_error(dev8agent::ErrorCode::kConflict,
                               "cannot listen on " + host + ":" + std::to_string(port) + ": " + cause);
}

void Listener::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

std::optional<Accepted> Listener::take(int& failure) {
  for (;;) {
    sockaddr_storage name{};
    socklen_t size = sizeof(name);
    const int descriptor = accept_(descriptor_, &name, &size);
    if (descriptor >= 0) return Accepted{descriptor, address_of(name)};
    if (errno == EINTR) continue;
    failure = errno == EAGAIN || errno == EWOULDBLOCK ? 0 : errno;
    return std::nullopt;
  }
}

}  // namespace dev8agentd
