// Puts one running daemon together.
#include "agent.h"

#include <utility>

namespace dev8agentd {
namespace {

constexpr std::chrono::seconds kHealthTimeout{15};

// The log's record that the agent has become healthy or degraded, with what is wrong.
dev8agent::LogRecord health_record(const dev8agent::HealthReport& report) {
  using dev8agent::LogLevel;
  dev8agent::LogRecord record{report.healthy() ? LogLevel::kInfo : LogLevel::kWarn,
                              report.healthy() ? "health.healthy" : "health.degraded",
                              {}};
  for (const dev8agent::HealthCheck& check : report.checks) {
    if (!check.healthy) record.fields.push_back({check.name, check.message});
  }
  return record;
}

}  // namespace

Agent::Agent(Settings daemon_settings, dev8agent::EnvironmentOrchestrator made, Metrics& shared_metrics,
             Findings& shared_findings)
    : settings(std::move(daemon_settings)),
      api_keys(settings.api_keys, settings.file_keys),
      tls(settings.tls),
      cors(settings.cors_origins),
      browser_guard(settings.host, settings.allowed_hosts),
      limiter(settings.rate_limit_rps, settings.rate_limit_burst),
      metrics(shared_metrics),
      findings(shared_findings),
      operations(made.settings()->logger),
      environments([this](dev8agent::ListRequest request) { return orchestrator.list(std::move(request)); }),
      events(
          [this](dev8agent::EventsRequest request, EventHub::Tell tell) {
            return orchestrator.watch_events(std::move(request), std::move(tell));
          },
          [this](EventHub::TellList tell) { return orchestrator.watch_environments(std::move(tell)); },
          operation_table),
      storage([this](StorageReport::Done done) {
        orchestrator.storage_allowances({.timeout = kHealthTimeout, .request_id = "health"})
            .on_done(std::move(done));
      }),
      orchestrator(std::move(made)),
      health(
          [this](HealthMonitor::Report report) {
            free_memory.return_to_system();
            orchestrator.check_health({.timeout = kHealthTimeout, .request_id = "health"})
                .on_done(std::move(report));
          },
          [log = orchestrator.settings()->logger](const dev8agent::HealthReport& report) {
            if (log) log(health_record(report));
          },
          [&shared_findings](const dev8agent::HealthReport& report) {
            shared_findings.note_health(report);
          }) {
  for (const dev8agent::RegionOptions& region : orchestrator.settings()->regions)
    metrics.add_region(region.name);
  operation_table.on_change(
      [this, &counts = metrics](const dev8agent::OperationRecord& record, const std::string& user) {
        events.note_operation(record, user);
        if (record.ended()) counts.stages_ended(record);
      });
}

}  // namespace dev8agentd
