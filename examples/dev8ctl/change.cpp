// Operations with progress, and streams.
#include "dev8ctl/change.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "dev8agent/wire.h"
#include "dev8ctl/interrupts.h"
#include "dev8ctl/outcome.h"
#include "dev8ctl/requests.h"
#include "dev8ctl/secrets.h"
#include "dev8ctl/terminal.h"
#include "dev8ctl/views.h"

namespace dev8ctl {
namespace {

using dev8agent::ErrorCode;
using dev8agent::Result;
using std::chrono::steady_clock;

constexpr auto kTick = milliseconds(100);

const char* title_word(Verb verb) {
  switch (verb) {
    case Verb::kCreate:
      return "Creating ";
    case Verb::kStart:
      return "Starting ";
    case Verb::kStop:
      return "Stopping ";
    case Verb::kRestart:
      return "Restarting ";
    case Verb::kRestore:
      return "Restoring ";
    case Verb::kAdopt:
      return "Adopting ";
    case Verb::kUpdate:
      return "Updating ";
    default:
      return "Deleting ";
  }
}

std::string title_of(const Command& command) {
  const std::string where = command.region.empty() ? "" : " in " + command.region;
  return printable(title_word(command.verb) + command.id + where);
}

std::string interrupted_title(const Command& command) {
  const bool rolls_back = command.verb == Verb::kCreate || command.verb == Verb::kStart;
  return printable("Interrupted; waiting for the " + std::string(rolls_back ? "roll-back" : "end") + " of " +
                   command.id + " (Ctrl-C again: leave at once)");
}

// The environment as it is after an interrupted operation.
void say_what_is_left(Backend& backend, const Command& command) {
  const auto answer = backend.ask(question(command, Verb::kGet));
  if (!answer.ok() && answer.error().code == ErrorCode::kNotFound) {
    return say("Nothing is left of " + command.id + ".\n");
  }
  const auto data = answer.ok() ? parse_json(*answer) : Result<rapidjson::Document>(answer.error());
  if (!data.ok()) {
    return say("What is left of " + command.id + " is not known: " + describe(data.error()));
  }
  const Json& environment = member(*data, "environment");
  say(printable("Left: " + command.id + ", " + text_at(environment, "status") + ", container group " +
                text_at(environment, "azureContainerGroup") + ", file share " +
                text_at(environment, "azureFileShare") + ". `dev8ctl delete " + command.id +
                " --force` removes it with its files.\n"));
}

// Waits for the end. False: interrupted twice, so that nobody waits any more.
bool wait_with_progress(Task& task, const Command& command) {
  const auto begin = steady_clock::now();
  const auto elapsed = [&] { return std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin); };
  ProgressView view(title_of(command), command.quiet);
  int obeyed = 0;  // interrupts that have led to the cancellation
  bool ended = false;
  while (!ended) {
    ended = task.wait_for(kTick);
    view.show(task.snapshot(), elapsed());
    if (obeyed > 0 && interrupts() > obeyed) return false;
    if (obeyed == 0 && interrupts() > 0) {
      task.cancel();
      obeyed = interrupts();
      view.set_title(interrupted_title(command));
    }
  }
  return true;
}

// Takes the password out of the environment, unless the output is where it belongs.
dev8agent::Status place_password(rapidjson::Document& environment, const Command& command,
                                 bool own_password) {
  if (!environment.IsObject() || !environment.HasMember("connectionUrls")) return dev8agent::Done{};
  Json& urls = environment["connectionUrls"];
  const std::string password = text_at(urls, "codeServerPassword");
  if (password.empty()) return dev8agent::Done{};
  if (!own_password && command.password_file.empty()) return dev8agent::Done{};
  if (!own_password) {
    auto written = write_secret_file(command.password_file, password);
    if (!written.ok()) return written;
  }
  urls.RemoveMember("codeServerPassword");
  return dev8agent::Done{};
}

int show_environment(const std::string& text, const Command& command, bool own_password) {
  auto environment = parse_json(text);
  if (!environment.ok()) return fail(environment.error());
  // When the file cannot be written, the output is the only place where the password is not lost.
  const auto placed = place_password(*environment, command, own_password);
  const bool shown = put(render(*environment, Shown::kEnvironment, command.format));
  if (!placed.ok()) return fail(placed.error());
  return shown ? kDone : kFailed;
}

// A stop at a daemon and a delete bring no environment.
int show_end(const Command& command) {
  const bool stopped = command.verb == Verb::kStop;
  if (command.format == Format::kTable) {
    const std::string done = stopped ? "Stopped " : "Deleted ";
    return put(done + command.id + (stopped ? "; its files are kept.\n" : " with its files.\n")) ? kDone
                                                                                                 : kFailed;
  }
  const auto value = parse_json(
      dev8agent::JsonObject().field("id", command.id).field("status", stopped ? "STOPPED" : "DELETED").str());
  if (!value.ok()) return fail(value.error());
  return put(render(*value, Shown::kPlain, command.format)) ? kDone : kFailed;
}

// Asks on a terminal; else --yes must say it.
Result<bool> may_delete(const Command& command) {
  if (command.verb != Verb::kDelete || command.yes) return true;
  if (!is_terminal(STDIN_FILENO) || !is_terminal(STDERR_FILENO)) {
    return dev8agent::invalid_request({{"--yes", "is required where nobody can be asked"}});
  }
  say("Delete " + printable(command.id) +
      " and its files? They can be restored only where the storage account keeps deleted shares. [y/N] ");
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "yes";
}

// What is wrong before anything begins.
dev8agent::Status check_password_file(const Command& command) {
  if (command.password_file.empty() || access(command.password_file.c_str(), F_OK) != 0)
    return dev8agent::Done{};
  return dev8agent::invalid_request({{"--password-file", command.password_file + " exists already"}});
}

int end_interrupted(Backend& backend, const Command& command, const Result<std::string>& outcome) {
  say(describe(outcome.error()));
  say_what_is_left(backend, command);
  return interrupt_exit_code();
}

int fail_change(const Command& command, const dev8agent::Error& error) {
  const int code = fail(error);
  const bool kept = command.verb == Verb::kDelete && error.code == ErrorCode::kConflict && !command.force;
  if (kept) say(printable("`dev8ctl delete " + command.id + " --force` deletes it also while it runs.\n"));
  return code;
}

int run_task(Backend& backend, const Command& command, const Secrets& secrets) {
  count_interrupts();
  auto task = backend.begin(call_of(command, secrets));
  if (!task.ok()) return fail(task.error());
  if (!wait_with_progress(**task, command)) {
    say("Not waiting any more. `dev8ctl get " + command.id + "` shows what is there, and `dev8ctl delete " +
        command.id + " --force` removes it.\n");
    return interrupt_exit_code();
  }
  const auto outcome = (*task)->outcome();
  if (!outcome.ok() && interrupts() > 0) return end_interrupted(backend, command, outcome);
  if (!outcome.ok()) return fail_change(command, outcome.error());
  if (outcome->empty()) return show_end(command);
  return show_environment(*outcome, command, secrets.contains("codeServerPassword"));
}

}  // namespace

int fail(const dev8agent::Error& error) {
  say("dev8ctl: " + describe(error));
  return exit_code(error);
}

int change(Backend& backend, const Command& command) {
  const auto allowed = may_delete(command);
  if (!allowed.ok()) return fail(allowed.error());
  if (!*allowed) {
    say("Nothing was deleted.\n");
    return kFailed;
  }
  if (const auto checked = check_password_file(command); !checked.ok()) return fail(checked.error());
  const auto secrets = read_secrets(command.secrets);
  if (!secrets.ok()) return fail(secrets.error());
  return run_task(backend, command, *secrets);
}

int follow(Backend& backend, const Command& command) {
  count_interrupts();
  bool writes = true;
  const auto on_item = [&](std::string_view item) {
    if (!writes) return;
    if (command.verb == Verb::kLogs) {
      writes = put(item);
    } else if (const auto event = parse_json(item); event.ok()) {
      writes = put(render_event(*event, command.format));
    }
  };
  auto task = backend.follow(call_of(command, {}), on_item);
  if (!task.ok()) return fail(task.error());
  while (!(*task)->wait_for(kTick) && writes && interrupts() == 0) {
  }
  if (interrupts() > 0) return interrupt_exit_code();
  if (!writes) return kFailed;
  const auto outcome = (*task)->outcome();
  return outcome.ok() ? kDone : fail(outcome.error());
}

}  // namespace dev8ctl
