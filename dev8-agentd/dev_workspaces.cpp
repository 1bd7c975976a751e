// Programs, images and users of --workspaces: see dev_workspaces.h.
#include "dev_workspaces.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "dev8agent/options.h"

namespace dev8agentd {
namespace {

using dev8agent::emulator::ProcessOptions;
using dev8agent::emulator::ProcessRuntime;

// What the image of a workspace does, as far as the variables that it gets ask for it. The report of use is
// that of the supervisor: code-server says "alive" while somebody uses it. Its option --bind-addr would give
// way to a variable PORT.
constexpr const char* kCodeServer = R"sh(mkdir -p "$WORKSPACE_DIR"
[ -z "$GIT_USER_NAME" ] || git config --global user.name "$GIT_USER_NAME"
[ -z "$GIT_USER_EMAIL" ] || git config --global user.email "$GIT_USER_EMAIL"
if [ -n "$DEV8_GIT_REPOSITORY" ] && [ -z "$(ls -A "$WORKSPACE_DIR")" ]; then
  git clone -- "$DEV8_GIT_REPOSITORY" "$WORKSPACE_DIR"
fi
while sleep 30; do
  case $(curl -s --noproxy '*' "http://$DEV8_ADDRESS:8080/healthz") in
  *alive*) printf 'header = "Authorization: Bearer %s"' "$SUPERVISOR_AGENT_API_KEY" |
    curl -s -o /dev/null --noproxy '*' -K - -H 'Content-Type: application/json' \
      -d '{"snapshot":{"activeIDEConnections":1,"activeSSHConnections":0}}' \
      "$AGENT_BASE_URL/api/v1/environments/$WORKSPACE_ID/activity" ;;
  esac
done &
PASSWORD="$CODE_SERVER_PASSWORD" exec code-server --auth password --disable-telemetry --disable-update-check \
  --host "$DEV8_ADDRESS" --port 8080 "$WORKSPACE_DIR")sh";

constexpr const char* kCaddy = "exec caddy run --config \"$CADDY_FILES/Caddyfile\" --adapter caddyfile";

// The first of the directories that holds the program; empty: none does.
std::string find_program(const std::vector<std::string>& directories, const std::string& name) {
  for (const std::string& directory : directories) {
    const std::string path = directory + "/" + name;
    if (!directory.empty() && access(path.c_str(), X_OK) == 0) return path;
  }
  return "";
}

std::vector<std::string> path_directories() {
  std::vector<std::string> directories;
  const char* path = std::getenv("PATH");
  std::istringstream text(path ? path : "");
  for (std::string directory; std::getline(text, directory, ':');) directories.push_back(directory);
  return directories;
}

std::string without_tag(const std::string& image) {
  return image.substr(0, image.rfind(':'));
}

std::string names(const ImageCommands& images) {
  std::string text;
  for (const auto& [image, command] : images) text += (text.empty() ? "" : ", ") + image;
  return text;
}

}  // namespace

DevPrograms find_dev_programs() {
  const std::vector<std::string> path = path_directories();
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  std::vector<std::string> own = path;
  if (!error) own.insert(own.begin(), {self.string(), (self.parent_path() / "examples").string()});
  return {find_program(path, "code-server"), find_program(own, "dev8-workspace"),
          find_program(path, "caddy")};
}

ImageCommands dev_images(const ImageCommands& given, const DevPrograms& programs) {
  ImageCommands images = given;
  const std::string image = without_tag(dev8agent::AgentOptions{}.image);
  const bool all_given = given.contains("*");
  if (!all_given && !programs.code_server.empty()) {
    images.emplace(image, kCodeServer);
  } else if (!all_given && !programs.workspace.empty()) {
    images.emplace(image, "exec dev8-workspace");
  }
  if (!programs.caddy.empty()) images.emplace("caddy", kCaddy);
  return images;
}

dev8agent::Result<DevWorkspaces> start_dev_workspaces(const Settings& settings, const CommandLine& flags) {
  const DevPrograms programs = find_dev_programs();
  const std::string user = !flags.dev_user.empty() ? flags.dev_user : geteuid() == 0 ? "nobody" : "";
  ProcessOptions options;
  options.images = dev_images(settings.dev_images, programs);
  options.user = user;
  if (!programs.workspace.empty()) options.programs = {programs.workspace};
  const std::string images = names(options.images);
  if (images.empty()) {
    return dev8agent::invalid_request({{"AGENT_DEV_IMAGES",
                                        "must name a command for an image, as neither code-server nor "
                                        "dev8-workspace is installed"}});
  }
  auto runtime = ProcessRuntime::make(std::move(options));
  if (runtime.ok()) return DevWorkspaces{std::move(*runtime), user, images};
  dev8agent::Error error = runtime.error();
  for (dev8agent::FieldError& field : error.fields) {
    if (field.field == "user") field.field = "--dev-user";
  }
  return error;
}

}  // namespace dev8agentd
