// One page of a log, and the lines that a log has gained between two reads.
#include <doctest/doctest.h>

#include "plan/container_logs.h"

using namespace dev8agent;
using namespace dev8agent::internal::plan;

namespace {

std::string lines(int first, int last, const std::string& text = " line") {
  std::string all;
  for (int i = first; i <= last; ++i) all += std::to_string(i) + text + "\n";
  return all;
}

// The new lines, each followed by '|'; "gap" when more is to be asked for.
std::string news(LogFollower& follower, const std::string& text, bool last = false, bool whole = false) {
  const LogFollower::News found = follower.advance(text, last, whole);
  std::string all = found.gap ? "gap" : "";
  for (const std::string& line : found.lines) all += line + "|";
  return all;
}

}  // namespace

TEST_CASE("log page: the last lines, and whether there are more") {
  const auto page = [](const std::string& text, int tail) { return log_page("main", text, tail, false); };
  CHECK(page("a\nb\nc\n", 2).content == "b\nc\n");
  CHECK(page("a\nb\nc\n", 2).truncated);
  CHECK(page("a\nb\nc\n", 2).container == "main");
  CHECK(page("a\nb\nc\n", 3).content == "a\nb\nc\n");
  CHECK_FALSE(page("a\nb\nc\n", 3).truncated);
  CHECK(page("a\nb\nc", 1).content == "c");
  CHECK(page("a\nb\nc", 2).content == "b\nc");
  CHECK(page("", 5).content.empty());
  CHECK_FALSE(page("", 5).truncated);
  CHECK(page("\n\n", 1).content == "\n");
  CHECK(page("a\r\nb\r\n", 1).content == "b\r\n");
}

TEST_CASE("log page: Azure's own limits count as truncated") {
  const std::string line = std::string(99, 'x') + "\n";
  std::string text;
  for (int i = 0; i < 160; ++i) text += line;  // 16,000 bytes
  CHECK(log_page("main", text, 1000, true).truncated);
  CHECK_FALSE(log_page("main", text, 1000, false).truncated);
  CHECK(log_page("main", lines(1, 1000, ""), 5000, true).truncated);
  CHECK_FALSE(log_page("main", lines(1, 999, ""), 5000, true).truncated);
  CHECK(log_page("main", std::string(4'000'000, 'x'), 10, false).truncated);
}

TEST_CASE("log page: a key is masked though its beginning is not shown") {
  const std::string text =
      "up\n-----BEGIN PRIVATE KEY-----\nMIIEcanary0123456789\n-----END PRIVATE KEY-----\npassword=x\n";
  CHECK(log_page("main", text, 3, false).content == "***\n***\npassword=***\n");
}

TEST_CASE("follow: what two reads have in common is told once") {
  LogFollower follower;
  CHECK(news(follower, lines(1, 3)) == "1 line|2 line|3 line|");
  CHECK(news(follower, lines(1, 3)).empty());
  CHECK(news(follower, lines(1, 4)) == "4 line|");
  CHECK(news(follower, lines(3, 6)) == "5 line|6 line|");
  CHECK(news(follower, lines(6, 7)) == "7 line|");
}

TEST_CASE("follow: a later read may show more of the past") {
  LogFollower follower;
  news(follower, lines(600, 1000));
  CHECK(news(follower, lines(1, 1000)).empty());
  CHECK(news(follower, lines(1, 1001)) == "1001 line|");
  CHECK(news(follower, lines(2, 1003)) == "1002 line|1003 line|");
  LogFollower other;
  news(other, lines(5000, 6000));
  CHECK(news(other, lines(7000, 8000)) == "gap");
  const std::string found = news(other, lines(1, 8000), false, true);
  CHECK(found.starts_with("6001 line|"));
  CHECK(found.ends_with("|8000 line|"));
}

TEST_CASE("follow: a line that is repeated is told as often as it was written") {
  LogFollower follower;
  CHECK(news(follower, "a\na\n") == "a|a|");
  CHECK(news(follower, "a\na\na\n") == "a|");
  CHECK(news(follower, "a\na\na\nb\na\n") == "b|a|");
  CHECK(news(follower, "a\na\na\nb\na\na\na\n") == "a|a|");
  CHECK(news(follower, "a\na\na\nb\na\na\na\n").empty());
}

TEST_CASE("follow: lines that were missed are asked for, and told when they cannot be had") {
  LogFollower follower;
  news(follower, lines(1, 3));
  CHECK(news(follower, lines(8, 9)) == "gap");
  CHECK(news(follower, lines(1, 9), false, true) == "4 line|5 line|6 line|7 line|8 line|9 line|");
  CHECK(news(follower, lines(20, 21)) == "gap");
  CHECK(news(follower, lines(20, 21), false, true) == "20 line|21 line|");  // the log was rotated
  CHECK(news(follower, lines(20, 22)) == "22 line|");
}

TEST_CASE("follow: an answer that lags says nothing") {
  LogFollower follower;
  news(follower, lines(1, 9));
  CHECK(news(follower, lines(1, 5)).empty());
  CHECK(news(follower, lines(3, 7)).empty());
  CHECK(news(follower, "").empty());
  CHECK(news(follower, lines(1, 10)) == "10 line|");
  LogFollower late;
  news(late, lines(5, 9));
  CHECK(news(late, lines(2, 8)).empty());
  CHECK(news(late, lines(5, 10)) == "10 line|");
}

TEST_CASE("follow: a container that begins anew has a new log") {
  LogFollower follower;
  news(follower, "t1 up\nt2 down\n");
  CHECK(news(follower, "t3 up\n") == "gap");
  CHECK(news(follower, "t3 up\n", false, true) == "t3 up|");
  CHECK(news(follower, "t3 up\nt4 down\n") == "t4 down|");
}

TEST_CASE("follow: a line counts when it is whole, or at the end of the log") {
  LogFollower follower;
  CHECK(news(follower, "a\nhal") == "a|");
  CHECK(news(follower, "a\nhalf a li").empty());
  CHECK(news(follower, "a\nhalf a line\r\nb") == "half a line|");
  CHECK(news(follower, "a\nhalf a line\r\nb", true) == "b|");
  CHECK(news(follower, "a\nhalf a line\r\nb\n", true).empty());
  LogFollower fresh;
  CHECK(news(fresh, "never whole").empty());
  CHECK(news(fresh, "never whole", true) == "never whole|");
}

TEST_CASE("follow: many equal lines take time in proportion") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "\n";
  LogFollower follower;
  CHECK(follower.advance(text, false, false).lines.size() == 100'000);
  CHECK(follower.advance(text + "x\n", false, false).lines.size() == 1);
  CHECK(follower.advance("y\n" + text + "x\n", false, false).lines.empty());
  CHECK(follower.advance(text + "z\n", false, false).gap);
}

TEST_CASE("log writer: the last lines are shown, the ones before them count for a key's beginning") {
  LogWriter writer(false);
  CHECK(writer.write({"-----BEGIN PRIVATE KEY-----", "MIIEcanary0123456789"}, 1) == "***\n");
  CHECK(writer.write({"MIIEcanary0123456789", "-----END PRIVATE KEY----- up", "password=x"}, 10) ==
        "***\n*** up\npassword=***\n");
  CHECK(writer.write({}, 10).empty());
  CHECK(writer.write({"a", "b"}, 0).empty());
}

TEST_CASE("log writer: a key whose beginning Azure no longer holds is masked") {
  LogWriter writer(false);
  CHECK(writer.write({"MIIEcanary0123456789", "ab==", "-----END PRIVATE KEY-----", "up"}, 10) ==
        "***\n***\n***\nup\n");
}

TEST_CASE("log writer: times are shown on request") {
  const std::vector<std::string> stamped = {"2026-01-15T00:00:00.1234567Z up token=a", "2026-01-15T00:00:01Z",
                                            "2026-01-15T00:00:01Z ", "no time"};
  CHECK(LogWriter(false).write(stamped, 10) == "up token=***\n\n\nno time\n");
  CHECK(LogWriter(true).write(stamped, 10) ==
        "2026-01-15T00:00:00.1234567Z up token=***\n2026-01-15T00:00:01Z\n2026-01-15T00:00:01Z \nno time\n");
  CHECK(without_time("").empty());
  CHECK(without_time("2026-99-15T00:00:00Z x") == "2026-99-15T00:00:00Z x");
}
