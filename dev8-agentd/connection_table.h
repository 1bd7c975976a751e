// ConnectionTable: all connections by descriptor, and in the order in which they came into their phase. It
// knows how many there may be, and which one gives way when there are too many: slow and idle clients must
// not keep others out. Event loop's thread only.
#pragma once

#include <array>
#include <list>
#include <string>
#include <unordered_map>
#include <vector>

#include "connection.h"

namespace dev8agentd {

class ConnectionTable {
 public:
  // How many connections there may be, in all and from one client address. See connection_limits().
  struct Limits {
    std::size_t total;
    std::size_t per_address;
  };

  explicit ConnectionTable(Limits limits) : limits_(limits) {}

  // The new connection, in the phase kIdle. `descriptor` is open and belongs to it until remove(). Check
  // is_full() before. The reference is valid until remove().
  Connection& add(int descriptor, const std::string& address, Deadline::TimePoint now);
  // Null when the connection has ended meanwhile, also when its descriptor was used again: the serial numbers
  // differ then.
  Connection* find(ConnectionId id);
  // Closes its descriptor; the connection is gone.
  void remove(Connection& connection);
  // Puts it behind all others of `phase`. So the first of each phase has been in it for longest.
  void move(Connection& connection, Phase phase);

  // True when the limits leave no room for one more.
  bool is_full() const { return size_ >= limits_.total; }
  bool is_full_for(const std::string& address) const;
  // Which connection is to end so that another can come; of `address` when that is not null. In this order:
  // one whose client has gone or has its last answer, the slowest unfinished request or handshake if it is 2
  // seconds old, the one that has been idle for longest, the slowest unfinished one. Null when none may:
  // those with a request that is being answered stay. Of an address, only the first 256 of each phase are
  // searched.
  Connection* victim(const std::string* address, Deadline::TimePoint now);
  // The connection that has held bytes of a handshake, a request or an answer for longest, `except` apart;
  // null when there is none.
  Connection* slowest_holder(const Connection& except);

  std::size_t size() const { return size_; }
  // True when a connection is in `phase`.
  bool has(Phase phase) const { return !lists_[static_cast<std::size_t>(phase)].empty(); }
  // All connections in `phase`, as a copy: they may be removed meanwhile.
  std::vector<ConnectionId> in_phase(Phase phase) const;

 private:
  using List = std::list<Connection>;
  List& list_of(Phase phase) { return lists_[static_cast<std::size_t>(phase)]; }
  // The first one of a phase, of `address` when that is not null.
  Connection* first(Phase phase, const std::string* address);

  const Limits limits_;
  std::array<List, kPhases> lists_;            // by phase; the oldest first
  std::vector<List::iterator> by_descriptor_;  // only where in_use_ is true
  std::vector<bool> in_use_;
  std::unordered_map<std::string, std::size_t> by_address_;  // number of connections
  std::size_t size_ = 0;
  std::uint32_t last_serial_ = 0;
};

}  // namespace dev8agentd
