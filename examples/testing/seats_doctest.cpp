// Tests of the example's code on the emulator, with doctest.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#include "classroom.h"

using course::Classroom;

TEST_CASE("all seats of a course run, after Azure's two minutes") {
  Classroom room({.provisioning_time = std::chrono::minutes(2)});
  const auto begun = room.clock->now();
  CHECK(room.open("algebra-2026", 3) ==
        std::vector<std::string>{"algebra-2026-1", "algebra-2026-2", "algebra-2026-3"});
  CHECK(room.clock->now() - begun >= std::chrono::minutes(2));
  CHECK(room.azure.groups().size() == 3);
}

TEST_CASE("without capacity for one seat, none is left") {
  Classroom room({.group_quota = 2});
  CHECK(room.open("algebra-2026", 3).empty());
  CHECK(room.azure.groups().empty());
  CHECK(room.count("ContainerGroups_Delete") == 2);  // the two that there was room for
}

TEST_CASE("a seat that was there before stays, whatever becomes of the others") {
  Classroom room;
  CHECK(room.open("algebra-2026", 1).size() == 1);
  room.azure.set_location("", dev8agent::emulator::Deployment::kNoCapacitySync);
  CHECK(room.open("algebra-2026", 2).empty());
  CHECK(room.azure.groups().size() == 1);
}

TEST_CASE("a lost answer costs no seat") {
  Classroom room;
  room.azure.set_fault_script(course::lose_first_answer("containerGroups.put"));
  CHECK(room.open("algebra-2026", 2).size() == 2);
  CHECK(room.azure.groups().size() == 2);
}
