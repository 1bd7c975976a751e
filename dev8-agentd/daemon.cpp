// The daemon's parts in the order of their lives.
#include "daemon.h"

#include <atomic>
#include <optional>

#include "agent.h"
#include "azure_calls.h"
#include "descriptor_limit.h"
#include "dev8agent/version.h"
#include "dev8agent/wire.h"
#include "dev_azure.h"
#include "findings.h"
#include "json_log.h"
#include "misspelt.h"
#include "process.h"
#include "resident_pages.h"
#include "server.h"
#include "service_manager.h"

namespace dev8agentd {
namespace {

using dev8agent::LogLevel;
using dev8agent::Result;
using dev8agent::Variables;

constexpr const char* kKeysNotReloaded = "DEV8-KEYS-NOT-RELOADED";
constexpr const char* kCertificateNotReloaded = "DEV8-CERTIFICATE-NOT-RELOADED";
constexpr std::chrono::hours kDropsHold{1};  // after the last line
constexpr std::size_t kFewDescriptors = 4096;

Result<Variables> gather(const CommandLine& flags) {
  Variables variables = dev8agent::environment_variables();
  const auto read = add_env_file(flags.env_file, variables);
  if (!read.ok()) return read.error();
  flags.apply(variables);
  return variables;
}

std::string join(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text;
}

std::string url_of(const std::string& scheme, const std::string& host, int port) {
  const bool is_v6 = host.find(':') != std::string::npos;
  return scheme + "://" + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// The address by which this machine reaches the daemon.
std::string reachable(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  return host == "::" ? "::1" : host;
}

Heartbeat heartbeat_of(const ServiceManager& manager) {
  if (manager.alive_interval().count() == 0) return {};
  return {manager.alive_interval(), [&manager] { manager.tell_alive(); }};
}

std::string message_of(const dev8agent::Error& error) {
  return error.fields.empty() ? error.message : error.fields.front().message;
}

// Tells that new connections get the certificate of `context`; a warning when that is no longer valid.
dev8agent::LogRecord certificate_record(const TlsContext& context) {
  const bool valid = context.expires() > std::chrono::system_clock::now();
  return {valid ? LogLevel::kInfo : LogLevel::kWarn,
          "tls.certificate",
          {{"expires", dev8agent::format_time(context.expires())}}};
}

}  // namespace

struct Daemon::Impl {
  std::unique_ptr<DevAzure> dev_azure;
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<Findings> findings;
  std::unique_ptr<Log> log;
  dev8agent::AgentSettings agent_settings;
  Variables variables;
  Settings settings;  // until start(), which hands them to `agent`
  std::atomic<bool> stopping{false};
  std::atomic<bool> ended_by_itself{false};
  const ServiceManager service_manager{
      variables, [sink = log.get()](const dev8agent::LogRecord& record) { sink->write(record); }};
  std::unique_ptr<Agent> agent{};
  std::unique_ptr<Server> server{};
};

Daemon::Daemon(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Daemon::~Daemon() = default;

Result<std::unique_ptr<Daemon>> Daemon::make(const CommandLine& flags) {
  auto variables = gather(flags);
  if (!variables.ok()) return variables.error();
  std::unique_ptr<DevAzure> azure;
  if (flags.dev) {
    variables->emplace("AGENT_CONSOLE", "true");
    variables->emplace("WORKSPACE_READY", flags.workspaces ? "http" : "azure");
    if (!flags.workspaces && variables->at("WORKSPACE_READY") == "http") {
      return dev8agent::invalid_request(
          {{"WORKSPACE_READY",
            "must be azure under --dev without --workspaces, as no workspace would answer"}});
    }
    const auto settings = read_settings(*variables);
    if (!settings.ok()) return settings.error();
    auto started = DevAzure::start(*settings, flags);
    if (!started.ok()) return started.error();
    azure = std::move(*started);
    azure->configure(*variables);
  }
  auto configuration = configure(*variables);
  if (!configuration.ok()) return configuration.error();
  allow_core_dumps(configuration->settings.core_dumps);
  auto metrics = std::make_unique<Metrics>();
  auto findings = std::make_unique<Findings>();
  auto log = std::make_unique<Log>(configuration->settings.log_level,
                                   [counts = metrics.get(), findings = findings.get()] {
                                     counts->log_line_dropped();
                                     findings->note_for(kDropsHold, "DEV8-LOG-LINES-DROPPED", "log", "");
                                   });
  configuration->options.logger = [counts = metrics.get(), findings = findings.get(),
                                   sink = log.get()](const dev8agent::LogRecord& record) {
    count_azure(record, *counts);
    note_throttling(record, *findings);
    sink->write(record);
  };
  if (azure) configuration->options.scheduler = azure->scheduler();
  configuration->options.application_id = "dev8-agentd/" + std::string(dev8agent::version());
  auto finalized = dev8agent::finalize(std::move(configuration->options));
  if (!finalized.ok()) return finalized.error();
  return std::unique_ptr<Daemon>(new Daemon(std::unique_ptr<Impl>(
      new Impl{std::move(azure), std::move(metrics), std::move(findings), std::move(log), *finalized,
               std::move(*variables), std::move(configuration->settings)})));
}

std::vector<std::pair<std::string, std::string>> Daemon::describe() const {
  auto lines = dev8agentd::describe(impl_->settings);
  for (auto& line : dev8agent::describe(impl_->agent_settings)) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::pair<std::string, std::string>> Daemon::misspelt() const {
  std::vector<std::string> known;
  for (const auto& [name, value] : describe()) known.push_back(name);
  return misspelt_variables(impl_->variables, known);
}

// What the configuration shows. Before start() hands the settings on.
void Daemon::note_configuration() {
  Findings& findings = *impl_->findings;
  const Settings& settings = impl_->settings;
  for (const auto& [name, meant] : misspelt()) {
    impl_->log->write(
        {LogLevel::kWarn, "configuration.unknown_variable", {{"variable", name}, {"nearest", meant}}});
    findings.note("DEV8-VARIABLE-UNKNOWN", "configuration:" + name, name + " looks like " + meant + ".");
  }
  if (settings.api_keys.empty() && settings.file_keys.empty() && !is_loopback(settings.host))
    findings.note("DEV8-NO-API-KEYS", "keys", "It listens on " + settings.host + ".");
  const auto secret = impl_->variables.find("AGENT_ACTIVITY_SECRET");
  if (secret == impl_->variables.end() || secret->second.empty())
    findings.note("DEV8-OPERATION-IDS-EPHEMERAL", "operations", "");
  if (impl_->dev_azure) findings.note("DEV8-EMBEDDED-EMULATOR", "azure", "");
  const std::size_t descriptors = raise_descriptor_limit();
  if (descriptors < kFewDescriptors)
    findings.note("DEV8-FILE-DESCRIPTORS-LOW", "process", "It is " + std::to_string(descriptors) + ".");
}

Result<std::string> Daemon::start(std::function<void()> on_end) {
  const std::string host = impl_->settings.host;
  const int port = impl_->settings.port;
  const std::string environment = impl_->settings.environment;
  note_configuration();
  auto orchestrator = dev8agent::EnvironmentOrchestrator::make(impl_->agent_settings);
  if (!orchestrator.ok()) return orchestrator.error();
  impl_->agent = std::make_unique<Agent>(std::move(impl_->settings), std::move(*orchestrator),
                                         *impl_->metrics, *impl_->findings);
  if (impl_->dev_azure)
    impl_->agent->emulator_state = [azure = impl_->dev_azure.get()] { return azure->state_json(); };
  impl_->server = std::make_unique<Server>(*impl_->agent, *impl_->log, heartbeat_of(impl_->service_manager));
  const auto bound = impl_->server->bind(host, port);
  if (!bound.ok()) return bound.error();
  impl_->server->start([impl = impl_.get(), on_end = std::move(on_end)] {
    if (impl->stopping) return;
    impl->ended_by_itself = true;
    impl->log->write({LogLevel::kError, "daemon.listener_failed", {}});
    on_end();
  });
  const std::string url = url_of(impl_->agent->tls.scheme(), host, *bound);
  impl_->log->write(
      {LogLevel::kInfo,
       "daemon.started",
       {{"version", std::string(dev8agent::version())}, {"url", url}, {"environment", environment}}});
  if (impl_->dev_azure) {
    impl_->dev_azure->set_agent_url(url_of(impl_->agent->tls.scheme(), reachable(host), *bound));
    if (const auto record = impl_->dev_azure->workspaces_record()) impl_->log->write(*record);
  }
  if (const auto context = impl_->agent->tls.context()) impl_->log->write(certificate_record(*context));
  return url;
}

void Daemon::announce_ready() const {
  impl_->service_manager.tell("READY=1");
  release_start_pages();
}

void Daemon::hang_up() {
  const Settings& settings = impl_->agent->settings;
  if (settings.api_keys_file.empty() && settings.tls_certificate.empty()) {
    impl_->log->write({LogLevel::kInfo,
                       "daemon.hangup",
                       {{"message", "SIGHUP came; there is no API_KEYS_FILE and no certificate to read"}}});
    return;
  }
  const auto since_boot = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
  impl_->service_manager.tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(since_boot.count()));
  if (!settings.api_keys_file.empty()) read_keys_again(settings);
  if (!settings.tls_certificate.empty()) read_certificate_again(settings);
  impl_->service_manager.tell("READY=1");
}

void Daemon::read_keys_again(const Settings& settings) {
  const auto keys = load_api_keys(settings.api_keys_file, settings.api_keys);
  if (!keys.ok()) {
    const std::string message = keys.error().fields.front().message + "; the keys stay as they were";
    impl_->log->write({LogLevel::kError, "keys.refused", {{"message", message}}});
    impl_->findings->note(kKeysNotReloaded, "keys", keys.error().fields.front().message + ".");
    return;
  }
  impl_->findings->clear(kKeysNotReloaded, "keys");
  impl_->agent->api_keys.replace(settings.api_keys, *keys);
  impl_->log->write({LogLevel::kInfo, "keys.read", {{"count", std::to_string(keys->size())}}});
}

void Daemon::read_certificate_again(const Settings& settings) {
  auto context = load_tls(settings.tls_certificate, settings.tls_key);
  if (!context.ok()) {
    const std::string why = message_of(context.error());
    impl_->log->write(
        {LogLevel::kError, "tls.refused", {{"message", why + "; certificate and key stay as they were"}}});
    impl_->findings->note(kCertificateNotReloaded, "tls", why + ".");
    return;
  }
  impl_->findings->clear(kCertificateNotReloaded, "tls");
  impl_->log->write(certificate_record(**context));
  impl_->agent->tls.replace(std::move(*context));
}

bool Daemon::stop() {
  Agent& agent = *impl_->agent;
  impl_->stopping = true;
  agent.draining = true;
  impl_->service_manager.tell("STOPPING=1");
  const auto under_way = agent.operations.under_way();
  impl_->log->write({LogLevel::kInfo,
                     "daemon.stopping",
                     {{"count", std::to_string(under_way.size())}, {"operations", join(under_way)}}});
  agent.orchestrator.drain(std::chrono::seconds(0));  // nothing new begins
  agent.streams.close_all();
  // Those who wait for an outcome may still get it. What nobody waits for need not end here, but Azure has to
  // have it: else it would be lost, although its caller has a 202. What no other agent knows of ends here.
  const auto deadline = std::chrono::steady_clock::now() + agent.settings.shutdown_grace;
  const bool answered = agent.writes.wait_until_empty(deadline) && agent.reads.wait_until_empty(deadline);
  agent.operation_table.wait_until_handed_over(deadline);
  agent.unfollowed.wait_until_empty(deadline);
  if (!answered) agent.abandon.request_stop();
  const std::vector<std::string> left = agent.operations.under_way();
  impl_->server->stop();
  impl_->log->write({left.empty() ? LogLevel::kInfo : LogLevel::kWarn,
                     "daemon.stopped",
                     {{"count", std::to_string(left.size())}, {"operationsLeft", join(left)}}});
  return !impl_->ended_by_itself;
}

}  // namespace dev8agentd
