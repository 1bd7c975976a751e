// Local workspaces: the real daemon runs the example workspace for an environment, and what it leaves behind.
#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "stack.h"
#include "support/temp_directory.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const std::string kPassword = "a password of the test";

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What the page of a workspace answers; the status is 0 when nobody listens.
struct PageAnswer {
  int status = 0;
  std::string text;  // head and body
};

// A POST when there is a `form`. `link` is "http://ADDRESS:PORT".
PageAnswer ask(const std::string& link, const std::string& path, const std::string& cookie = "",
               const std::string& form = "") {
  const std::size_t host = link.find("//") + 2;
  const std::size_t colon = link.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(link.substr(colon + 1))));
  REQUIRE(inet_pton(AF_INET, link.substr(host, colon - host).c_str(), &to.sin_addr) == 1);
  const int page = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  PageAnswer answer;
  if (connect(page, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0) {
    const std::string request = (form.empty() ? "GET " : "POST ") + path +
                                " HTTP/1.1\r\nHost: " + link.substr(host) +
                                "\r\nConnection: close\r\nCookie: " + cookie +
                                "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                                std::to_string(form.size()) + "\r\n\r\n" + form;
    if (send(page, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
      char buffer[4096];
      for (ssize_t length = 0; (length = read(page, buffer, sizeof(buffer))) > 0;)
        answer.text.append(buffer, static_cast<std::size_t>(length));
    }
    if (answer.text.size() > 12) answer.status = std::stoi(answer.text.substr(9, 3));
  }
  close(page);
  return answer;
}

// The processes that have `text` among their variables.
std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ostringstream variables;  // empty for a process that ends meanwhile
    variables << std::ifstream(entry.path() / "environ").rdbuf();
    if (contains(variables.str(), text)) found.push_back(std::stoi(entry.path().filename()));
  }
  return found;
}

// Root's daemon runs workspaces as another user, who has to get there; so has a daemon of another user.
std::string open_to_all(const dev8agent::test::TempDirectory& directory) {
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0777));
  return directory.path().string();
}

// The daemon with an environment whose workspace runs, and its page.
struct Workspace {
  explicit Workspace(const std::string& command = "exec dev8-workspace", uid_t user = 0,
                     const std::string& layout = "home", const std::string& idle_stop_after = "0")
      : daemon({"--dev", "--workspaces"},
               {{"AGENT_PORT", "0"},
                {"RATE_LIMIT_RPS", "1000000"},
                {"RATE_LIMIT_BURST", "1000000"},
                {"TMPDIR", open_to_all(directory)},
                {"AGENT_DEV_IMAGES", "*=" + command},
                {"WORKSPACE_LAYOUT", layout},
                {"IDLE_STOP_AFTER", idle_stop_after},
                {"AGENT_DEV_PROVISIONING_MS", "10"},
                {"AGENT_DEV_START_MS", "10"}},
               DaemonProcess::Errors::kRead, 0, user),
        agent(daemon.url()) {
    REQUIRE_MESSAGE(!daemon.url().empty(), daemon.standard_error());
    const Answer created =
        agent.post(kAll, create_body("workspace-0001", R"(,"codeServerPassword":")" + kPassword + "\""));
    REQUIRE_MESSAGE(created.status == 201, created.body);
  }

  // Where a browser finds the page now.
  std::string link() const {
    return agent.get(kOne).text({"data", "environment", "connectionUrls", "vscodeWebUrl"});
  }
  // Waits for the page and logs in; the cookie of the session.
  std::string log_in() const {
    const std::string page = link();
    // A create and a start have waited for it.
    REQUIRE(ask(page, "/healthz").status == 200);
    const PageAnswer answer = ask(page, "/login", "", "password=a+password+of+the+test");
    CHECK(answer.status == 303);
    const std::size_t begin = answer.text.find("workspace-session=");
    REQUIRE(begin != std::string::npos);
    return answer.text.substr(begin, answer.text.find(';', begin) - begin);
  }
  std::string log() const { return agent.get(kOne + "/logs").body; }

  dev8agent::test::TempDirectory directory;
  DaemonProcess daemon;
  RestClient agent;
};

}  // namespace

TEST_CASE("workspaces: the link opens with the password, and a note outlives a stop") {
  const Workspace workspace;
  CHECK(workspace.link().starts_with("http://127.88."));
  const std::string session = workspace.log_in();
  const std::string page = workspace.link();
  CHECK(contains(ask(page, "/").text, "type=\"password\""));
  CHECK(ask(page, "/login", "", "password=another").status == 401);
  CHECK(ask(page, "/notes", session, "note=remember+this").status == 303);
  const std::string shown = ask(page, "/", session).text;
  CHECK(contains(shown, "<li>remember this</li>"));
  CHECK(contains(shown, "<li>CODE_SERVER_PASSWORD</li>"));
  CHECK_FALSE(contains(shown, kPassword));
  CHECK(eventually([&] { return contains(workspace.log(), "workspace: kept a note\n"); }));
  CHECK(eventually([&] { return contains(workspace.log(), "workspace: reported its use\n"); }));

  CHECK(workspace.agent.post(kOne + "/stop").status == 200);
  CHECK(eventually([&] { return ask(page, "/healthz").status == 0; }));
  CHECK(workspace.agent.post(kOne + "/start").status == 200);
  const std::string again = workspace.log_in();
  CHECK(workspace.link() == page);
  CHECK(contains(ask(page, "/", again).text, "<li>remember this</li>"));
}

TEST_CASE(
    "workspaces: the share is where Azure mounts it, as the daemon says at its start, for root and others") {
  constexpr uid_t kNobody = 65534;
  for (const uid_t user : {uid_t{0}, kNobody}) {
    if (user != 0 && geteuid() != 0) continue;  // only root can start the daemon as another
    CAPTURE(user);
    Workspace workspace("echo \"home $HOME\"; pwd; cd \"$WORKSPACE_DIR/..\" && pwd; exec dev8-workspace",
                        user);
    const std::string said = workspace.daemon.log_line("daemon.workspaces");
    const bool mounted = contains(said, R"("shares":"mounted")");
    CHECK(mounted != contains(said, R"("shares":"directories")"));
    CHECK(ask(workspace.link(), "/notes", workspace.log_in(), "note=remember+this").status == 303);
    CHECK(eventually([&] { return contains(workspace.log(), "workspace: kept a note\n"); }));
    const bool is_free = !std::filesystem::exists("/home/dev8");  // somebody's home is left in sight
    if (mounted && is_free) CHECK(contains(workspace.log(), "home /home/dev8\n/home/dev8\n/home/dev8\n"));
    if (!mounted) CHECK(contains(workspace.log(), "home " + workspace.directory.path().string()));
    CHECK(workspace.agent.post(kOne + "/stop").status == 200);
    CHECK(workspace.agent.post(kOne + "/start").status == 200);
    CHECK(contains(ask(workspace.link(), "/", workspace.log_in()).text, "<li>remember this</li>"));
    const std::string mark = "PATH=" + workspace.directory.path().string();
    workspace.daemon.signal(SIGKILL);
    workspace.daemon.wait();
    CHECK(eventually([&] { return processes_with(mark).empty(); }));
  }
}

TEST_CASE("workspaces: in the layout workspace a note is kept over a stop, and the rest of the home is not") {
  const Workspace workspace("ls -A; ln -s x \"$HOME/link\" && echo linked; exec dev8-workspace", 0,
                            "workspace");
  for (const std::string note : {"one", "two"}) {
    CHECK(ask(workspace.link(), "/notes", workspace.log_in(), "note=" + note).status == 303);
    std::string log;
    CHECK(eventually([&] { return contains(log = workspace.log(), "workspace: kept a note\n"); }));
    CHECK_MESSAGE(log.starts_with("workspace\nlinked\n"), log);
    CHECK(workspace.agent.post(kOne + "/stop").status == 200);
    CHECK(workspace.agent.post(kOne + "/start").status == 200);
  }
  const std::string shown = ask(workspace.link(), "/", workspace.log_in()).text;
  CHECK(contains(shown, "<li>one</li>"));
  CHECK(contains(shown, "<li>two</li>"));
}

TEST_CASE("workspaces: processes of root's daemon have another user, without root's groups and rights") {
  if (geteuid() != 0) {
    MESSAGE("this daemon is not root's");
    return;
  }
  const Workspace workspace(
      "echo user $(id -u) groups $(id -G); grep '^Cap' /proc/self/status; exec dev8-workspace");
  std::string log;
  CHECK(eventually([&] { return contains(log = workspace.log(), "workspace: listening"); }));
  CAPTURE(log);
  CHECK(contains(log, "user 65534 groups 65534\n"));
  constexpr const char* kLowPorts = "0000000000000400";  // the right to listen on them
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
    CHECK(contains(log, std::string(set) + ":\t" + kLowPorts + "\n"));
}

TEST_CASE("workspaces: the events of a create tell when image, container and IDE were there") {
  const Workspace workspace("sleep 1; exec dev8-workspace");
  const Answer events = workspace.agent.get(kOne + "/events");
  for (const char* name : {"Pulling", "Pulled", "Started", "waiting-for-ide", "done"})
    CHECK_MESSAGE(contains(events.body, std::string(R"("name":")") + name + "\""), name);
  CHECK(events.body.find(R"("name":"waiting-for-ide")") < events.body.find(R"("name":"done")"));
}

TEST_CASE("workspaces: a restart ends when the page answers again, with the note") {
  const Workspace workspace("sleep 2; exec dev8-workspace");
  CHECK(ask(workspace.link(), "/notes", workspace.log_in(), "note=remember+this").status == 303);
  CHECK(workspace.agent.post(kOne + "/restart").status == 200);
  CHECK(contains(ask(workspace.link(), "/", workspace.log_in()).text, "<li>remember this</li>"));
}

TEST_CASE(
    "workspaces: one that reports its use and then is not used any more is stopped, with its note kept") {
  const Workspace workspace("exec dev8-workspace", 0, "home", "10s");
  const std::string page = workspace.link();
  CHECK(ask(page, "/notes", workspace.log_in(), "note=remember+this").status == 303);
  const auto now = [&](const char* member) {
    return workspace.agent.get(kOne).text({"data", "environment", member});
  };
  CHECK(eventually([&] { return !now("lastActivityAt").empty(); }));
  CHECK(eventually([&] { return now("status") == "STOPPED"; }));
  CHECK(eventually([&] { return ask(page, "/healthz").status == 0; }));
  CHECK(contains(workspace.agent.get(kOne + "/events").body, "stopped, because nobody has used it since 20"));
  CHECK(workspace.agent.post(kOne + "/start").status == 200);
  CHECK(contains(ask(page, "/", workspace.log_in()).text, "<li>remember this</li>"));
}

TEST_CASE("workspaces: the notes of a deleted environment come back") {
  const Workspace workspace;
  const std::string session = workspace.log_in();
  CHECK(ask(workspace.link(), "/notes", session, "note=remember+this").status == 303);
  CHECK(workspace.agent.remove(kOne + "?force=true").status == 200);
  CHECK(workspace.agent.post(kOne + "/restore").status == 200);
  CHECK(workspace.agent.post(kOne + "/start", R"({"codeServerPassword":")" + kPassword + "\"}").status ==
        200);
  CHECK(contains(ask(workspace.link(), "/", workspace.log_in()).text, "<li>remember this</li>"));
}

TEST_CASE("workspaces: a create whose IDE does not answer says what it waits for, and why") {
  const dev8agent::test::TempDirectory directory;
  DaemonProcess daemon({"--dev", "--workspaces", "--port", "0"},
                       {{"TMPDIR", open_to_all(directory)},
                        {"AGENT_DEV_IMAGES", "vaibhavsing/dev8-workspace=exec sleep 600"},
                        {"AGENT_DEV_PROVISIONING_MS", "10"}});
  REQUIRE_MESSAGE(!daemon.url().empty(), daemon.standard_error());
  const RestClient agent(daemon.url());
  const Answer accepted = agent.post(kAll, create_body("workspace-0001"), {"Prefer: respond-async"});
  REQUIRE(accepted.status == 202);
  const std::string operation = "/api/v1/operations/" + accepted.text({"data", "operation", "id"});
  CHECK(eventually([&] {
    const Answer now = agent.get(operation);
    return now.text({"data", "operation", "stage"}) == "waiting-for-ide" &&
           contains(now.text({"data", "operation", "detail"}), "127.88.");
  }));
  CHECK(agent.get(operation).text({"data", "operation", "status"}) == "RUNNING");
  CHECK(agent.remove(kOne + "?force=true").status == 200);
  CHECK(agent.get(operation).text({"data", "operation", "status"}) == "CANCELLED");
}

TEST_CASE("workspaces: nothing is left when the daemon is killed") {
  Workspace workspace;
  const std::string mark = "PATH=" + workspace.directory.path().string();
  CHECK(eventually([&] { return !processes_with(mark).empty(); }));
  workspace.daemon.signal(SIGKILL);
  workspace.daemon.wait();
  CHECK(eventually([&] { return processes_with(workspace.directory.path()).empty(); }));
}

TEST_CASE("workspaces: a process in a session of its own is not left either when the daemon is killed") {
  Workspace workspace("setsid sleep 600 & exec dev8-workspace");
  const std::string mark = "PATH=" + workspace.directory.path().string();
  CHECK(eventually([&] { return processes_with(mark).size() >= 2; }));
  workspace.daemon.signal(SIGKILL);
  workspace.daemon.wait();
  CHECK(eventually([&] { return processes_with(workspace.directory.path()).empty(); }));
}

TEST_CASE("workspaces: code-server gets its address, its folder, a shell and who the user is for git") {
  const dev8agent::test::TempDirectory directory;
  const std::string program = directory.path() / "code-server";
  std::ofstream(program) << "#!/bin/sh\necho \"arguments $*\"\necho \"shell $SHELL\"\n"
                            "echo \"git $(git config user.name) $(git config user.email)\"\n"
                            "cd \"$WORKSPACE_DIR\" && echo \"folder $(pwd)\"\nexec dev8-workspace\n";
  std::filesystem::permissions(program, std::filesystem::perms(0755));
  DaemonProcess daemon({"--dev", "--workspaces"}, {{"AGENT_PORT", "0"},
                                                   {"TMPDIR", open_to_all(directory)},
                                                   {"PATH", directory.path().string() + ":/usr/bin:/bin"},
                                                   {"AGENT_DEV_PROVISIONING_MS", "10"}});
  REQUIRE_MESSAGE(!daemon.url().empty(), daemon.standard_error());
  const RestClient agent(daemon.url());
  const std::string more =
      R"(,"gitUserName":"Ann","gitUserEmail":"ann@example.com","environmentVariables":{"PORT":"9"})";
  REQUIRE(agent.post(kAll, create_body("workspace-0001", more)).status == 201);
  // The process has answered; what it wrote before is read by a thread of its own.
  std::string log;
  CHECK(eventually([&] { return contains(log = agent.get(kOne + "/logs").body, "/workspace\n"); }));
  CAPTURE(log);
  CHECK(contains(log, "--auth password"));
  CHECK(contains(log, "--host 127.88."));
  CHECK(contains(log, "--port 8080"));
  CHECK(contains(log, "shell /bin/"));
  CHECK(contains(log, "git Ann ann@example.com"));
}

TEST_CASE("workspaces: nothing is left when the daemon ends") {
  Workspace workspace;
  const std::string mark = "PATH=" + workspace.directory.path().string();
  CHECK(eventually([&] { return !processes_with(mark).empty(); }));
  workspace.daemon.signal(SIGTERM);
  CHECK(workspace.daemon.wait() == 0);
  CHECK(processes_with(workspace.directory.path()).empty());
  CHECK(std::filesystem::is_empty(workspace.directory.path()));
}

TEST_CASE("workspaces: flags and images that do not fit are refused by their names") {
  DaemonProcess alone({"--workspaces"}, {});
  CHECK(alone.wait() == 2);
  DaemonProcess stranger({"--dev", "--workspaces", "--dev-user", "no-such-user", "--port", "0"}, {});
  CHECK(stranger.wait() == 1);
  CHECK(contains(stranger.standard_error(), "--dev-user: "));
  DaemonProcess deaf({"--dev", "--port", "0"}, {{"WORKSPACE_READY", "http"}});
  CHECK(deaf.wait() == 1);
  CHECK(contains(deaf.standard_error(), "WORKSPACE_READY: must be azure under --dev without --workspaces"));
}
