// The example workspace: a small web page that stands for VS Code. README.md says what it does.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <thread>

#include "reporter.h"
#include "site.h"

namespace {

constexpr int kPort = 8080;

std::string variable(const char* name, const std::string& otherwise = "") {
  const char* value = std::getenv(name);
  return value && *value ? value : otherwise;
}

std::vector<std::string> variable_names() {
  std::vector<std::string> names;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    names.push_back(text.substr(0, text.find('=')));
  }
  std::sort(names.begin(), names.end());
  return names;
}

// "30s" is 30; anything else, too, is 30.
std::chrono::seconds interval_of(const std::string& text) {
  int seconds = 0;
  const char* end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, seconds);
  const bool valid = error == std::errc() && last + 1 == end && *last == 's' && seconds > 0;
  return std::chrono::seconds(valid ? seconds : 30);
}

workspace::ReporterOptions reporter_options() {
  return {variable("AGENT_BASE_URL"), variable("SUPERVISOR_AGENT_API_KEY"), variable("WORKSPACE_ID"),
          interval_of(variable("MONITOR_INTERVAL"))};
}

// In the folder of the workspace, which is on its share in every layout.
std::string notes_file() {
  const std::string folder = variable("WORKSPACE_DIR", variable("HOME", "."));
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) std::cerr << "workspace: cannot make " << folder << ": " << error.message() << std::endl;
  return folder + "/notes.txt";
}

workspace::SiteOptions site_options(workspace::Reporter& reporter) {
  return {"Workspace " + variable("WORKSPACE_ID", "without id"), variable("CODE_SERVER_PASSWORD"),
          notes_file(), variable_names(), [&reporter] { reporter.note_use(); }};
}

}  // namespace

int main() {
  sigset_t ends;  // blocked before any thread starts, so that this one alone receives them
  sigemptyset(&ends);
  for (const int number : {SIGINT, SIGTERM}) sigaddset(&ends, number);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  if (variable("CODE_SERVER_PASSWORD").empty()) {
    std::cerr << "workspace: CODE_SERVER_PASSWORD must be set" << std::endl;
    return 2;
  }
  workspace::Reporter reporter(reporter_options());
  workspace::Site site(site_options(reporter));
  const std::string address = variable("DEV8_ADDRESS", "127.0.0.1");
  if (!site.bind(address, kPort)) {
    std::cerr << "workspace: cannot listen on " << address << ":" << kPort << std::endl;
    return 1;
  }
  std::thread server([&site] { site.serve(); });
  std::cout << "workspace: listening on http://" << address << ":" << kPort << std::endl;
  int received = 0;
  sigwait(&ends, &received);
  site.stop();
  server.join();
  std::cout << "workspace: stopped" << std::endl;
  return 0;
}
