// The Prefer header.
#include "prefer.h"

#include <doctest/doctest.h>

#include <string>

using dev8agentd::Preference;
using dev8agentd::read_preference;
using std::chrono::seconds;

namespace {

Preference read(const std::string& value) {
  return read_preference({{"Prefer", value}});
}

}  // namespace

TEST_CASE("Prefer: what is read") {
  struct Row {
    std::string value;
    bool async;
    int wait;
  };
  for (const Row& row : {Row{"respond-async", true, 0},
                         Row{"Respond-ASYNC", true, 0},
                         Row{"respond-async, wait=10", true, 10},
                         Row{"wait=10, respond-async", true, 10},
                         Row{"respond-async,wait=0", true, 0},
                         Row{" respond-async ;x=1 , wait = 7 ; y", true, 7},
                         Row{"respond-async, wait=\"8\"", true, 8},
                         Row{"respond-async, wait=5, wait=9", true, 5},
                         Row{"respond-async, wait=60", true, 60},
                         Row{"respond-async, wait=61", true, 60},
                         Row{"respond-async, wait=99999999999999999999", true, 60},
                         Row{"respond-async, wait=x, wait=9", true, 0},
                         Row{"respond-async, wait=-1", true, 0},
                         Row{"respond-async, wait=1.5", true, 0},
                         Row{"respond-async, wait", true, 0},
                         Row{"foo=\"a, respond-async\", wait=3", false, 3},
                         Row{"foo=\"a\\\", respond-async\"", false, 0},
                         Row{"respond-asynchronously", false, 0},
                         Row{"return=minimal", false, 0},
                         Row{"foo; respond-async", false, 0},
                         Row{",,,", false, 0},
                         Row{"\"respond-async", false, 0},
                         Row{"", false, 0}}) {
    CAPTURE(row.value);
    CHECK(read(row.value) == Preference{row.async, seconds(row.wait)});
  }
}

TEST_CASE("Prefer: several fields count together, and none is none") {
  CHECK(read_preference({{"prefer", "wait=4"}, {"Other", "wait=9"}, {"PREFER", "respond-async"}}) ==
        Preference{true, seconds(4)});
  CHECK(read_preference({}) == Preference{});
}
