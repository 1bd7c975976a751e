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

}  // namespace
}  // namespace dev8ctl
