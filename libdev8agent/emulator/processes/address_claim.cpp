// Taking addresses: see address_claim.h.
#include "processes/address_claim.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

namespace dev8agent::emulator {
namespace {

constexpr int kAddresses = 250 * 254;  // 127.88.0.1 to 127.88.249.254

std::string address_of(int number) {
  return "127.88." + std::to_string(number / 254) + "." + std::to_string(number % 254 + 1);
}

bool mark(int socket, const std::string& address) {
  const std::string name = "dev8-address-" + address;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path + 1, name.data(), name.size());  // a leading zero: the abstract namespace
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  return bind(socket, reinterpret_cast<const sockaddr*>(&to), length) == 0;
}

}  // namespace

std::shared_ptr<const AddressClaim> AddressClaim::take() {
  Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket) return nullptr;
  for (int number = 0; number < kAddresses; ++number) {
    std::string address = address_of(number);
    if (mark(socket.get(), address))
      return std::shared_ptr<const AddressClaim>(new AddressClaim(std::move(address), std::move(socket)));
  }
  return nullptr;
}

}  // namespace dev8agent::emulator
