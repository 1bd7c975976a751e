// Local workspaces: the real daemon runs the example workspace for an environment, and what it leaves behind.
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "stack.h"
#include "support/temp_directory.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOne = kAll + "/workspace-0001";
const std::string kPassword = "a password of the test";
const RestClient::Headers kForm = {"Content-Type: application/x-www-form-urlencoded"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The processes that have `text` among their variables.
std::vector<pid_t> processes_with(const std::string& text) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "environ");
    const std::string variables{std::istreambuf_iterator<char>(file), {}};
    if (contains(variables, text)) found.push_back(std::stoi(entry.path().filename()));
  }
  return found;
}

// Root's daemon runs workspaces as another user, who has to get there.
std::string open_to_all(const dev8agent::test::TempDirectory& directory) {
  std::filesystem::permissions(directory.path(), std::filesystem::perms(0711));
  return directory.path().string();
}

// The daemon with an environment whose workspace runs, and its page.
struct Workspace {
  Workspace()
      : daemon({"--dev", "--workspaces"}, {{"AGENT_PORT", "0"},
                                           {"TMPDIR", open_to_all(directory)},
                                           {"AGENT_DEV_IMAGES", "*=exec dev8-workspace"},
                                           {"AGENT_DEV_PROVISIONING_MS", "10"},
                                           {"AGENT_DEV_START_MS", "10"}}),
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
  // Waits for the page and logs in; the Cookie header of the session.
  std::string log_in() const {
    const RestClient page(link());
    REQUIRE(eventually([&] { return page.get("/healthz").status == 200; }));
    const Answer answer = page.post("/login", "password=a+password+of+the+test", kForm);
    CHECK(answer.status == 303);
    const std::string cookie = answer.header("Set-Cookie");
    return "Cookie: " + cookie.substr(0, cookie.find(';'));
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
  const RestClient page(workspace.link());
  CHECK(contains(page.get("/").body, "type=\"password\""));
  CHECK(page.post("/login", "password=another", kForm).status == 401);
  CHECK(page.post("/notes", "note=remember+this", {kForm.front(), session}).status == 303);
  const std::string shown = page.get("/", {session}).body;
  CHECK(contains(shown, "<li>remember this</li>"));
  CHECK(contains(shown, "<li>CODE_SERVER_PASSWORD</li>"));
  CHECK_FALSE(contains(shown, kPassword));
  CHECK(eventually([&] { return contains(workspace.log(), "workspace: kept a note\n"); }));
  CHECK(eventually([&] { return contains(workspace.log(), "workspace: reported its use\n"); }));
  CHECK_FALSE(workspace.agent.get(kOne).text({"data", "environment", "lastActivityAt"}).empty());

  CHECK(workspace.agent.post(kOne + "/stop").status == 200);
  CHECK(eventually([&] { return page.get("/healthz").status == 0; }));
  CHECK(workspace.agent.post(kOne + "/start").status == 200);
  const std::string again = workspace.log_in();
  CHECK(contains(RestClient(workspace.link()).get("/", {again}).body, "<li>remember this</li>"));
}

TEST_CASE("workspaces: nothing is left when the daemon is killed") {
  Workspace workspace;
  const std::string mark = "WORKSPACE_DIR=" + workspace.directory.path().string();
  CHECK(eventually([&] { return !processes_with(mark).empty(); }));
  workspace.daemon.signal(SIGKILL);
  workspace.daemon.wait();
  CHECK(eventually([&] { return processes_with(workspace.directory.path()).empty(); }));
}

TEST_CASE("workspaces: nothing is left when the daemon ends") {
  Workspace workspace;
  const std::string mark = "WORKSPACE_DIR=" + workspace.directory.path().string();
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
}
