// All connections by descriptor, and in the order in which they came into their phase; how many there may be,
// and which one gives way when there are too many. Not thread-safe.
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
  struct Limits {
    std::size_t total;
    std::size_t per_address;
  };

  explicit ConnectionTable(Limits limits) : limits_(limits) {}

  // The new connection; `descriptor` is open and belongs to it until remove().
  Connection& add(int descriptor, const std::string& address, Deadline::TimePoint now);
  // Null when it has ended meanwhile.
  Connection* find(ConnectionId id);
  // Closes its descriptor; the connection is gone.
  void remove(Connection& connection);
  // Puts it behind all others of its phase.
  void move(Connection& connection, Phase phase);

  bool is_full() const { return size_ >= limits_.total; }
  bool is_full_for(const std::string& address) const;
  // Which one is to end so that another can come, of `address` when that is not null; null when none may.
  // First who has probably gone, then the slowest unfinished request, then who has been idle for longest.
  Connection* victim(const std::string* address, Deadline::TimePoint now);
  // The one that has held bytes of a request or an answer for longest, `except` apart.
  Connection* slowest_holder(const Connection& except);

  std::size_t size() const { return size_; }
  // Descriptors of all connections in `phase`.
  std::vector<ConnectionId> in_phase(Phase phase) const;

 private:
  using List = std::list<Connection>;
  List& list_of(Phase phase) { return lists_[static_cast<std::size_t>(phase)]; }
  Connection* first(Phase phase, const std::string* address);

  const Limits limits_;
  std::array<List, kPhases> lists_;
  std::vector<List::iterator> by_descriptor_;
  std::vector<bool> in_use_;
  std::unordered_map<std::string, std::size_t> by_address_;
  std::size_t size_ = 0;
  std::uint32_t last_serial_ = 0;
};

}  // namespace dev8agentd
