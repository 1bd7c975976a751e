// Who gives way when there are too many connections.
#include "connection_table.h"

#include <doctest/doctest.h>
#include <fcntl.h>

using namespace dev8agentd;
using namespace std::chrono_literals;

namespace {

constexpr Deadline::TimePoint kStart{1h};

int any_descriptor() {
  return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

Connection& add(ConnectionTable& table, Phase phase, const std::string& address = "a") {
  Connection& connection = table.add(any_descriptor(), address, kStart);
  table.move(connection, phase);
  return connection;
}

void clear(ConnectionTable& table) {
  for (std::size_t phase = 0; phase < kPhases; ++phase) {
    for (const ConnectionId id : table.in_phase(static_cast<Phase>(phase))) table.remove(*table.find(id));
  }
}

}  // namespace

TEST_CASE("a descriptor that is used again is another connection") {
  ConnectionTable table({8, 8});
  const ConnectionId old = add(table, Phase::kIdle).id;
  table.remove(*table.find(old));
  const ConnectionId now = add(table, Phase::kIdle).id;
  REQUIRE(now.descriptor == old.descriptor);
  CHECK(table.find(old) == nullptr);
  CHECK(table.find(now) != nullptr);
  CHECK(table.find({100000, 1}) == nullptr);
  clear(table);
  CHECK(table.size() == 0);
}

TEST_CASE("who has gone gives way first, then who is slow, then who is idle, then who just began") {
  ConnectionTable table({8, 8});
  add(table, Phase::kWorking);
  add(table, Phase::kWaiting);
  add(table, Phase::kWriting);
  CHECK(table.victim(nullptr, kStart + 9s) == nullptr);
  Connection& reading = add(table, Phase::kReading);
  CHECK(table.victim(nullptr, kStart) == &reading);
  Connection& idle = add(table, Phase::kIdle);
  add(table, Phase::kIdle);
  CHECK(table.victim(nullptr, kStart) == &idle);
  CHECK(table.victim(nullptr, kStart + 9s) == &reading);
  Connection& left = add(table, Phase::kLeft);
  CHECK(table.victim(nullptr, kStart) == &left);
  clear(table);
}

TEST_CASE("an address over its share loses one of its own") {
  ConnectionTable table({8, 2});
  add(table, Phase::kIdle, "other");
  Connection& own = add(table, Phase::kIdle);
  const std::string a = "a";
  CHECK_FALSE(table.is_full_for(a));
  Connection& second = add(table, Phase::kIdle);
  CHECK(table.is_full_for(a));
  CHECK(table.victim(&a, kStart) == &own);
  table.remove(second);
  CHECK_FALSE(table.is_full_for(a));
  CHECK_FALSE(table.is_full());
  clear(table);
}

TEST_CASE("who holds bytes for longest gives way first, the one that asks apart") {
  ConnectionTable table({8, 8});
  add(table, Phase::kReading);
  Connection& first = add(table, Phase::kReading);
  Connection& second = add(table, Phase::kWriting);
  first.held = second.held = 10;
  CHECK(table.slowest_holder(second) == &first);
  CHECK(table.slowest_holder(first) == &second);
  second.held = 0;
  CHECK(table.slowest_holder(first) == nullptr);
  clear(table);
}
