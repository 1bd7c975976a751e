// Where containers that are real processes find their shares: at the mount path, in a home directory, or
// elsewhere where that is not possible.
#include <cerrno>
#include <csignal>

#include "machine.h"

using namespace emulator_test;

namespace {

// A group whose container has the share ws-files at `path`, and `directory` in WORKSPACE_DIR.
std::string mounted_at(Files& cloud, const std::string& path, const std::string& directory) {
  return replaced(mounting_json("ws-files", cloud.key), R"("environmentVariables":[)",
                  R"("volumeMounts":[{"name":"workspace","mountPath":")" + path +
                      R"("}],"environmentVariables":[{"name":"WORKSPACE_DIR","value":")" + directory +
                      R"("},)");
}
std::string mounted_at(Files& cloud, const std::string& path) {
  return mounted_at(cloud, path, path);
}

}  // namespace

TEST_SUITE("process shares") {
  TEST_CASE("a container has its share at the mount path below /home, which nobody else sees") {
    Machine machine(
        "pwd; echo \"$HOME $WORKSPACE_DIR\"; echo kept > \"$HOME/note\"; ls /home; echo end; exec sleep "
        "1000");
    Files& cloud = machine.cloud;
    REQUIRE(cloud.create("ws-files").status == 201);
    const std::string directory = machine.share_directory();
    const std::string path = "/home/" + machine.directory.path().filename().string();
    REQUIRE(cloud.put("one", mounted_at(cloud, path, path + "/w")).status == 201);
    wait_until([&] { return machine.log().ends_with("\nend\n"); });
    const std::string home = machine.mounts_shares() ? path : directory;
    CHECK(machine.log().starts_with(home + "\n" + home + " " + home + "/w\n"));
    CHECK(text_of(directory + "/note") == "kept\n");
    CHECK_FALSE(std::filesystem::exists(path));
    // What this machine has there stays in sight.
    for (const auto& entry : std::filesystem::directory_iterator("/home"))
      CHECK(machine.log().find("\n" + entry.path().filename().string() + "\n") != std::string::npos);
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
    CHECK(cloud.send("DELETE", "/ws-files?restype=share").status == 202);
    CHECK_FALSE(std::filesystem::exists(directory));
  }

  TEST_CASE("a share in a home directory leaves that on the container's own disk, empty at each start") {
    Machine machine(
        "pwd; echo \"$HOME $WORKSPACE_DIR\"; ls -A; ln -s x link; echo lost > .rc; echo kept >> share/note; "
        "cat "
        "\"$WORKSPACE_DIR/../share/note\"; echo end; exec sleep 1000");
    Files& cloud = machine.cloud;
    REQUIRE(cloud.create("ws-files").status == 201);
    const std::string directory = machine.share_directory();
    const std::string home = "/home/" + machine.directory.path().filename().string();
    REQUIRE(cloud.put("one", mounted_at(cloud, home + "/share")).status == 201);
    std::string notes = "kept\n";
    for (const bool again : {false, true}) {
      if (again) {
        REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
        REQUIRE(cloud.arm("POST", cloud.group("one", "start")).status == 202);
        notes += "kept\n";
      }
      wait_until([&] { return machine.log().ends_with(notes + "end\n"); });
      const std::string log = machine.log();
      const std::string where = log.substr(0, log.find('\n'));
      if (machine.mounts_shares()) CHECK(where == home);
      CHECK(where != directory);
      const std::string work = machine.mounts_shares() ? home + "/share" : directory;
      CHECK(log == where + "\n" + where + " " + work + "\nshare\n" + notes + "end\n");
      CHECK(text_of(directory + "/note") == notes);
      CHECK_FALSE(std::filesystem::exists(std::filesystem::symlink_status(directory + "/link")));
      CHECK_FALSE(std::filesystem::exists(home));
    }
  }

  TEST_CASE("a link in place of the share's directory in a home is not followed by a mount") {
    Machine machine(
        "[ -e \"$D/planted\" ] || { echo end; until [ -e \"$D/planted\" ]; do :; done; exit 1; }; "
        "cd \"$WORKSPACE_DIR\"; pwd; exec sleep 1000",
        1ms);
    if (!machine.mounts_shares()) {
      MESSAGE("this system refuses mounts");
      return;
    }
    Files& cloud = machine.cloud;
    REQUIRE(cloud.create("ws-files").status == 201);
    const std::string path = "/home/" + machine.directory.path().filename().string() + "/share";
    REQUIRE(cloud.put("one", mounted_at(cloud, path)).status == 201);
    wait_until([&] { return machine.log() == "end\n"; });
    std::string place;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(machine.path())) {
      if (entry.path().filename() == "share") place = entry.path();
    }
    REQUIRE(std::filesystem::remove(place));
    std::filesystem::create_symlink("/etc", place);
    std::ofstream(machine.path("planted")) << "";
    wait_until(
        [&] { return machine.view({"restartCount"}) == "1" && machine.log().ends_with("ws-files\n"); });
    CHECK(machine.log().find("cannot mount the share at " + path + ": ") != std::string::npos);
  }

  TEST_CASE("a share that cannot be mounted after all is at its own directory, and the log says so") {
    Machine machine("pwd; echo \"$WORKSPACE_DIR\"; echo kept > \"$HOME/note\"; echo end; exec sleep 1000");
    if (!machine.mounts_shares()) {
      MESSAGE("this system refuses mounts from the start");
      return;
    }
    Files& cloud = machine.cloud;
    REQUIRE(cloud.create("ws-files").status == 201);
    const std::string directory = machine.share_directory();
    const std::string path = "/home/" + std::string(300, 'x');  // longer than a name may be
    REQUIRE(cloud.put("one", mounted_at(cloud, path, path + "/w")).status == 201);
    wait_until([&] {
      return machine.log().ends_with("end\n") ||
             machine.view({"currentState", "detailStatus"}) == "CrashLoopBackOff";
    });
    CHECK(machine.log() == "cannot mount the share at " + path + ": until the next start it is at " +
                               directory + " (error " + std::to_string(ENAMETOOLONG) + " of the system)\n" +
                               directory + "\n" + directory + "/w\nend\n");
    CHECK(text_of(directory + "/note") == "kept\n");
    CHECK(machine.view({"currentState", "state"}) == "Running");
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
  }

  TEST_CASE("a share in a home directory that cannot be mounted after all is there through a link") {
    Machine machine(
        "cd \"$HOME/share\" && pwd -P; echo \"$WORKSPACE_DIR\"; echo kept > note; echo end; exec sleep 1000");
    if (!machine.mounts_shares()) {
      MESSAGE("this system refuses mounts from the start");
      return;
    }
    Files& cloud = machine.cloud;
    REQUIRE(cloud.create("ws-files").status == 201);
    const std::string directory = machine.share_directory();
    const std::string home = "/home/" + std::string(300, 'x');  // longer than a name may be
    REQUIRE(cloud.put("one", mounted_at(cloud, home + "/share")).status == 201);
    wait_until([&] {
      return machine.log().ends_with("end\n") ||
             machine.view({"currentState", "detailStatus"}) == "CrashLoopBackOff";
    });
    CHECK(machine.log().ends_with(" of the system)\n" + directory + "\n" + directory + "\nend\n"));
    CHECK(text_of(directory + "/note") == "kept\n");
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
  }

  TEST_CASE("a mount path that leads through a directory of this machine hides nothing of it") {
    const std::filesystem::directory_iterator homes("/home");
    const std::string user = homes == end(homes) ? "/srv" : homes->path().string();
    for (const std::string& path : {user, user + "/share", std::string("/home/dev8-x/../share")}) {
      CAPTURE(path);
      Machine machine("[ ! -L share ] || cd -P share; pwd; exec sleep 1000");
      Files& cloud = machine.cloud;
      REQUIRE(cloud.create("ws-files").status == 201);
      const std::string body = replaced(
          mounting_json("ws-files", cloud.key), R"("environmentVariables":[)",
          R"("volumeMounts":[{"name":"workspace","mountPath":")" + path + R"("}],"environmentVariables":[)");
      REQUIRE(cloud.put("one", body).status == 201);
      wait_until([&] { return machine.log().ends_with('\n'); });
      CHECK(machine.log() == machine.share_directory() + "\n");
    }
  }
}
