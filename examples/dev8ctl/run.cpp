// The commands that ask, and the choice of the backend.
#include "dev8ctl/run.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <sstream>

#include "dev8agent/version.h"
#include "dev8agent/wire.h"
#include "dev8ctl/change.h"
#include "dev8ctl/outcome.h"
#include "dev8ctl/requests.h"
#include "dev8ctl/terminal.h"
#include "dev8ctl/views.h"

extern char** environ;

namespace dev8ctl {
namespace {

using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::make_error;
using dev8agent::Result;

int show(const Json& value, Shown shown, Format format) {
  const std::string none = format == Format::kTable ? none_of(value, shown) : "";
  if (!none.empty()) say(none + "\n");  // what reads the table from a pipe finds no rows
  return put(render(value, shown, format, output_width())) ? kDone : kFailed;
}

// The member `name` of the answer to the command's own call.
int ask_and_show(Backend& backend, const Command& command, const char* name, Shown shown) {
  const auto answer = backend.ask(call_of(command, {}));
  if (!answer.ok()) return fail(answer.error());
  const auto data = parse_json(*answer);
  if (!data.ok()) return fail(data.error());
  return show(member(*data, name), shown, command.format);
}

int regions(Backend& backend, const Command& command) {
  const auto answer = backend.ask(call_of(command, {}));
  if (!answer.ok()) return fail(answer.error());
  const auto data = parse_json(*answer);
  if (!data.ok()) return fail(data.error());
  return show(regions_with_limits(*data), Shown::kRegions, command.format);
}

// Pages until there are as many as were asked for.
int list(Backend& backend, const Command& command) {
  constexpr int kPage = 100;
  rapidjson::Document all(rapidjson::kArrayType);
  Call call = call_of(command, {});
  int total = 0;
  call.parameters["pageSize"] = std::to_string(kPage);
  while (static_cast<int>(all.Size()) < command.limit) {
    const auto answer = backend.ask(call);
    if (!answer.ok()) return fail(answer.error());
    const auto data = parse_json(*answer);
    if (!data.ok()) return fail(data.error());
    const Json& items = member(*data, "environments");
    total = member(*data, "total").IsInt() ? member(*data, "total").GetInt() : 0;
    if (!items.IsArray()) break;
    for (const Json& item : items.GetArray()) {
      if (static_cast<int>(all.Size()) == command.limit) break;
      all.PushBack(Json(item, all.GetAllocator()), all.GetAllocator());
    }
    call.parameters["cursor"] = text_at(*data, "nextCursor");
    if (call.parameters["cursor"].empty()) break;
  }
  if (static_cast<int>(all.Size()) == command.limit && total > command.limit) {
    say("The first " + std::to_string(command.limit) + " of " + std::to_string(total) +
        "; --limit shows more.\n");
  }
  return show(all, Shown::kEnvironments, command.format);
}

int sweep(Backend& backend, const Command& command) {
  const auto answer = backend.ask(call_of(command, {}));
  if (!answer.ok()) return fail(answer.error());
  const auto data = parse_json(*answer);
  if (!data.ok()) return fail(data.error());
  const Json& orphans = member(*data, "orphans");
  const int code = show(orphans, Shown::kOrphans, command.format);
  const bool found = orphans.IsArray() && !orphans.Empty();
  if (code == kDone && found && !command.yes)
    say("Nothing was removed; with --yes, those marked \"yes\" are.\n");
  return code;
}

int doctor(Backend& backend, const Command& command) {
  const auto answer = backend.ask(call_of(command, {}));
  if (!answer.ok()) return fail(answer.error());
  const auto data = parse_json(*answer);
  if (!data.ok()) return fail(data.error());
  const int code = show(*data, Shown::kDiagnosis, command.format);
  return code == kDone && text_at(*data, "healthy") != "true" ? kFailed : code;
}

int logs(Backend& backend, const Command& command) {
  if (command.follow) return follow(backend, command);
  if (command.format != Format::kTable) return ask_and_show(backend, command, "logs", Shown::kPlain);
  const auto answer = backend.ask(call_of(command, {}));
  if (!answer.ok()) return fail(answer.error());
  const auto data = parse_json(*answer);
  if (!data.ok()) return fail(data.error());
  return put(text_at(member(*data, "logs"), "content")) ? kDone : kFailed;
}

const char* link_name(Link link) {
  return link == Link::kWeb ? "vscodeWebUrl" : link == Link::kDesktop ? "vscodeDesktopUrl" : "sshUrl";
}

// Whether it is a link that a browser or the desktop should be given: Azure's answer decides what it is.
bool is_link(const std::string& url) {
  constexpr const char* kSchemes[] = {"http://", "https://", "vscode://", "ssh://"};
  return std::any_of(std::begin(kSchemes), std::end(kSchemes),
                     [&](const char* scheme) { return url.starts_with(scheme); });
}

// A program with its arguments, such as "firefox --private-window".
std::vector<std::string> words_of(std::string_view command) {
  std::istringstream stream{std::string(command)};
  return {std::istream_iterator<std::string>(stream), {}};
}

int open_in_browser(const std::string& url) {
  const char* chosen = std::getenv("BROWSER");
  std::vector<std::string> words = words_of(chosen != nullptr ? chosen : "");
  if (words.empty()) words = {"xdg-open"};
  const std::string program = words.front();
  words.push_back(url);
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (posix_spawnp(&child, program.c_str(), nullptr, nullptr, arguments.data(), environ) != 0) {
    return fail(make_error(ErrorCode::kNotSupported, program + " cannot be started; --print shows the link"));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return kDone;
  return fail(make_error(ErrorCode::kNotSupported, program + " failed; --print shows the link"));
}

int open_link(Backend& backend, const Command& command) {
  const auto answer = backend.ask(question(command, Verb::kGet));
  if (!answer.ok()) return fail(answer.error());
  const auto data = parse_json(*answer);
  if (!data.ok()) return fail(data.error());
  const Json& environment = member(*data, "environment");
  const std::string status = text_at(environment, "status");
  const std::string url = text_at(member(environment, "connectionUrls"), link_name(command.link));
  if (status != "RUNNING" || !is_link(url)) {
    return fail(make_error(ErrorCode::kConflict, command.id + " is " + status +
                                                     " and has no such link now; `dev8ctl start " +
                                                     command.id + "` starts it"));
  }
  if (!put(printable(url) + "\n")) return kFailed;
  if (command.print_only || !is_terminal(STDOUT_FILENO)) return kDone;
  return open_in_browser(url);
}

int version(const Command& command) {
  const auto data = parse_json(dev8agent::JsonObject().field("version", dev8agent::version()).str());
  if (command.format == Format::kTable)
    return put("dev8ctl " + std::string(dev8agent::version()) + "\n") ? 0 : 1;
  return data.ok() ? show(*data, Shown::kPlain, command.format) : fail(data.error());
}

int run_on(Backend& backend, const Command& command) {
  switch (command.verb) {
    case Verb::kList:
      return list(backend, command);
    case Verb::kGet:
      return ask_and_show(backend, command, "environment", Shown::kEnvironment);
    case Verb::kEvents:
      return command.follow ? follow(backend, command)
                            : ask_and_show(backend, command, "events", Shown::kEvents);
    case Verb::kLogs:
      return logs(backend, command);
    case Verb::kOpen:
      return open_link(backend, command);
    case Verb::kRegions:
      return regions(backend, command);
    case Verb::kOrphans:
      return ask_and_show(backend, command, "orphans", Shown::kOrphans);
    case Verb::kSweep:
      return sweep(backend, command);
    case Verb::kDoctor:
      return doctor(backend, command);
    default:
      return change(backend, command);
  }
}

}  // namespace

int run(const CommandLine& line) {
  const Command& command = line.command;
  if (command.verb == Verb::kVersion) return version(command);
  if (command.verb == Verb::kCompletion) return put(line.completion) ? kDone : kFailed;
  const auto backend = command.connection.agent_url.empty() ? make_library_backend(command.connection)
                                                            : make_agent_backend(command.connection);
  if (!backend.ok()) {
    const int code = fail(backend.error());
    if (command.connection.agent_url.empty()) say("Or name a dev8-agentd with --agent URL.\n");
    return code;
  }
  return run_on(**backend, command);
}

}  // namespace dev8ctl
