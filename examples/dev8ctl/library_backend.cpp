// The library in this process as backend. Bodies and parameters are read as the daemon reads them.
#include <set>
#include <utility>

#include "dev8agent/orchestrator.h"
#include "dev8agent/version.h"
#include "dev8agent/wire.h"
#include "dev8ctl/backend.h"
#include "dev8ctl/library_tasks.h"
#include "dev8ctl/secrets.h"

namespace dev8ctl {
namespace {

using dev8agent::CallOptions;
using dev8agent::Deletion;
using dev8agent::Done;
using dev8agent::EnvironmentOrchestrator;
using dev8agent::Error;
using dev8agent::ErrorCode;
using dev8agent::EventPage;
using dev8agent::JsonObject;
using dev8agent::make_error;
using dev8agent::Operation;
using dev8agent::Result;

std::string parameter(const Call& call, const char* name) {
  const auto found = call.parameters.find(name);
  return found == call.parameters.end() ? "" : found->second;
}

template <class T>
std::string shown(const T& value) {
  return to_json(value);
}

// `{"name": value}` of a success.
template <class T>
Result<std::string> wrapped(const char* name, const Result<T>& result) {
  if (!result.ok()) return result.error();
  return JsonObject().raw(name, to_json(*result)).str();
}

class LibraryBackend final : public Backend {
 public:
  explicit LibraryBackend(EnvironmentOrchestrator orchestrator) : orchestrator_(std::move(orchestrator)) {}

  Result<std::string> ask(const Call& call) override {
    switch (call.verb) {
      case Verb::kList:
        return list(call);
      case Verb::kGet:
        return get(call);
      case Verb::kRegions:
        return regions();
      case Verb::kOrphans:
        return orphans(call);
      case Verb::kSweep:
        return sweep(call);
      case Verb::kDoctor:
        return doctor(call);
      case Verb::kEvents:
        return events(call);
      case Verb::kLogs:
        return logs(call);
      default:
        return make_error(ErrorCode::kNotSupported, "this is no question");
    }
  }

  Result<std::unique_ptr<Task>> begin(Call call) override {
    switch (call.verb) {
      case Verb::kCreate:
        return create(call);
      case Verb::kStart:
        return start(call);
      case Verb::kStop:
        return stop(call);
      case Verb::kRestart:
        return restart(call);
      case Verb::kRestore:
        return restore(call);
      case Verb::kAdopt:
        return adopt(call);
      case Verb::kUpdate:
        return update(call);
      case Verb::kDelete:
        return remove(call);
      default:
        return make_error(ErrorCode::kNotSupported, "this changes nothing");
    }
  }

  Result<std::unique_ptr<Task>> follow(Call call, OnItem on_item) override {
    return call.verb == Verb::kLogs ? follow_logs(call, std::move(on_item))
                                    : follow_events(call, std::move(on_item));
  }

 private:
  const dev8agent::AgentSettings& settings() const { return orchestrator_.settings(); }

  static dev8agent::QueryValues query_of(const Call& call) {
    return {.cloud_region = call.region, .force = parameter(call, "force")};
  }

  Result<std::string> list(const Call& call) {
    auto request = parse_list({.user_id = parameter(call, "userId"),
                               .cloud_region = call.region,
                               .status = parameter(call, "status"),
                               .page = parameter(call, "page"),
                               .page_size = parameter(call, "pageSize"),
                               .label = parameter(call, "label"),
                               .cursor = parameter(call, "cursor")},
                              settings());
    if (!request.ok()) return request.error();
    const auto page = orchestrator_.list(std::move(*request)).get();
    if (!page.ok()) return page.error();
    return to_json(*page);
  }
  Result<std::string> get(const Call& call) {
    auto request = parse_get(call.id, query_of(call), settings());
    if (!request.ok()) return request.error();
    return wrapped("environment", orchestrator_.get(std::move(*request)).get());
  }
  Result<std::string> regions() {
    const auto known = orchestrator_.regions().get();
    if (!known.ok()) return known.error();
    return JsonObject()
        .raw("limits", to_json(orchestrator_.settings()->size_limits))
        .raw("regions", to_json(*known))
        .str();
  }
  Result<std::string> orphans(const Call& call) {
    const auto request = dev8agent::parse_orphans(parameter(call, "olderThanMinutes"));
    if (!request.ok()) return request.error();
    return wrapped("orphans", orchestrator_.orphans(*request).get());
  }
  Result<std::string> sweep(const Call& call) {
    const auto request = dev8agent::parse_sweep(call.body.reveal());
    if (!request.ok()) return request.error();
    return wrapped("orphans", orchestrator_.sweep_orphans(*request).get());
  }
  Result<std::string> doctor(const Call& call) {
    dev8agent::DiagnoseRequest request;
    request.ask_registries = parameter(call, "registries") != "false";
    request.probe_share = parameter(call, "probeShare") == "true";
    const auto diagnosis = orchestrator_.diagnose(request).get();
    if (!diagnosis.ok()) return diagnosis.error();
    return to_json(*diagnosis);
  }
  Result<std::string> events(const Call& call) {
    const auto checked = parse_get(call.id, query_of(call), settings());
    if (!checked.ok()) return checked.error();
    const auto page = orchestrator_.events({call.id, call.region}).get();
    if (!page.ok()) return page.error();
    return JsonObject().raw("events", to_json(page->events)).str();
  }
  Result<dev8agent::LogsQuestion> logs_request(const Call& call) {
    return parse_logs(call.id,
                      {.cloud_region = call.region,
                       .container = parameter(call, "container"),
                       .tail = parameter(call, "tail"),
                       .timestamps = parameter(call, "timestamps"),
                       .follow = ""},
                      settings());
  }
  Result<std::string> logs(const Call& call) {
    auto question = logs_request(call);
    if (!question.ok()) return question.error();
    return wrapped("logs", orchestrator_.logs(std::move(question->request)).get());
  }

  // Options whose progress goes to the mailbox.
  static CallOptions reporting(const std::shared_ptr<Mailbox>& mailbox) {
    CallOptions options;
    options.on_progress = [mailbox](const dev8agent::Progress& progress) { mailbox->note(progress); };
    return options;
  }
  // The environment's events beside an operation on it.
  Operation<Done> watch(const Call& call, const std::shared_ptr<Mailbox>& mailbox) {
    return orchestrator_.watch_events({call.id, call.region},
                                      [mailbox](const EventPage& page) { mailbox->note(page); });
  }
  template <class T>
  Result<std::unique_ptr<Task>> task(const Call& call, std::shared_ptr<Mailbox> mailbox,
                                     Operation<T> operation) {
    auto beside = watch(call, mailbox);
    return std::unique_ptr<Task>(std::make_unique<LibraryTask<T>>(std::move(mailbox), std::move(operation),
                                                                  &shown<T>, std::move(beside)));
  }

  Result<std::unique_ptr<Task>> create(const Call& call) {
    auto request = parse_create(call.body.reveal(), settings());
    if (!request.ok()) return request.error();
    const auto mailbox = std::make_shared<Mailbox>();
    return task(call, mailbox, orchestrator_.create(std::move(*request), reporting(mailbox)));
  }
  Result<std::unique_ptr<Task>> start(const Call& call) {
    auto request = parse_start(call.id, query_of(call), call.body.reveal(), settings());
    if (!request.ok()) return request.error();
    const auto mailbox = std::make_shared<Mailbox>();
    return task(call, mailbox, orchestrator_.start(std::move(*request), reporting(mailbox)));
  }
  Result<std::unique_ptr<Task>> stop(const Call& call) {
    auto request = parse_stop(call.id, query_of(call), "", settings());
    if (!request.ok()) return request.error();
    const auto mailbox = std::make_shared<Mailbox>();
    return task(call, mailbox, orchestrator_.stop(std::move(*request), reporting(mailbox)));
  }
  Result<std::unique_ptr<Task>> restart(const Call& call) {
    auto request = parse_stop(call.id, query_of(call), "", settings());
    if (!request.ok()) return request.error();
    const auto mailbox = std::make_shared<Mailbox>();
    return task(call, mailbox,
                orchestrator_.restart({request->id, request->cloud_region}, reporting(mailbox)));
  }
  Result<std::unique_ptr<Task>> restore(const Call& call) {
    auto request = parse_stop(call.id, query_of(call), "", settings());
    if (!request.ok()) return request.error();
    const auto mailbox = std::make_shared<Mailbox>();
    return task(call, mailbox,
                orchestrator_.restore({request->id, request->cloud_region}, reporting(mailbox)));
  }
  Result<std::unique_ptr<Task>> adopt(const Call& call) {
    dev8agent::AdoptRequest request{.id = call.id, .cloud_region = call.region};
    if (const std::string user = parameter(call, "userId"); !user.empty()) request.user_id = user;
    request.name = parameter(call, "name");
    const auto mailbox = std::make_shared<Mailbox>();
    return task(call, mailbox, orchestrator_.adopt(std::move(request), reporting(mailbox)));
  }
  Result<std::unique_ptr<Task>> update(const Call& call) {
    auto request = parse_update(call.id, query_of(call), call.body.reveal(), settings());
    if (!request.ok()) return request.error();
    const auto mailbox = std::make_shared<Mailbox>();
    return task(call, mailbox, orchestrator_.update(std::move(*request), reporting(mailbox)));
  }
  Result<std::unique_ptr<Task>> remove(const Call& call) {
    auto request = parse_delete(call.id, query_of(call), "", settings());
    if (!request.ok()) return request.error();
    auto mailbox = std::make_shared<Mailbox>();
    auto operation = orchestrator_.remove(std::move(*request), reporting(mailbox));
    return std::unique_ptr<Task>(std::make_unique<LibraryTask<Deletion>>(
        std::move(mailbox), std::move(operation), [](const Deletion&) { return std::string(); }));
  }

  Result<std::unique_ptr<Task>> follow_logs(const Call& call, OnItem on_item) {
    auto question = logs_request(call);
    if (!question.ok()) return question.error();
    auto mailbox = std::make_shared<Mailbox>();
    auto operation = orchestrator_.follow_logs(
        std::move(question->request), [mailbox](std::string_view text) { mailbox->put(std::string(text)); });
    return following(std::move(mailbox), std::move(operation), std::move(on_item));
  }
  Result<std::unique_ptr<Task>> follow_events(const Call& call, OnItem on_item) {
    const auto checked = parse_get(call.id, query_of(call), settings());
    if (!checked.ok()) return checked.error();
    auto mailbox = std::make_shared<Mailbox>();
    // Each page holds all that there is.
    auto told = std::make_shared<std::set<std::string>>();
    auto operation =
        orchestrator_.watch_events({call.id, call.region}, [mailbox, told](const EventPage& page) {
          for (const auto& event : page.events) {
            if (told->insert(event.id).second) mailbox->put(to_json(event));
          }
        });
    return following(std::move(mailbox), std::move(operation), std::move(on_item));
  }
  static Result<std::unique_ptr<Task>> following(std::shared_ptr<Mailbox> mailbox, Operation<Done> operation,
                                                 OnItem on_item) {
    return std::unique_ptr<Task>(std::make_unique<LibraryTask<Done>>(
        std::move(mailbox), std::move(operation), [](const Done&) { return std::string(); }, std::nullopt,
        std::move(on_item)));
  }

  EnvironmentOrchestrator orchestrator_;
};

// The variables of this process win over those of the file.
Result<dev8agent::Variables> variables_of(const std::string& env_file) {
  dev8agent::Variables variables = dev8agent::environment_variables();
  if (env_file.empty()) return variables;
  const auto text = read_secret_file(env_file, "--env-file");
  if (!text.ok()) return text.error();
  auto read = dev8agent::parse_env_file(text->reveal());
  if (!read.ok()) return read.error();
  variables.merge(*read);
  return variables;
}

}  // namespace

Result<std::unique_ptr<Backend>> make_library_backend(const Connection& connection) {
  const auto variables = variables_of(connection.env_file);
  if (!variables.ok()) return variables.error();
  auto options = dev8agent::options_from_variables(*variables);
  if (!options.ok()) return options.error();
  options->application_id = "dev8ctl/" + std::string(dev8agent::version());
  auto settings = dev8agent::finalize(std::move(*options));
  if (!settings.ok()) return settings.error();
  auto orchestrator = EnvironmentOrchestrator::make(std::move(*settings));
  if (!orchestrator.ok()) return orchestrator.error();
  return std::unique_ptr<Backend>(std::make_unique<LibraryBackend>(std::move(*orchestrator)));
}

}  // namespace dev8ctl
