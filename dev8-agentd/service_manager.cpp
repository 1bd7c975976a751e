// Datagrams to the service manager's socket.
#include "service_manager.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <system_error>
#include <utility>

namespace dev8agentd {
namespace {

using dev8agent::Variables;

std::string value_of(const Variables& variables, const char* name) {
  const auto found = variables.find(name);
  return found == variables.end() ? "" : found->second;
}

// 0 for what is no number.
long number_of(const std::string& text) {
  long number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc() && stop == end ? number : 0;
}

std::chrono::microseconds interval_of(const Variables& variables) {
  const std::string process = value_of(variables, "WATCHDOG_PID");
  const long limit = number_of(value_of(variables, "WATCHDOG_USEC"));
  if (limit <= 0 || (!process.empty() && number_of(process) != getpid())) return {};
  return std::max(std::chrono::microseconds(limit / 2), std::chrono::microseconds(1000));
}

// Sets errno and returns false for an address that is neither a path nor an abstract name, or too long.
bool to_address(const std::string& text, sockaddr_un& address, socklen_t& size) {
  errno = text.size() >= sizeof(address.sun_path) ? ENAMETOOLONG : EAFNOSUPPORT;
  if (text.size() >= sizeof(address.sun_path) || (text[0] != '/' && text[0] != '@')) return false;
  address.sun_family = AF_UNIX;
  text.copy(address.sun_path, text.size());
  if (text[0] == '@') address.sun_path[0] = '\0';
  size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size());
  return true;
}

}  // namespace

ServiceManager::ServiceManager(const Variables& variables, dev8agent::Logger log)
    : address_(value_of(variables, "NOTIFY_SOCKET")),
      alive_interval_(address_.empty() ? std::chrono::microseconds(0) : interval_of(variables)),
      log_(std::move(log)) {
  if (address_.empty()) return;
  socket_ = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const timeval patience{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) close(socket_);
}

void ServiceManager::tell(std::string_view state) const {
  send(state, 0);
}

void ServiceManager::tell_alive() const {
  send("WATCHDOG=1", MSG_DONTWAIT);
}

void ServiceManager::send(std::string_view state, int flags) const {
  if (address_.empty()) return;
  sockaddr_un address{};
  socklen_t size = 0;
  if (to_address(address_, address, size) && sendto(socket_, state.data(), state.size(), flags | MSG_NOSIGNAL,
                                                    reinterpret_cast<const sockaddr*>(&address), size) >= 0) {
    return;
  }
  log_({dev8agent::LogLevel::kWarn,
        "service_manager.unreachable",
        {{"state", std::string(state)}, {"message", std::generic_category().message(errno)}}});
}

}  // namespace dev8agentd
