// A credential of one's own: the program $TOKEN_COMMAND prints a token and the seconds that it is good for,
// as a company's broker may. It blocks, so it is a callback, which the library runs on a thread of its own.
// One that sends a request through the library's transport derives from TokenCredential
// (dev8agent/credential.h).
//
//   TOKEN_COMMAND='company-token --for' dev8-own-credential    runs "company-token --for SCOPE"
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "dev8agent/orchestrator.h"

using namespace dev8agent;

namespace {

Error refused(std::string why) {
  return make_error(ErrorCode::kAzureCredentials, std::move(why));
}

// The words that a command prints. A scope has no character that a shell would take for its own.
Result<std::string> output_of(const std::string& command) {
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  if (!pipe) return refused("TOKEN_COMMAND cannot be run");
  std::string text;
  char piece[4096];
  while (const std::size_t length = std::fread(piece, 1, sizeof piece, pipe.get()))
    text.append(piece, length);
  if (pclose(pipe.release()) != 0) return refused("TOKEN_COMMAND has failed");
  return text;
}

Result<AccessToken> ask_command(const std::string& command, const std::string& scope) {
  auto output = output_of(command + " '" + scope + "'");
  if (!output.ok()) return output.error();
  const auto space = output->find(' ');
  const long seconds = space == output->npos ? 0 : std::strtol(output->c_str() + space, nullptr, 10);
  if (seconds <= 0)
    return refused("TOKEN_COMMAND must print a token, a space, and the seconds that it is good for");
  const WallTime end = std::chrono::system_clock::now() + std::chrono::seconds(seconds);
  return AccessToken{Secret(output->substr(0, space)), end, end};
}

}  // namespace

int main() {
  const char* command = std::getenv("TOKEN_COMMAND");
  if (command == nullptr) return std::cerr << "TOKEN_COMMAND is not set\n", 2;
  auto options = options_from_environment();
  if (!options.ok()) return std::cerr << options.error() << "\n", 1;
  options->credential =
      make_callback_credential([command = std::string(command)](const std::string& scope, TimePoint) {
        return ask_command(command, scope);
      });
  auto settings = finalize(std::move(*options));
  if (!settings.ok()) return std::cerr << settings.error() << "\n", 1;
  auto orchestrator = EnvironmentOrchestrator::make(std::move(*settings));
  if (!orchestrator.ok()) return std::cerr << orchestrator.error() << "\n", 1;

  const auto page = orchestrator->list({}).get();
  if (!page.ok()) return std::cerr << page.error() << "\n", 1;
  std::cout << page->total << " environments\n";
}
