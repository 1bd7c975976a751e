// The memory transport: latency, moment of effect, deadlines, cancelling, destruction.
#include "cloud.h"

using namespace emulator_test;
using dev8agent::ErrorCode;
using dev8agent::Result;

namespace {

struct Sender : Cloud {
  Sender() : transport(emulator.make_transport()) {}

  dev8agent::Transport::RequestId send(HttpRequest request) {
    return transport->send(std::move(request), [this](Result<HttpResponse> result) {
      ended = clock->now();
      outcome.emplace(std::move(result));
    });
  }
  HttpRequest put_request() const { return arm_request("PUT", group("one"), group_json()); }

  std::shared_ptr<dev8agent::Transport> transport;
  std::optional<Result<HttpResponse>> outcome;
  dev8agent::TimePoint ended{};
};

}  // namespace

TEST_SUITE("memory transport") {
  TEST_CASE("a request takes effect after half of the latency and is answered after all of it") {
    Sender s;
    const auto start = s.clock->now();
    s.send(s.put_request());
    CHECK_FALSE(s.outcome);
    s.clock->advance(9ms);
    CHECK(s.emulator.groups().empty());
    s.clock->advance(1ms);
    CHECK(s.emulator.groups().size() == 1);
    CHECK_FALSE(s.outcome);
    while (s.clock->run_one()) {
    }
    REQUIRE(s.outcome);
    CHECK(s.outcome->value().status == 201);
    CHECK(s.ended == start + 20ms);
  }

  TEST_CASE("a deadline that has passed sends nothing") {
    Sender s;
    HttpRequest request = s.put_request();
    request.deadline = s.clock->now();
    s.send(request);
    CHECK_FALSE(s.outcome);
    while (s.clock->run_one()) {
    }
    CHECK(s.outcome->error().code == ErrorCode::kTimeout);
    CHECK(s.outcome->error().retryable);
    CHECK_FALSE(s.outcome->error().request_sent);
    CHECK(s.emulator.groups().empty());
  }

  TEST_CASE("a deadline on the way there has no effect, on the way back it has") {
    for (const auto wait : {5ms, 15ms}) {
      Sender s;
      HttpRequest request = s.put_request();
      request.deadline = s.clock->now() + wait;
      s.send(request);
      while (s.clock->run_one()) {
      }
      CHECK(s.ended == request.deadline);
      CHECK(s.outcome->error().code == ErrorCode::kTimeout);
      CHECK(s.outcome->error().request_sent);
      CHECK(s.emulator.groups().size() == (wait > 10ms ? 1 : 0));
      if (wait > 10ms) CHECK(s.emulator.calls().back().status == 0);
    }
  }

  TEST_CASE("a cancelled request is not completed; it takes effect if it had arrived") {
    for (const auto wait : {5ms, 15ms}) {
      Sender s;
      const auto id = s.send(s.put_request());
      s.clock->advance(wait);
      s.transport->cancel(id);
      s.transport->cancel(id);
      while (s.clock->run_one()) {
      }
      CHECK_FALSE(s.outcome);
      CHECK(s.emulator.groups().size() == (wait > 10ms ? 1 : 0));
    }
  }

  TEST_CASE("destroying the transport drops what is pending") {
    Sender s;
    s.send(s.put_request());
    s.clock->advance(15ms);
    s.send(s.put_request());
    s.transport.reset();
    CHECK_FALSE(s.clock->run_one());
    CHECK_FALSE(s.outcome);
  }

  TEST_CASE("a completion may destroy the transport") {
    Sender s;
    bool done = false;
    s.transport->send(s.put_request(), [&](Result<HttpResponse>) {
      s.transport.reset();
      done = true;
    });
    while (s.clock->run_one()) {
    }
    CHECK(done);
  }
}
