// parse_env_file(): the forms of a line, and its mistakes.
#include <doctest/doctest.h>

#include "dev8agent/options.h"

using namespace dev8agent;

TEST_CASE("one line") {
  struct Row {
    const char* line;
    const char* value;
  };
  const Row rows[] = {
      {"A=b", "b"},
      {"A=", ""},
      {"  A = b c  ", "b c"},
      {"export A=b", "b"},
      {"export\tA=b", "b"},
      {"A=b # comment", "b"},
      {"A=b\t#comment", "b"},
      {"A=b#c", "b#c"},
      {"A=#c", "#c"},
      {"A= # comment", ""},
      {"A=a=b==", "a=b=="},
      {"A=it's", "it's"},
      {"A='b # c \\n \" '", "b # c \\n \" "},
      {"A='b'   # comment", "b"},
      {"A=\"b # 'c' \"", "b # 'c' "},
      {R"(A="1\n2\"3\\4" # x)", "1\n2\"3\\4"},
      {"A=''", ""},
      {"A=\"\"", ""},
      {"A=\xc3\xa9", "\xc3\xa9"},
  };
  for (const Row& row : rows) {
    INFO(row.line);
    const auto parsed = parse_env_file(row.line);
    REQUIRE(parsed.ok());
    CHECK(*parsed == Variables{{"A", row.value}});
  }
}

TEST_CASE("a whole file with byte order mark and CRLF") {
  const auto parsed =
      parse_env_file("\xef\xbb\xbf# comment\r\nA=1\r\n\r\n  # more\r\nexport B_2='two'\r\n_c=3");
  REQUIRE(parsed.ok());
  CHECK(*parsed == Variables{{"A", "1"}, {"B_2", "two"}, {"_c", "3"}});
  CHECK(parse_env_file("")->empty());
}

TEST_CASE("mistakes name their lines, not their values") {
  const char* lines[] = {"canary",       "=canary",       "1A=canary",         "A B=canary",
                         "A-B=canary",   "A='canary",     "A=\"canary",        "A=\"canary\\",
                         "A='canary'x",  "A=\"canary\"x", "A=\"canary\\t\"",   "A='canary'#no blank",
                         "A=can\x01ary", "export",        "export =\"canary\""};
  for (const char* line : lines) {
    INFO(line);
    const auto parsed = parse_env_file(std::string("FIRST=1\n") + line);
    REQUIRE_FALSE(parsed.ok());
    REQUIRE(parsed.error().fields.size() == 1);
    CHECK(parsed.error().fields[0].field == "line 2");
    CHECK(parsed.error().message.find("canary") == std::string::npos);
  }
}

TEST_CASE("a name may stand once, and every mistake is reported") {
  const auto parsed = parse_env_file("A=1\nA=2\nnonsense\nB=1");
  REQUIRE_FALSE(parsed.ok());
  REQUIRE(parsed.error().fields.size() == 2);
  CHECK(parsed.error().fields[0].field == "line 2");
  CHECK(parsed.error().fields[1].field == "line 3");
}
