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
using dev8agent::Stage;
using dev8agent::internal::OperationState;
using dev8agentd::EventCursor;
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

  std::shared_ptr<EventReader> read(std::vector<std::string> ids, const std::string& last_id = "",
                                    EventReader::Follows follows = nullptr) {
    auto reader = std::make_shared<EventReader>(EventCursor::read(last_id).value(), std::move(follows));
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
  std::vector<Watch> lists;  // begun, of all environments
  EventHub::TellList tell_list;
  std::function<void()> on_watch = [] {};
  int notified = 0;
  OperationTable table;
  EventHub hub{[this](EventsRequest request, EventHub::Tell tell) {
                 watches.push_back({std::move(request), std::move(tell)});
                 const auto state = watches.back().state;
                 on_watch();
                 return Operation<Done>(state);
               },
               [this](EventHub::TellList tell) {
                 lists.push_back({{}, nullptr});
                 tell_list = std::move(tell);
                 return Operation<Done>(lists.back().state);
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

// The Last-Event-ID of who has read all that the stream has to send.
std::string last_id_of(Stream& stream) {
  std::string text;
  stream.take(text);
  const auto at = text.rfind("id: ");
  return at == std::string::npos ? "" : text.substr(at + 4, text.find('\n', at) - at - 4);
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

TEST_CASE("event hub: what comes before a reader takes the list is in it, each event once") {
  Bench bench;
  const auto reader = bench.read({"env-1"});
  bench.watches[0].tell(page_of({1}));
  bench.watches[0].tell(page_of({1, 2}));
  bench.watches[0].tell(page_of({1, 2}));
  Names names;
  for (const EnvironmentEvent& event : bench.hub.take_first_events(*reader)) names.push_back(event.name);
  CHECK(names == Names{"event1", "event2"});
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
  const auto reader = std::make_shared<EventReader>(EventCursor());
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
  bench.table.on_change(
      [&](const auto& record, const auto& user) { bench.hub.note_operation(record, user); });
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
  bench.table.note_progress("a", {Stage::kStopping, ""}, kNow + std::chrono::seconds(1));
  CHECK(sent(*stream) == Names{"stopping"});
  CHECK(sent(*stream_of_other).empty());
}

TEST_CASE("event hub: a reader who goes on is told an event that is dated before its last one") {
  Bench bench;
  const auto first = bench.read({"env-1"});
  bench.watches[0].tell(page_of({1, 3}));
  const std::string last_id = last_id_of(*bench.begin(first));
  bench.hub.leave(*first);
  // Another agent, which knows nothing of the first reader.
  Bench other;
  const auto second = other.read({"env-1"}, last_id);
  other.watches[0].tell(page_of({1, 2, 3}));
  const auto stream = other.begin(second);
  CHECK(sent(*stream) == Names{"event2"});
  other.watches[0].tell(page_of({1, 2, 3, 4}));
  CHECK(sent(*stream) == Names{"event4"});
}

TEST_CASE("event hub: what was told elsewhere is not told when an agent sees it later") {
  Bench bench;
  const auto first = bench.read({"env-1"});
  bench.watches[0].tell(page_of({1, 2, 3}));
  const std::string last_id = last_id_of(*bench.begin(first));
  Bench behind;
  const auto second = behind.read({"env-1"}, last_id);
  behind.watches[0].tell(page_of({1}));
  const auto stream = behind.begin(second);
  CHECK(sent(*stream).empty());
  behind.watches[0].tell(page_of({1, 2, 3, 4}));
  CHECK(sent(*stream) == Names{"event4"});
}

TEST_CASE("event hub: an environment that a list shows joins who follows it") {
  Bench bench;
  const auto all = bench.read({"env-1"}, "", [](const auto&) { return true; });
  const auto of_user = bench.read({}, "", [](const auto& environment) { return environment.user_id == "b"; });
  const auto one = bench.read({"env-1"});
  CHECK(bench.lists.size() == 1);
  bench.watches[0].tell(page_of({1}));
  CHECK(of_user->ready);
  const auto stream_of_all = bench.begin(all);
  const auto stream_of_user = bench.begin(of_user);
  const auto stream_of_one = bench.begin(one);
  sent(*stream_of_one);
  CHECK(sent(*stream_of_all) == Names{"event1"});
  for (int i = 0; i < 2; ++i)
    bench.tell_list({{"env-1", "eastus", "a"}, {"env-2", "eastus", "a"}, {"env-3", "westeurope", "b"}});
  REQUIRE(bench.watches.size() == 3);
  CHECK(bench.watches[2].request.cloud_region == "westeurope");
  bench.watches[1].tell(page_of({2}));
  bench.watches[2].tell(page_of({3}));
  CHECK(sent(*stream_of_all) == Names{"event2", "event3"});
  CHECK(sent(*stream_of_user) == Names{"event3"});
  CHECK(sent(*stream_of_one).empty());
}

TEST_CASE("event hub: a stream that others may join goes on without environments") {
  Bench bench;
  const auto reader = bench.read({"env-1"}, "", [](const auto&) { return true; });
  bench.watches[0].tell(page_of({1}, true));
  const auto stream = bench.begin(reader);
  CHECK(sent(*stream) == Names{"event1"});
  bench.tell_list({{"env-1", "eastus", "a"}});
  REQUIRE(bench.watches.size() == 2);
  bench.watches[1].tell(page_of({1, 2}));
  CHECK(sent(*stream) == Names{"event2"});
}

TEST_CASE("event hub: an environment that is read by another joins with what there is") {
  Bench bench;
  const auto one = bench.read({"env-1"});
  bench.watches[0].tell(page_of({1, 2}));
  const auto all = bench.read({}, "", [](const auto&) { return true; });
  const auto stream = bench.begin(all);
  bench.tell_list({{"env-1", "", ""}});
  CHECK(bench.watches.size() == 1);
  CHECK(sent(*stream) == Names{"event1", "event2"});
}

TEST_CASE("event hub: the list is watched as long as somebody may be joined") {
  Bench bench;
  const auto first = bench.read({}, "", [](const auto&) { return true; });
  const auto second = bench.read({}, "", [](const auto&) { return true; });
  REQUIRE(bench.lists.size() == 1);
  bench.hub.leave(*first);
  CHECK_FALSE(bench.lists[0].state->cancel_requested());
  bench.hub.leave(*second);
  CHECK(bench.lists[0].state->cancel_requested());
  const auto third = bench.read({}, "", [](const auto&) { return true; });
  CHECK(bench.lists.size() == 2);
}

TEST_CASE("event hub: a create of this process joins as soon as it can be watched") {
  Bench bench;
  bench.table.on_change(
      [&](const auto& record, const auto& user) { bench.hub.note_operation(record, user); });
  const auto reader =
      bench.read({}, "", [](const auto& environment) { return environment.user_id == "user-1"; });
  const auto stream = bench.begin(reader);
  for (const std::string user : {"user-1", "user-2"}) {
    OperationId about;
    about.kind = OperationKind::kCreate;
    about.environment_id = "env-of-" + user;
    about.created_at = kNow;
    bench.table.begin(begin_record(user, about), user);
    CHECK(bench.watches.empty() == (user == "user-1"));
    bench.table.note_progress(user, {Stage::kLocating, ""}, kNow + std::chrono::seconds(1));
  }
  REQUIRE(bench.watches.size() == 1);
  CHECK(bench.watches[0].request.id == "env-of-user-1");
  bench.watches[0].tell(page_of({}));
  CHECK(sent(*stream) == Names{"queued", "locating"});
}
