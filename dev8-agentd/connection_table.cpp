// Connections, their order and their number.
#include "connection_table.h"

#include <unistd.h>

namespace dev8agentd {
namespace {

constexpr std::chrono::seconds kSlow{2};  // a request that has not arrived for so long gives way first
constexpr std::size_t kSearched = 256;    // how many are looked at for one of an address

}  // namespace

Connection& ConnectionTable::add(int descriptor, const std::string& address, Deadline::TimePoint now) {
  const auto index = static_cast<std::size_t>(descriptor);
  if (index >= by_descriptor_.size()) {
    by_descriptor_.resize(index + 1);
    in_use_.resize(index + 1);
  }
  List& list = list_of(Phase::kIdle);
  list.push_back({.id = {descriptor, ++last_serial_}, .address = address, .since = now});
  by_descriptor_[index] = std::prev(list.end());
  in_use_[index] = true;
  ++by_address_[address];
  ++size_;
  return list.back();
}

Connection* ConnectionTable::find(ConnectionId id) {
  const auto index = static_cast<std::size_t>(id.descriptor);
  if (index >= in_use_.size() || !in_use_[index]) return nullptr;
  Connection& connection = *by_descriptor_[index];
  return connection.id.serial == id.serial ? &connection : nullptr;
}

void ConnectionTable::remove(Connection& connection) {
  const auto index = static_cast<std::size_t>(connection.id.descriptor);
  close(connection.id.descriptor);
  const auto count = by_address_.find(connection.address);
  if (--count->second == 0) by_address_.erase(count);
  in_use_[index] = false;
  --size_;
  list_of(connection.phase).erase(by_descriptor_[index]);
}

void ConnectionTable::move(Connection& connection, Phase phase) {
  List& from = list_of(connection.phase);
  List& to = list_of(phase);
  to.splice(to.end(), from, by_descriptor_[static_cast<std::size_t>(connection.id.descriptor)]);
  connection.phase = phase;
}

bool ConnectionTable::is_full_for(const std::string& address) const {
  const auto count = by_address_.find(address);
  return count != by_address_.end() && count->second >= limits_.per_address;
}

Connection* ConnectionTable::first(Phase phase, const std::string* address) {
  std::size_t searched = 0;
  for (Connection& connection : list_of(phase)) {
    if (address == nullptr || connection.address == *address) return &connection;
    if (++searched >= kSearched) break;
  }
  return nullptr;
}

Connection* ConnectionTable::victim(const std::string* address, Deadline::TimePoint now) {
  for (const Phase phase : {Phase::kLingering, Phase::kLeft}) {
    if (Connection* gone = first(phase, address)) return gone;
  }
  Connection* unfinished = first(Phase::kReading, address);
  Connection* handshake = first(Phase::kHandshaking, address);
  if (unfinished == nullptr || (handshake != nullptr && handshake->since < unfinished->since)) {
    unfinished = handshake;
  }
  if (unfinished != nullptr && now - unfinished->since >= kSlow) return unfinished;
  Connection* idle = first(Phase::kIdle, address);
  return idle != nullptr ? idle : unfinished;
}

Connection* ConnectionTable::slowest_holder(const Connection& except) {
  for (const Phase phase : {Phase::kHandshaking, Phase::kReading, Phase::kWriting, Phase::kStreaming}) {
    for (Connection& connection : list_of(phase)) {
      if (connection.held > 0 && &connection != &except) return &connection;
    }
  }
  return nullptr;
}

std::vector<ConnectionId> ConnectionTable::in_phase(Phase phase) const {
  std::vector<ConnectionId> ids;
  for (const Connection& connection : lists_[static_cast<std::size_t>(phase)]) ids.push_back(connection.id);
  return ids;
}

}  // namespace dev8agentd
