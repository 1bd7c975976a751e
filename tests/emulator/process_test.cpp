// Containers as real processes: addresses, variables, files, logs, ends and restarts. The commands of the
// images are lines of the shell.
#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include "machine.h"

using namespace emulator_test;

namespace {

int occurrences(const std::string& text, const std::string& part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// Gives this network's loopback interface, or an alias of it, that address.
void add_address(const char* interface, const char* address) {
  ifreq request{};
  std::strcpy(request.ifr_name, interface);
  sockaddr_in internet{};
  internet.sin_family = AF_INET;
  CHECK(inet_pton(AF_INET, address, &internet.sin_addr) == 1);
  std::memcpy(&request.ifr_addr, &internet, sizeof(internet));
  const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CHECK(ioctl(any, SIOCSIFADDR, &request) == 0);
  close(any);
}

// Runs it in a network of its own, where nobody can reach what listens. Its loopback interface has an address
// that is none of loopback's, too: 192.0.2.1. False, and a message: not possible.
bool in_own_network(const std::function<void()>& run) {
  bool possible = false;
  std::thread([&] {
    if (unshare(CLONE_NEWNET) != 0) return;
    possible = true;
    ifreq loopback{};
    std::strcpy(loopback.ifr_name, "lo");
    loopback.ifr_flags = IFF_UP;
    const int any = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ioctl(any, SIOCSIFFLAGS, &loopback);
    close(any);
    add_address("lo:1", "192.0.2.1");
    run();
  }).join();
  if (!possible) MESSAGE("only root may make a network of its own here");
  return possible;
}

}  // namespace

TEST_SUITE("processes") {
  TEST_CASE("a container has its variables, its address and its share") {
    Machine machine(
        "echo \"$PLAIN $HIDDEN $DEV8_ADDRESS\"; pwd; echo \"$WORKSPACE_DIR\"; echo kept > note; exec sleep "
        "1000");
    Files& cloud = machine.cloud;
    REQUIRE(cloud.create("ws-files").status == 201);
    const std::string directory = machine.share_directory();
    const std::string body = replaced(mounting_json("ws-files", cloud.key), R"("environmentVariables":[)",
                                      R"("volumeMounts":[{"name":"workspace","mountPath":"/data"}],
                                      "environmentVariables":[{"name":"WORKSPACE_DIR","value":"/data/w"},)");
    REQUIRE(cloud.put("one", body).status == 201);
    wait_until([&] { return std::filesystem::exists(directory + "/note"); });
    const std::string address(cloud.get("one").string_at({"properties", "ipAddress", "ip"}));
    CHECK(address.starts_with("127.88."));
    CHECK(cloud.get("one").string_at({"properties", "ipAddress", "fqdn"}) == address);
    wait_until([&] { return machine.log().find(directory) != machine.log().rfind(directory); });
    CHECK(machine.log() == "1 canary-variable " + address + "\n" + directory + "\n" + directory + "/w\n");
    CHECK(machine.log("&tail=1&timestamps=true").find("Z " + directory) == 27);
    CHECK(machine.view({"currentState", "state"}) == "Running");

    CHECK(cloud.send("GET", "/ws-files/note").body == "kept\n");
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
    CHECK(text_of(directory + "/note") == "kept\n");
    CHECK(cloud.send("DELETE", "/ws-files?restype=share").status == 202);
    CHECK_FALSE(std::filesystem::exists(directory));
  }

  TEST_CASE("a process that listens beyond loopback is killed, and the log says so") {
    bool local_lives = false;
    std::string log, open, restarts;
    const bool possible = in_own_network([&] {
      Machine machine(R"(listen() { perl -MIO::Socket::INET -e '$| = 1; print "$$\n" if $ARGV[0] eq "0.0.0.0";
          $s = IO::Socket::INET->new(Listen => 1, LocalAddr => $ARGV[0]) or die; print "$$\n"; sleep 1000' $1; }
          listen 127.0.0.1 > "$D/local" & listen "$DEV8_ADDRESS" > "$D/own" & listen 0.0.0.0 > "$D/open" &
          exec sleep 1000)");
      machine.cloud.put("one", group_json());
      const pid_t local = pid_in(machine.path("local"));
      const pid_t own = pid_in(machine.path("own"));
      const pid_t exposed = pid_in(machine.path("open"));
      open = std::to_string(exposed);
      wait_until([&] { return is_gone(exposed); });
      wait_until([&] { return (log = machine.log()).ends_with('\n'); });
      local_lives = !is_gone(local) && !is_gone(own);
      restarts = machine.view({"restartCount"});
    });
    if (!possible) return;
    CHECK(log.starts_with("killed process " + open + " (perl): it listened on 0.0.0.0:"));
    CHECK(log.find("127.88.") != std::string::npos);
    CHECK(local_lives);
    CHECK(restarts == "0");
  }

  TEST_CASE("a UDP socket without a peer beyond loopback is ended, too; those of clients are not") {
    bool others_live = false;
    std::string log;
    std::vector<pid_t> exposed;
    const bool possible = in_own_network([&] {
      // "loopback" and "own" cannot be reached from outside, "client" hears its peer alone, and "asking" and
      // "resolving" have a socket for one question each: on a port that they choose, and on one that the
      // kernel gave.
      Machine machine(R"(hold() { perl -MIO::Socket::IP -e '$| = 1;
            $s = IO::Socket::IP->new(Proto => "udp", LocalHost => $ARGV[0], LocalPort => $ARGV[1],
              GetAddrInfoFlags => 0) or die $@;
            print "$$\n"; sleep 1000' $1 $2; }
          ask() { perl -MIO::Socket::IP -e '$| = 1; print "$$\n"; while (1) { undef $s;
            $s = IO::Socket::IP->new(Proto => "udp", LocalHost => "0.0.0.0", LocalPort => $ARGV[0]) or die $@;
            select undef, undef, undef, 0.02; }' $1; }
          hold 127.0.0.1 5300 > "$D/loopback" & hold "$DEV8_ADDRESS" 5300 > "$D/own" &
          perl -MIO::Socket::IP -e '$| = 1;
            $s = IO::Socket::IP->new(Proto => "udp", PeerHost => "192.0.2.1", PeerPort => 53) or die $@;
            print $s->sockhost eq "192.0.2.1" ? "$$\n" : "no\n"; sleep 1000' > "$D/client" &
          ask 5301 > "$D/asking" & ask 0 > "$D/resolving" &
          for one in loopback own client asking resolving; do until [ -s "$D/$one" ]; do :; done; done
          hold 0.0.0.0 5302 > "$D/open" & hold :: 5303 > "$D/open6" &
          hold 0.0.0.0 0 > "$D/given" & hold :: 40404 > "$D/given6" & exec sleep 1000)");
      machine.cloud.put("one", group_json());
      for (const char* one : {"open", "open6", "given", "given6"})
        exposed.push_back(pid_in(machine.path(one)));
      const auto found = [&](pid_t one) {
        return is_gone(one) && log.find("process " + std::to_string(one) + " ") != std::string::npos;
      };
      wait_until([&] {
        log = machine.log();
        return std::all_of(exposed.begin(), exposed.end(), found);
      });
      others_live = true;
      for (const char* other : {"loopback", "own", "client", "asking", "resolving"})
        others_live = others_live && !is_gone(pid_in(machine.path(other)));
    });
    if (!possible) return;
    const auto killed = [&](int one, const char* where) {
      const std::string process = "killed process " + std::to_string(exposed.at(one));
      return log.find(process + " (perl): it listened on UDP " + where) != std::string::npos;
    };
    CHECK(killed(0, "0.0.0.0:5302, and not on"));
    CHECK(killed(1, "[::]:5303, and not on"));
    CHECK(killed(2, "0.0.0.0:"));
    CHECK(killed(3, "[::]:40404, and not on"));
    CHECK(occurrences(log, ": it listened on ") == 4);
    CHECK(others_live);
  }

  TEST_CASE("what a container keeps below /tmp goes with it, and is nobody else's") {
    Machine machine(
        "mkdir -p \"$CACHE\" && echo kept > \"$CACHE/file\"; echo \"$CACHE $TMPDIR $OTHER\" > \"$D/places\"; "
        "exec "
        "sleep 1000");
    Files& cloud = machine.cloud;
    const std::string body = replaced(group_json(), R"("environmentVariables":[)",
                                      R"("environmentVariables":[{"name":"CACHE","value":"/tmp/dev8-one/npm"},
                 {"name":"TMPDIR","value":"/tmp"},{"name":"OTHER","value":"/tmpfs"},)");
    REQUIRE(cloud.put("one", body).status == 201);
    wait_until([&] { return text_of(machine.path("places")).ends_with('\n'); });
    std::istringstream places(text_of(machine.path("places")));
    std::string cache, temporary, other;
    places >> cache >> temporary >> other;
    CHECK(temporary.starts_with(machine.path("dev8-workspaces-")));
    CHECK(cache == temporary + "/dev8-one/npm");
    CHECK(other == "/tmpfs");
    CHECK(text_of(cache + "/file") == "kept\n");
    CHECK_FALSE(std::filesystem::exists("/tmp/dev8-one"));
    CHECK((std::filesystem::status(temporary).permissions() & std::filesystem::perms(0077)) ==
          std::filesystem::perms::none);
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
    wait_until([&] { return !std::filesystem::exists(temporary); });
  }

  TEST_CASE("a secret volume is a directory of its files, for the container alone and as long as it runs") {
    Machine machine("cd \"$FILES\"; pwd; stat -c '%a %n' *; cat word; echo $?; exec sleep 1000");
    Files& cloud = machine.cloud;
    std::string body = replaced(group_json(), R"("osType")",
                                R"("volumes":[{"name":"files","secret":{"word":"c2VjcmV0Cg=="}}],"osType")");
    body = replaced(body, R"("environmentVariables":[)",
                    R"("volumeMounts":[{"name":"files","mountPath":"/etc/files","readOnly":true}],
                    "environmentVariables":[{"name":"FILES","value":"/etc/files"},)");
    REQUIRE(cloud.put("one", body).status == 201);
    wait_until([&] { return machine.log().ends_with("secret\n0\n"); });
    const std::string directory = machine.log().substr(0, machine.log().find('\n'));
    CHECK(machine.log() == directory + "\n400 word\nsecret\n0\n");
    const Value shown = cloud.get("one");
    const Value& volume = shown.find_path({"properties", "volumes"})->array()[0];
    CHECK(volume.find("secret")->object().empty());
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
    wait_until([&] { return !std::filesystem::exists(directory); });
  }

  TEST_CASE(
      "a container gets what its group takes from a vault: a variable and a file beside one that is sent") {
    const std::string identity = "/subscriptions/s/resourceGroups/r/providers/Microsoft.ManagedIdentity/x";
    const std::string uri = "https://vault.vault.azure.net/secrets/word";
    Machine machine("cd \"$FILES\"; stat -c '%a %n' *; cat word; echo \"$TOKEN\"; exec sleep 1000",
                    [&](EmulatorOptions& options) {
                      options.identities = {{identity, "44444444-4444-4444-8444-444444444444"}};
                      options.vault_secrets[uri] = "from the vault\n";
                    });
    Files& cloud = machine.cloud;
    std::string body = replaced(group_json(), R"("osType")",
                                R"("volumes":[{"name":"files","secret":{"sent":"c2VjcmV0Cg=="},
                                "secretReference":{"word":"one"}}],"secretReferences":[{"name":"one",
                                "identity":")" +
                                    identity + R"(","secretReferenceUri":")" + uri + R"("}],"osType")");
    body = replaced(body, R"("environmentVariables":[)",
                    R"("volumeMounts":[{"name":"files","mountPath":"/etc/files","readOnly":true}],
                    "environmentVariables":[{"name":"FILES","value":"/etc/files"},
                    {"name":"TOKEN","secureValueReference":"one"},)");
    body = replaced(body, R"("location")",
                    R"("identity":{"type":"UserAssigned","userAssignedIdentities":{")" + identity +
                        R"(":{}}},"location")");
    const HttpResponse put = cloud.put("one", body);
    REQUIRE_MESSAGE(put.status == 201, put.body);
    wait_until([&] { return machine.log().ends_with("\n\n"); });
    CHECK(machine.log() == "400 sent\n400 word\nfrom the vault\nfrom the vault\n\n");
  }

  TEST_CASE("a stop ends the container and all that it has started") {
    Machine machine(
        "setsid sleep 1000 & echo $! > \"$D/child\"; echo $$ > \"$D/main\"; trap '' TERM; sleep 1000 & wait; "
        "wait");
    Files& cloud = machine.cloud;
    REQUIRE(cloud.put("one", group_json()).status == 201);
    const pid_t child = pid_in(machine.path("child"));
    const pid_t main = pid_in(machine.path("main"));
    CHECK_FALSE(is_gone(child));
    REQUIRE(cloud.arm("DELETE", cloud.group("one")).status == 200);
    wait_until([&] { return is_gone(main) && is_gone(child); });
    // The tests shorten the grace; the default is Azure's.
    CHECK(ProcessOptions().stop_grace == std::chrono::seconds(10));
  }

  TEST_CASE("a container that ends is Terminated, waits and is started again") {
    Machine machine("echo ended; exit 3");
    Files& cloud = machine.cloud;
    REQUIRE(cloud.put("one", replaced(group_json(), "onfailure", "always")).status == 201);
    wait_until([&] { return machine.view({"currentState", "detailStatus"}) == "CrashLoopBackOff"; });
    CHECK(machine.view({"currentState", "state"}) == "Waiting");
    CHECK(machine.view({"previousState", "state"}) == "Terminated");
    CHECK(machine.view({"previousState", "exitCode"}) == "3");
    CHECK(machine.view({"restartCount"}) == "0");
    CHECK(machine.view({"events"}).find("BackOff") != std::string::npos);
    CHECK(cloud.state("one") == "Running");
    CHECK(machine.log() == "ended\n");
  }

  TEST_CASE("restarts are counted") {
    Machine machine("echo x >> \"$D/lives\"; [ $(wc -l < \"$D/lives\") -lt 3 ] || exec sleep 1000; exit 1",
                    1ms);
    REQUIRE(machine.cloud.put("one", group_json()).status == 201);
    wait_until([&] { return machine.view({"restartCount"}) == "2"; });
    CHECK(machine.view({"currentState", "state"}) == "Running");
    CHECK(machine.view({"previousState", "exitCode"}) == "1");
  }

  TEST_CASE("the restart policy decides what the end means") {
    struct Case {
      const char* policy;
      const char* command;
      const char* state;
    };
    for (const Case& one : {Case{"never", "exit 0", "Succeeded"}, Case{"never", "kill -9 $$", "Failed"},
                            Case{"onfailure", "exit 0", "Succeeded"}}) {
      CAPTURE(one.command);
      Machine machine(one.command, 1ms);
      REQUIRE(machine.cloud.put("one", replaced(group_json(), "onfailure", one.policy)).status == 201);
      wait_until([&] { return machine.cloud.state("one") == one.state; });
      CHECK(machine.view({"currentState", "state"}) == "Terminated");
      CHECK(machine.view({"restartCount"}) == "0");
    }
  }

  TEST_CASE("a liveness probe ends a container that is not well, and a readiness probe says so") {
    Machine machine("exec sleep 1000", 1ms);
    const std::string body =
        replaced(group_json(), R"("ports":[{"port":8080}],")", R"("livenessProbe":{"exec":
      {"command":["/bin/false"]},"periodSeconds":1,"failureThreshold":1},"readinessProbe":{"httpGet":{"port":8080,
      "path":"/"},"periodSeconds":1},"ports":[{"port":8080}],")");
    REQUIRE(machine.cloud.put("one", body).status == 201);
    wait_until([&] { return machine.view({"restartCount"}) != "0"; });
    CHECK(machine.view({"previousState", "exitCode"}) == "143");
    CHECK(machine.view({"events"}).find("failed liveness probe") != std::string::npos);
    CHECK(machine.view({"events"}).find("Unhealthy") != std::string::npos);
  }

  TEST_CASE("the memory of a container has a limit, and there are no core files") {
    Machine machine("ulimit -d; ulimit -c");
    REQUIRE(machine.cloud.put("one", replaced(group_json(), "onfailure", "never")).status == 201);
    wait_until([&] { return machine.cloud.state("one") == "Succeeded"; });
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    CHECK(machine.log() == "unlimited\n0\n");  // process_runtime.cpp says why
#else
    CHECK(machine.log() == "4194304\n0\n");  // in kilobytes
#endif
  }

  TEST_CASE("a group that starts again waits for what was there before") {
    Machine machine(
        "trap 'echo end >> \"$D/order\"; exit 0' TERM; echo begin >> \"$D/order\"; sleep 1000 & wait");
    Files& cloud = machine.cloud;
    const std::string order = machine.path("order");
    REQUIRE(cloud.put("one", group_json()).status == 201);
    wait_until([&] { return text_of(order) == "begin\n"; });
    const auto address = [&] {
      return std::string(cloud.get("one").string_at({"properties", "ipAddress", "ip"}));
    };
    const std::string before = address();
    REQUIRE(cloud.arm("POST", cloud.group("one", "restart")).status == 204);
    CHECK(address() == before);
    wait_until([&] { return text_of(order) == "begin\nend\nbegin\n"; });
    REQUIRE(cloud.arm("POST", cloud.group("one", "stop")).status == 204);
    REQUIRE(cloud.arm("POST", cloud.group("one", "start")).status == 202);
    wait_until([&] { return text_of(order) == "begin\nend\nbegin\nend\nbegin\n"; });
    CHECK(address() == before);
  }

  TEST_CASE("an image without a command is refused") {
    Machine machine("exit 0");
    const auto refused = machine.cloud.put("one", replaced(group_json(), "\"nginx\"", "\"other\""));
    CHECK(refused.status == 400);
    CHECK(code_of(refused) == "InaccessibleImage");
    CHECK(machine.cloud.put("two", replaced(group_json(), "\"nginx\"", "\"nginx:1.27\"")).status == 201);
  }

  TEST_CASE("files of a share and requests about them are the same") {
    Machine machine("exec sleep 1000");
    Files& cloud = machine.cloud;
    REQUIRE(cloud.create("ws-files").status == 201);
    const std::string directory = machine.share_directory();
    REQUIRE(cloud.send("PUT", "/ws-files/made?restype=directory").status == 201);
    CHECK(std::filesystem::is_directory(directory + "/made"));
    std::ofstream(directory + "/made/of-a-process") << "text";
    std::filesystem::create_symlink("/etc", directory + "/outside");
    const std::string list = cloud.send("GET", "/ws-files/?comp=list&restype=directory").body;
    CHECK(list.find("<Name>made</Name>") != std::string::npos);
    CHECK(list.find("outside") == std::string::npos);
    CHECK(cloud.send("GET", "/ws-files/made/of-a-process").body == "text");
    CHECK(cloud.send("GET", "/ws-files/outside/hostname").status == 404);
    CHECK(cloud.send("GET", "/ws-files/made/../../../etc/hostname").status == 404);
    CHECK(cloud.send("DELETE", "/ws-files/made?restype=directory").status == 409);
    CHECK(cloud.send("DELETE", "/ws-files/made/of-a-process").status == 202);
    CHECK(cloud.send("DELETE", "/ws-files/made?restype=directory").status == 202);
    CHECK_FALSE(std::filesystem::exists(directory + "/made"));
  }

  TEST_CASE("what a killed process has left is removed by the next") {
    const Machine first("exit 0");
    const std::string left = first.path("dev8-workspaces-killed");
    std::filesystem::create_directory(left);
    std::ofstream(left + "/lock") << "";
    ProcessOptions options = first.options("exit 0", 1ms);
    const auto second = ProcessRuntime::make(options);
    REQUIRE(second.ok());
    CHECK_FALSE(std::filesystem::exists(left));
    const std::filesystem::directory_iterator roots(first.path());
    CHECK(std::distance(begin(roots), end(roots)) == 2);
  }

  TEST_CASE("options that are wrong are named") {
    const auto field = [](const ProcessOptions& wanted) {
      const auto made = ProcessRuntime::make(wanted);
      return made.ok() ? std::string() : made.error().fields.front().field;
    };
    ProcessOptions options;
    CHECK(field(options) == "images");
    options.images["*"] = "exit 0";
    options.user = "no such user";
    CHECK(field(options) == "user");
    options.user.clear();
    options.stop_grace = -1ms;
    CHECK(field(options) == "stop_grace");
    options.stop_grace = 1ms;
    options.restart_delay = 0ms;
    CHECK(field(options) == "restart_delay");
    options.restart_delay = 1ms;
    options.programs = {"/no/such/program"};
    CHECK(field(options) == "programs");
  }
}
