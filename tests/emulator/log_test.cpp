// The log of a container: which lines are shown, and when there are any. The times of its events.
#include "cloud.h"

using namespace emulator_test;

namespace {

std::string path_of(const Cloud& cloud, const std::string& query = "",
                    const std::string& container = "main") {
  return cloud.group("one", "containers/" + container + "/logs") + query;
}

std::string content(Cloud& cloud, const std::string& query = "") {
  const HttpResponse response = cloud.arm("GET", path_of(cloud, query));
  REQUIRE_MESSAGE(response.status == 200, response.body);
  return std::string(body_of(response).string_at({"content"}));
}

std::string numbered(int first, int last) {
  std::string lines;
  for (int i = first; i <= last; ++i) lines += "line " + std::to_string(i) + "\n";
  return lines;
}

}  // namespace

TEST_SUITE("terminals") {
  TEST_CASE("exec and attach say that they are not emulated") {
    Cloud cloud;
    CHECK(cloud.arm("POST", cloud.group("one", "containers/main/exec"), "{}").status == 404);
    cloud.run_group("one");
    for (const char* action : {"exec", "attach"}) {
      const std::string path = cloud.group("one", std::string("containers/main/") + action);
      const HttpResponse answer = cloud.arm("POST", path, R"({"command":"/bin/sh"})");
      CHECK(answer.status == 501);
      CHECK(code_of(answer) == "NotEmulated");
      CHECK(body_of(answer).string_at({"error", "message"}).find("not emulated") != std::string_view::npos);
      CHECK(cloud.arm("GET", path).status == 405);
    }
  }
}

TEST_SUITE("logs") {
  TEST_CASE("the last lines") {
    Cloud cloud;
    cloud.run_group("one");
    REQUIRE(cloud.emulator.write_log("one", numbered(1, 5)));
    CHECK(content(cloud, "&tail=1") == "line 5\n");
    CHECK(content(cloud, "&tail=3") == numbered(3, 5));
    CHECK(content(cloud).starts_with("emulator: started nginx\n"));
    CHECK(content(cloud).ends_with(numbered(1, 5)));
    CHECK(content(cloud, "&tail=2147483647") == content(cloud));
  }

  TEST_CASE("a line that is not whole has no end, and goes on later") {
    Cloud cloud;
    cloud.run_group("one");
    cloud.emulator.write_log("one", "half");
    CHECK(content(cloud, "&tail=1") == "half");
    cloud.emulator.write_log("one", " a line\nnext\n");
    CHECK(content(cloud, "&tail=2") == "half a line\nnext\n");
    cloud.emulator.write_log("one", "");
    cloud.emulator.write_log("one", "\n");
    CHECK(content(cloud, "&tail=2") == "next\n\n");
  }

  TEST_CASE("each line with the time at which it began") {
    Cloud cloud;
    cloud.run_group("one");
    cloud.emulator.write_log("one", "first");
    cloud.clock->advance(2s);
    cloud.emulator.write_log("one", " end\nsecond\n");
    const std::string stamped = content(cloud, "&tail=2&timestamps=true");
    CHECK(stamped.find("Z first end\n") == 27);
    CHECK(stamped.find("Z second\n") != std::string::npos);
    CHECK(stamped.substr(0, 28) != stamped.substr(39, 28));
    CHECK(content(cloud, "&tail=2&timestamps=false") == "first end\nsecond\n");
    CHECK(content(cloud, "&tail=2&timestamps=TRUE") == stamped);
  }

  TEST_CASE("values that the description does not allow are 400") {
    Cloud cloud;
    cloud.run_group("one");
    for (const char* query :
         {"&tail=0", "&tail=-1", "&tail=x", "&tail=", "&tail=2147483648", "&timestamps=1", "&timestamps="}) {
      CAPTURE(query);
      CHECK(cloud.arm("GET", path_of(cloud, query)).status == 400);
    }
  }

  TEST_CASE("no log without a container that has started") {
    Cloud cloud;
    CHECK(cloud.arm("GET", path_of(cloud)).status == 404);
    CHECK_FALSE(cloud.emulator.write_log("one", "lost\n"));
    REQUIRE(cloud.put("one", group_json()).status == 201);
    CHECK_FALSE(cloud.emulator.write_log("one", "lost\n"));
    CHECK(code_of(cloud.arm("GET", path_of(cloud))) == "ContainerLogNotAvailable");
    CHECK(code_of(cloud.arm("GET", path_of(cloud, "", "other"))) == "ResourceNotFound");
    cloud.clock->advance(31s);
    CHECK(content(cloud) == "emulator: started nginx\nemulator: listening\n");
    CHECK(cloud.arm("GET", path_of(cloud, "", "MAIN")).status == 200);
  }

  TEST_CASE("a stopped container keeps 1000 lines and 16 KB") {
    Cloud cloud;
    cloud.run_group("one");
    cloud.emulator.write_log("one", numbered(1, 1500));
    CHECK(content(cloud).ends_with(numbered(1, 1500)));
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
    CHECK(content(cloud) == numbered(501, 1500));
    CHECK(content(cloud, "&tail=2") == numbered(1499, 1500));
    Cloud other;
    other.run_group("one");
    for (int i = 0; i < 900; ++i) other.emulator.write_log("one", std::string(99, 'x') + "\n");
    REQUIRE(other.arm("POST", other.group("one", "stop")).status == 204);
    CHECK(content(other).size() <= 16'000);
    CHECK(content(other).size() > 15'000);
    CHECK(content(other).starts_with("xxx"));
  }

  TEST_CASE("a running container keeps 4 MB") {
    Cloud cloud;
    cloud.run_group("one");
    cloud.emulator.write_log("one", numbered(1, 500'000));
    CHECK(content(cloud).size() <= 4'000'000);
    CHECK(content(cloud).size() > 3'900'000);
    CHECK(content(cloud).starts_with("line "));
    CHECK(content(cloud, "&tail=1") == "line 500000\n");
  }

  TEST_CASE("a container that starts again begins a new log") {
    for (const bool in_place : {true, false}) {
      CAPTURE(in_place);
      Cloud cloud;
      cloud.run_group("one");
      cloud.emulator.write_log("one", "of the first run\n");
      if (in_place) {
        CHECK(cloud.arm("POST", cloud.group("one", "restart")).status == 204);
      } else {
        cloud.arm("POST", cloud.group("one", "stop"));
        CHECK(cloud.arm("POST", cloud.group("one", "start")).status == 202);
      }
      CHECK(code_of(cloud.arm("GET", path_of(cloud))) == "ContainerLogNotAvailable");
      CHECK_FALSE(cloud.emulator.write_log("one", "lost\n"));
      cloud.clock->advance(31s);
      CHECK(content(cloud) == "emulator: started nginx\nemulator: listening\n");
    }
  }

  TEST_CASE("an event has the times of its first and its last occurrence") {
    Cloud cloud;
    cloud.emulator.set_image("nginx", Deployment::kImagePullBackOff);
    REQUIRE(cloud.put("one", group_json()).status == 201);
    cloud.clock->advance(31s);
    const auto event = [&](const std::string& name, const char* member) {
      const Value group = cloud.get("one");
      const Value& container = group.find_path({"properties", "containers"})->array()[0];
      for (const Value& one : container.find_path({"properties", "instanceView", "events"})->array()) {
        if (one.string_at({"name"}) == name) return std::string(one.string_at({member}));
      }
      return std::string("none");
    };
    const std::string first = event("BackOff", "firstTimestamp");
    CHECK(first == event("BackOff", "lastTimestamp"));
    cloud.clock->advance(300s);
    CHECK(event("BackOff", "firstTimestamp") == first);
    CHECK(event("BackOff", "lastTimestamp") > first);
    CHECK(event("Pulling", "firstTimestamp") == event("Pulling", "lastTimestamp"));
  }
}
