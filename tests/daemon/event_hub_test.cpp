// The event hub with watches that the test drives: who is told what, once, and when a watch ends.
#include "event_hub.h"

#include <doctest/doctest.h>

#include <utility>

using dev8agent::begin_record;
using dev8agent::Done;
using dev8agent::EnvironmentEvent;
using dev8agent::ErrorCode;
using dev8agent::EventPage;
using dev8agent::EventsRequest;
using dev8agent::make_error;
using dev8agent::Operation;
using dev8agent::OperationId;
using dev8agent::OperationKind;
using dev8agent::internal::OperationState;
using dev8agentd::EventHub;
using dev8agentd::EventReader;
using dev8agentd::OperationTable;
using dev8agentd::Stream;

namespace {

const dev8agent::WallTime kNow{std::chrono::seconds(1'000'000)};

std::string id_of(int number) {
  return std::to_string(number) + "-70-0123456789ab";
}

EventPage page_of(std::vector<int> numbers, bool gone = false) {
  EventPage page;
  page.gone = gone;
  for (const int number : numbers) {
    EnvironmentEvent& event = page.events.emplace_back();
    event.id = id_of(number);
    event.name = "event" + std::to_string(number);
  }
  return page;
}

// A hub and the watches that it has begun.
struct Bench {
  struct Watch {
    EventsRequest request;
    EventHub::Tell tell;
    std::shared_ptr<OperationState<Done>> state = std::make_shared<OperationState<Done>>();
  };

  std::shared_ptr<EventReader> read(std::vector<std::string> ids, std::string last_id = "") {
    auto reader = std::make_shared<EventReader>(std::move(last_id));
    std::vector<EventsRequest> requests;
    for (const std::string& id : ids) requests.push_back({id, ""});
    hub.read(reader, requests, [this] { ++notified; });
    return reader;
  }
  std::shared_ptr<Stream> begin(const std::shared_ptr<EventReader>& reader) {
    auto stream = std::make_shared<Stream>("", 1 << 16);
    hub.begin(reader, stream);
    return stream;
  }

  std::vector<Watch> watches;
  std::function<void()> on_watch = [] {};
  int notified = 0;
  OperationTable table;
  EventHub hub{[this](EventsRequest request, EventHub::Tell tell) {
                 watches.push_back({std::move(request), std::move(tell)});
                 const auto state = watches.back().state;
                 on_watch();
                 return Operation<Done>(state);
               },
               table};
};

// The names of the events that the stream has to send, in their order; "end" when nothing follows.
std::vector<std::string> sent(Stream& stream) {
  std::string text;
  const auto state = stream.take(text);
  std::vector<std::string> names;
  const std::string key = R"("name":")";
  for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at)) {
    at += key.size();
    names.push_back(text.substr(at, text.find('"', at) - at));
  }
  if (state == Stream::State::kEnded) names.push_back("end");
  return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("event hub: a reader is told what there is, then what comes, each event once") {
  Bench bench;
  const auto reader = bench.read({"env-1"});
  REQUIRE(bench.watches.size() == 1);
  CHECK(bench.watches[0].request.id == "env-1");
  CHECK(bench.notified == 0);
  bench.watches[0].tell(page_of({1}));
  CHECK(bench.notified == 1);
  CHECK(reader->ready);
  const auto stream = bench.begin(reader);
  CHECK(sent(*stream) == Names{"event1"});
  bench.watches[0].tell(page_of({1, 2}));
  CHECK(sent(*stream) == Names{"event2"});
  bench.watches[0].tell(page_of({1, 2}));
  CHECK(sent(*stream).empty());
}

TEST_CASE("event hub: what comes between the first look and the stream is not lost") {
  Bench bench;
  const auto reader = bench.read({"env-1"});
  bench.watches[0].tell(page_of({1}));
  bench.watches[0].tell(page_of({1, 2}));
  CHECK(sent(*bench.begin(reader)) == Names{"event1", "event2"});
}

TEST_CASE("event hub: a reader goes on after its last event") {
  Bench bench;
  const auto reader = bench.read({"env-1"}, id_of(2));
  bench.watches[0].tell(page_of({1, 2, 3}));
  CHECK(sent(*bench.begin(reader)) == Names{"event3"});
}

TEST_CASE("event hub: readers share one watch, which ends with the last of them") {
  Bench bench;
  const auto first = bench.read({"env-1"});
  bench.watches[0].tell(page_of({1}));
  const auto second = bench.read({"env-1"});
  CHECK(bench.watches.size() == 1);
  CHECK(second->ready);
  CHECK(second->first_events.size() == 1);
  bench.hub.leave(*first);
  CHECK_FALSE(bench.watches[0].state->cancel_requested());
  bench.watches[0].tell(page_of({1, 2}));
  CHECK(sent(*bench.begin(second)) == Names{"event1", "event2"});
  bench.hub.leave(*second);
  CHECK(bench.watches[0].state->cancel_requested());
  CHECK(bench.hub.feeds() == 0);
}

TEST_CASE("event hub: a watch whose reader leaves while it begins ends") {
  Bench bench;
  const auto reader = std::make_shared<EventReader>("");
  bench.on_watch = [&] { bench.hub.leave(*reader); };
  bench.hub.read(reader, {{"env-1", ""}}, [] {});
  CHECK(bench.watches[0].state->cancel_requested());
}

TEST_CASE("event hub: a stream of several environments ends with the last of them") {
  Bench bench;
  const auto reader = bench.read({"env-1", "env-2"});
  bench.watches[0].tell(page_of({1}));
  CHECK(bench.notified == 0);
  bench.watches[1].tell(page_of({2}));
  CHECK(bench.notified == 1);
  const auto stream = bench.begin(reader);
  CHECK(sent(*stream) == Names{"event1", "event2"});
  bench.watches[0].tell(page_of({1, 3}, true));
  CHECK(sent(*stream) == Names{"event3"});
  bench.watches[1].tell(page_of({2, 4}, true));
  CHECK(sent(*stream) == Names{"event4", "end"});
}

TEST_CASE("event hub: an error counts when no environment could be looked at") {
  Bench bench;
  const auto both = bench.read({"env-1", "env-2"});
  bench.watches[0].state->complete(make_error(ErrorCode::kNotFound, "gone"));
  bench.watches[1].tell(page_of({1}));
  CHECK(both->ready);
  CHECK_FALSE(both->error);
  const auto one = bench.read({"env-3"});
  bench.watches[2].state->complete(make_error(ErrorCode::kNotFound, "gone"));
  CHECK(one->ready);
  REQUIRE(one->error);
  CHECK(one->error->code == ErrorCode::kNotFound);
}

TEST_CASE("event hub: an environment that is over is watched anew by the next reader") {
  Bench bench;
  const auto first = bench.read({"env-1"});
  bench.watches[0].tell(page_of({1}, true));
  const auto second = bench.read({"env-1"});
  REQUIRE(bench.watches.size() == 2);
  bench.watches[1].tell(page_of({2}));
  CHECK(sent(*bench.begin(second)) == Names{"event2"});
  CHECK(sent(*bench.begin(first)) == Names{"event1", "end"});
}

TEST_CASE(
    "event hub: a stage of this process's operation is told at once, to the readers of its environment") {
  Bench bench;
  bench.table.on_change([&](const auto& record) { bench.hub.note_operation(record); });
  const auto reader = bench.read({"env-1"});
  const auto other = bench.read({"env-2"});
  bench.watches[0].tell(page_of({}));
  bench.watches[1].tell(page_of({}));
  const auto stream = bench.begin(reader);
  const auto stream_of_other = bench.begin(other);
  sent(*stream);
  OperationId about;
  about.kind = OperationKind::kStop;
  about.environment_id = "env-1";
  about.created_at = kNow;
  bench.table.begin(begin_record("a", about));
  CHECK(sent(*stream) == Names{"queued"});
  bench.table.note_progress("a", {"stopping", ""}, kNow + std::chrono::seconds(1));
  CHECK(sent(*stream) == Names{"stopping"});
  CHECK(sent(*stream_of_other).empty());
}
