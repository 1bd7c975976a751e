// A loopback address of 127.88.0.0/16 that no other runtime of this machine uses meanwhile.
#pragma once

#include <memory>
#include <string>

#include "processes/descriptor.h"

namespace dev8agent::emulator {

// Holds the address until it is destroyed, or until its process ends, however that comes, and until every
// process has ended that has a copy of its descriptor: what marks the address as taken is a socket of that
// name in the abstract namespace.
class AddressClaim {
 public:
  // A free address; null when there is none, or no descriptor to spare. Any thread.
  static std::shared_ptr<const AddressClaim> take();
  const std::string& address() const { return address_; }
  int descriptor() const { return mark_.get(); }

 private:
  AddressClaim(std::string address, Descriptor mark) : address_(std::move(address)), mark_(std::move(mark)) {}
  std::string address_;
  Descriptor mark_;
};

}  // namespace dev8agent::emulator
