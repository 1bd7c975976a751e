// Places of callers and numbers of operations.
#include "admission.h"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <thread>
#include <utility>

using dev8agentd::Admission;

TEST_CASE("so many callers wait at a time; who leaves makes room, once") {
  Admission admission(2, 10);
  std::optional<Admission::Place> first(admission);
  Admission::Place second(admission);
  CHECK(second.granted());
  {
    Admission::Place third(admission);
    CHECK_FALSE(third.granted());
  }
  first->leave();
  Admission::Place fourth(admission);
  CHECK(fourth.granted());
  first.reset();
  CHECK_FALSE(Admission::Place(admission).granted());
}

TEST_CASE("a place moves with its owner") {
  Admission admission(1, 10);
  {
    Admission::Place place(admission);
    const Admission::Place moved(std::move(place));
    CHECK_FALSE(Admission::Place(admission).granted());
  }
  CHECK(Admission::Place(admission).granted());
}

TEST_CASE("operations whose callers have gone are bounded, too") {
  Admission admission(10, 2);
  admission.operation_started();
  CHECK(Admission::Place(admission).granted());
  admission.operation_started();
  CHECK_FALSE(Admission::Place(admission).granted());
  admission.operation_ended();
  CHECK(Admission::Place(admission).granted());
}

TEST_CASE("who waits until nobody waits is told") {
  Admission admission(10, 10);
  const auto soon = std::chrono::steady_clock::now();
  CHECK(admission.wait_until_empty(soon));
  std::optional<Admission::Place> place(admission);
  CHECK_FALSE(admission.wait_until_empty(soon));
  std::thread leaver([&] { place.reset(); });
  CHECK(admission.wait_until_empty(soon + std::chrono::minutes(1)));
  leaver.join();
}
