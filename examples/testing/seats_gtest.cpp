// The same tests with GoogleTest.
#include <gtest/gtest.h>

#include "classroom.h"

using course::Classroom;

TEST(Seats, RunAfterTheTwoMinutesOfAzure) {
  Classroom room({.provisioning_time = std::chrono::minutes(2)});
  const auto begun = room.clock->now();
  EXPECT_EQ(room.open("algebra-2026", 3),
            (std::vector<std::string>{"algebra-2026-1", "algebra-2026-2", "algebra-2026-3"}));
  EXPECT_GE(room.clock->now() - begun, std::chrono::minutes(2));
  EXPECT_EQ(room.azure.groups().size(), 3U);
}

TEST(Seats, NoneIsLeftWithoutCapacityForOne) {
  Classroom room({.group_quota = 2});
  EXPECT_TRUE(room.open("algebra-2026", 3).empty());
  EXPECT_TRUE(room.azure.groups().empty());
  EXPECT_EQ(room.count("ContainerGroups_Delete"), 2);  // the two that there was room for
}

TEST(Seats, StayWhenTheyWereThereBefore) {
  Classroom room;
  EXPECT_EQ(room.open("algebra-2026", 1).size(), 1U);
  room.azure.set_location("", dev8agent::emulator::Deployment::kNoCapacitySync);
  EXPECT_TRUE(room.open("algebra-2026", 2).empty());
  EXPECT_EQ(room.azure.groups().size(), 1U);
}

TEST(Seats, ALostAnswerCostsNone) {
  Classroom room;
  room.azure.set_fault_script(course::lose_first_answer("containerGroups.put"));
  EXPECT_EQ(room.open("algebra-2026", 2).size(), 2U);
  EXPECT_EQ(room.azure.groups().size(), 2U);
}
