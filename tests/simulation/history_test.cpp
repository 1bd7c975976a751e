// Concurrent operations on one id: what the callers are told corresponds to some order of the operations.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "support/world.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

enum class Kind { kCreate, kStart, kStop, kDelete, kForcedDelete };
enum class State { kAbsent, kRunning, kStopped };

struct Event {
  Kind kind = Kind::kCreate;
  int begun = 0;
  int ended = 0;
  std::string outcome;
};

// What one operation does and says when nothing else happens. Empty: it cannot happen in this state.
std::pair<State, std::string> apply(State state, Kind kind) {
  switch (kind) {
    case Kind::kCreate:
      return {state == State::kAbsent ? State::kRunning : state, "ok"};
    case Kind::kStart:
      return state == State::kAbsent ? std::pair(state, std::string("NOT_FOUND"))
                                     : std::pair(State::kRunning, std::string("ok"));
    case Kind::kStop:
      return state == State::kAbsent ? std::pair(state, std::string("NOT_FOUND"))
                                     : std::pair(State::kStopped, std::string("ok"));
    case Kind::kDelete:
      if (state == State::kRunning) return {state, "CONFLICT"};
      [[fallthrough]];
    case Kind::kForcedDelete:
      return {State::kAbsent, state == State::kAbsent ? "NOT_FOUND" : "ok"};
  }
  return {state, ""};
}

// True when some order that respects real time explains every outcome. A create or start that a forced delete
// ended (CANCELLED) was undone, or had come up by then and was left to the delete.
bool explained(const std::vector<Event>& events, std::vector<bool>& taken, std::size_t left, State state) {
  if (left == 0) return true;
  int first_end = 1 << 30;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (!taken[i]) first_end = std::min(first_end, events[i].ended);
  }
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (taken[i] || events[i].begun > first_end) continue;
    auto [next, outcome] = apply(state, events[i].kind);
    const bool pre_empted = events[i].outcome == "CANCELLED";
    // A forced delete that ended a create is what removed it.
    const bool removed =
        events[i].kind == Kind::kForcedDelete && events[i].outcome == "ok" && state == State::kAbsent;
    if (!pre_empted && !removed && outcome != events[i].outcome) continue;
    taken[i] = true;
    if (explained(events, taken, left - 1, next)) return true;
    if (pre_empted && explained(events, taken, left - 1, state)) return true;
    taken[i] = false;
  }
  return false;
}

}  // namespace

TEST_CASE("the outcomes of concurrent operations on one id correspond to some order") {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    World world;
    auto agent = world.agent();
    std::vector<Event> events(7);
    int clock = 0;
    int open = 0;
    const auto end = [&](Event& event, const auto& result) {
      event.ended = ++clock;
      event.outcome = result.ok() ? "ok" : std::string(to_string(result.error().code));
      --open;
    };
    for (Event& event : events) {
      event.kind = static_cast<Kind>(random() % 5);
      event.begun = ++clock;
      ++open;
      StartRequest start;
      start.id = "history-0001";
      switch (event.kind) {
        case Kind::kCreate:
          agent->create(create_request(start.id)).on_done([&](const auto& r) { end(event, r); });
          break;
        case Kind::kStart:
          agent->start(std::move(start)).on_done([&](const auto& r) { end(event, r); });
          break;
        case Kind::kStop:
          agent->stop({start.id, ""}).on_done([&](const auto& r) { end(event, r); });
          break;
        default:
          agent->remove({start.id, "", event.kind == Kind::kForcedDelete}).on_done([&](const auto& r) {
            end(event, r);
          });
      }
      const auto steps = random() % 40;
      for (unsigned i = 0; i < steps && world.clock().run_one(); ++i) {
      }
    }
    world.clock().run_until([&] { return open == 0; });
    REQUIRE(open == 0);
    std::vector<bool> taken(events.size());
    std::string text;
    for (const Event& event : events) {
      text += " " + std::to_string(static_cast<int>(event.kind)) + "[" + std::to_string(event.begun) + "," +
              std::to_string(event.ended) + "]=" + event.outcome;
    }
    CHECK_MESSAGE(explained(events, taken, events.size(), State::kAbsent), text);
  }
}
