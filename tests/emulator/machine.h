// For tests of containers as real processes: a cloud in which the commands of the images are lines of the
// shell.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "files.h"
#include "json/write.h"
#include "support/temp_directory.h"

namespace emulator_test {

using dev8agent::emulator::ProcessOptions;
using dev8agent::emulator::ProcessRuntime;
using dev8agent::test::TempDirectory;

using Change = std::function<void(EmulatorOptions&)>;

inline EmulatorOptions with_processes(ProcessOptions options, const Change& change = nullptr) {
  EmulatorOptions cloud;
  if (change) change(cloud);
  cloud.provisioning_time = cloud.start_time = cloud.restart_time = cloud.share_deletion_time = 0ms;
  auto runtime = ProcessRuntime::make(std::move(options));
  REQUIRE_MESSAGE(runtime.ok(), runtime.error().message);
  cloud.runtime = *runtime;
  return cloud;
}

// A cloud in which the image nginx is `command`. The test's directory is the command's variable D.
struct Machine {
  explicit Machine(const std::string& command, std::chrono::milliseconds restart_delay = 10min)
      : cloud(with_processes(options(command, restart_delay))) {}
  Machine(const std::string& command, const Change& change)
      : cloud(with_processes(options(command, 10min), change)) {}

  ProcessOptions options(const std::string& command, std::chrono::milliseconds restart_delay) const {
    ProcessOptions wanted;
    wanted.images["nginx"] = "D='" + path() + "'; " + command;
    wanted.restart_delay = restart_delay;
    wanted.stop_grace = 200ms;
    wanted.directory = path();
    return wanted;
  }
  std::string path(const std::string& name = "") const {
    return directory.path().string() + (name.empty() ? "" : "/" + name);
  }
  std::string log(const std::string& query = "") {
    const HttpResponse response = cloud.arm("GET", cloud.group("one", "containers/main/logs") + query);
    return response.status == 200 ? std::string(body_of(response).string_at({"content"})) : "";
  }
  std::string view(std::initializer_list<std::string_view> path) {
    const Value group = cloud.get("one");
    const Value* found =
        group.find_path({"properties", "containers"})->array()[0].find_path({"properties", "instanceView"});
    for (const std::string_view name : path) {
      found = found ? found->find(name) : nullptr;
    }
    if (!found) return "none";
    return found->is_string() ? std::string(found->string()) : dev8agent::internal::json::write(*found);
  }
  // Whether containers see their share at its mount path on this machine.
  bool mounts_shares() const {
    return std::dynamic_pointer_cast<ProcessRuntime>(cloud.emulator.options().runtime)->mounts_shares();
  }
  std::string share_directory() const {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path())) {
      if (entry.path().filename() == "dev8emulator.ws-files") return entry.path();
    }
    return "none";
  }

  TempDirectory directory;
  Files cloud;
};

// Waits without a limit: ctest has one.
template <class Holds>
void wait_until(Holds holds) {
  while (!holds()) std::this_thread::yield();
}

// Empty when it cannot be read, such as a file of a process that ends meanwhile.
inline std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// True once the process has ended; a zombie has.
inline bool is_gone(pid_t process) {
  const std::string stat = text_of("/proc/" + std::to_string(process) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.compare(name_end, 3, ") Z") == 0;
}

inline pid_t pid_in(const std::string& path) {
  wait_until([&] { return text_of(path).ends_with('\n'); });
  return std::stoi(text_of(path));
}

}  // namespace emulator_test
