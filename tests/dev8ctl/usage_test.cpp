// dev8ctl's words about a wrong command line.
#include "dev8ctl/usage.h"

#include <doctest/doctest.h>

namespace dev8ctl {
namespace {

const std::vector<std::string> kCommands = {"create", "get", "list", "restart", "restore", "start", "stop"};
const std::vector<std::string> kOptions = {"--agent", "--cpu", "--memory"};

TEST_CASE("a command that does not exist is told by its name, with the one that was probably meant") {
  CHECK(unexpected_word("", "creat", kCommands) == "there is no command \"creat\"; did you mean create?");
  CHECK(unexpected_word("", "restrat", kCommands) ==
        "there is no command \"restrat\"; did you mean restart?");
  CHECK(unexpected_word("", "nothing", kCommands) == "there is no command \"nothing\"");
  CHECK(unexpected_word("", "rm", kCommands) == "there is no command \"rm\"");
  CHECK(unexpected_word("", "", {}) == "there is no command \"\"");
}

TEST_CASE("an option that does not exist is told without what may be a secret") {
  CHECK(unexpected_word("create", "--cpus", kOptions) == "there is no option --cpus; did you mean --cpu?");
  CHECK(unexpected_word("create", "--password=secret", kOptions) == "there is no option --password");
  CHECK(unexpected_word("", "--agnet=http://x", kOptions) ==
        "there is no option --agnet; did you mean --agent?");
}

TEST_CASE("an argument too many") {
  CHECK(unexpected_word("get", "second", kOptions) == "\"second\" is one argument too many");
}

TEST_CASE("the parser's words about an option become plain ones") {
  CHECK(option_mistake("--cpu: 1 required N missing") == "--cpu: needs a value");
  CHECK(option_mistake("--cpu: At Most 1 required but received 2") == "--cpu: may be given once only");
  CHECK(option_mistake("Could not convert: --yes = maybe") == "--yes: takes no value");
  CHECK(option_mistake("ID is required") == "ID is required");
  CHECK(option_mistake("") == "");
}

TEST_CASE("a number that is none, or out of its range, is told by the rule") {
  CHECK(number_mistake("9", 1, 10) == "");
  CHECK(number_mistake("-3", -5, 10) == "");
  for (const char* text : {"", "nine", "9x", "1.5", " 9"})
    CHECK(number_mistake(text, 1, 10) == "must be an integer");
  for (const char* text : {"0", "11", "99999999999"})
    CHECK(number_mistake(text, 1, 10) == "must be an integer between 1 and 10");
}

TEST_CASE("words to choose from") {
  CHECK(alternatives({"a", "b", "c"}) == "a, b or c");
  CHECK(alternatives({"a"}) == "a");
}

}  // namespace
}  // namespace dev8ctl
