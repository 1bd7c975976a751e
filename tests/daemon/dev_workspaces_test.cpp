// Which commands stand for images under --workspaces, and the variable that says so.
#include "dev_workspaces.h"

#include <doctest/doctest.h>

using dev8agentd::dev_images;
using dev8agentd::DevPrograms;
using dev8agentd::ImageCommands;
using dev8agentd::read_settings;

namespace {

const std::string kDefault = "vaibhavsing/dev8-workspace";

DevPrograms programs(const std::string& code_server, const std::string& workspace,
                     const std::string& caddy = "") {
  return {code_server, workspace, caddy};
}

}  // namespace

TEST_CASE("the default image is code-server, else the example workspace") {
  CHECK(
      dev_images({}, programs("/bin/code-server", "/bin/dev8-workspace")).at(kDefault).find("code-server") !=
      std::string::npos);
  CHECK(dev_images({}, programs("", "/bin/dev8-workspace")).at(kDefault) == "exec dev8-workspace");
  CHECK(dev_images({}, programs("", "")).empty());
  CHECK(dev_images({}, programs("", "", "/bin/caddy")).count("caddy") == 1);
}

TEST_CASE("what is given goes before what is found") {
  const ImageCommands given = {{kDefault, "exec mine"}, {"other", "exec other"}};
  CHECK(dev_images(given, programs("/bin/code-server", "/bin/dev8-workspace")) == given);
}

TEST_CASE("a command for every image is one for the default image, too") {
  const ImageCommands given = {{"*", "exec mine"}};
  CHECK(dev_images(given, programs("/bin/code-server", "/bin/dev8-workspace")) == given);
  CHECK(dev_images(given, programs("", "/bin/dev8-workspace", "/bin/caddy")).count("caddy") == 1);
}

TEST_CASE("AGENT_DEV_IMAGES has a line for each image") {
  const auto settings =
      read_settings({{"AGENT_DEV_IMAGES", "one=sleep 1; echo a=b\n\nregistry:5000/two:1=exec two"}});
  REQUIRE(settings.ok());
  CHECK(settings->dev_images ==
        ImageCommands{{"one", "sleep 1; echo a=b"}, {"registry:5000/two:1", "exec two"}});
  for (const char* wrong : {"one", "=sleep", "one=", "one two=sleep"}) {
    CAPTURE(wrong);
    const auto refused = read_settings({{"AGENT_DEV_IMAGES", wrong}});
    REQUIRE(!refused.ok());
    CHECK(refused.error().fields.front().field == "AGENT_DEV_IMAGES");
  }
}
