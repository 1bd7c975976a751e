// Metric families in a prometheus-cpp registry.
#include "metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

#include "dev8agent/version.h"
#include "process_metrics.h"

namespace dev8agentd {
namespace {

template <class Metric>
using Family = prometheus::Family<Metric>;
using prometheus::Counter;
using prometheus::Gauge;
using prometheus::Histogram;

const Histogram::BucketBoundaries& buckets() {
  static const Histogram::BucketBoundaries boundaries = {0.005, 0.025, 0.1, 0.5, 1,   2.5, 5,
                                                         10,    30,    60,  120, 300, 600, 1800};
  return boundaries;
}

// Azure answers within seconds; a request without an answer ends at its own deadline.
const Histogram::BucketBoundaries& azure_buckets() {
  static const Histogram::BucketBoundaries boundaries = {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  return boundaries;
}

template <class Builder>
auto& family(Builder builder, prometheus::Registry& registry, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

// Operations that change one environment. A sweep changes many.
constexpr std::array kChanges = {"create", "start", "stop", "restart", "update", "restore", "delete"};

// "none" without an answer.
std::string status_class(int status) {
  if (status == 0) return "none";
  return std::string(1, static_cast<char>('0' + status / 100)) + "xx";
}

}  // namespace

struct Metrics::Impl {
  prometheus::Registry registry;
  Family<Counter>& requests =
      family(prometheus::BuildCounter(), registry, "dev8_http_requests_total", "HTTP requests answered.");
  Family<Histogram>& request_seconds = family(prometheus::BuildHistogram(), registry,
                                              "dev8_http_request_duration_seconds", "Time to the answer.");
  Gauge& requests_in_flight = family(prometheus::BuildGauge(), registry, "dev8_http_requests_in_flight",
                                     "HTTP requests being answered.")
                                  .Add({});
  Counter& rate_limited =
      family(prometheus::BuildCounter(), registry, "dev8_http_requests_rate_limited_total",
             "Requests refused because their caller sends too many.")
          .Add({});
  Gauge& connections_open =
      family(prometheus::BuildGauge(), registry, "dev8_connections_open", "Client connections that are open.")
          .Add({});
  Family<Counter>& connections_closed = family(
      prometheus::BuildCounter(), registry, "dev8_connections_closed_total", "Connections ended, by reason.");
  Family<Counter>& connections_refused =
      family(prometheus::BuildCounter(), registry, "dev8_connections_refused_total",
             "Connections closed at once or not accepted, by reason.");
  Gauge& streams_open =
      family(prometheus::BuildGauge(), registry, "dev8_streams_open", "Answers that go out as streams.")
          .Add({});
  Family<Counter>& operations =
      family(prometheus::BuildCounter(), registry, "dev8_operations_total", "Operations ended, by outcome.");
  Family<Counter>& changes = family(prometheus::BuildCounter(), registry, "dev8_region_changes_total",
                                    "Changes of environments that have ended, by region and outcome.");
  Family<Histogram>& operation_seconds = family(prometheus::BuildHistogram(), registry,
                                                "dev8_operation_duration_seconds", "Duration of operations.");
  Family<Histogram>& stage_seconds =
      family(prometheus::BuildHistogram(), registry, "dev8_operation_stage_duration_seconds",
             "Duration of the stages of operations that have ended.");
  Family<Gauge>& operations_in_flight =
      family(prometheus::BuildGauge(), registry, "dev8_operations_in_flight",
             "Operations under way, with or without a caller who waits.");
  Family<Counter>& rollbacks = family(prometheus::BuildCounter(), registry, "dev8_rollbacks_total",
                                      "Roll-backs of creates and starts that have ended.");
  Counter& failovers = family(prometheus::BuildCounter(), registry, "dev8_create_failovers_total",
                              "Creates that went on in the next region.")
                           .Add({});
  Family<Gauge>& environments =
      family(prometheus::BuildGauge(), registry, "dev8_environments",
             "Environments by region and state, as this process has listed them last.");
  Family<Counter>& azure_requests = family(prometheus::BuildCounter(), registry, "dev8_azure_requests_total",
                                           "Attempts of requests to Azure, by class of status.");
  Family<Histogram>& azure_seconds =
      family(prometheus::BuildHistogram(), registry, "dev8_azure_request_duration_seconds",
             "Duration of attempts of requests to Azure.");
  Counter& azure_throttled = family(prometheus::BuildCounter(), registry, "dev8_azure_throttled_total",
                                    "Attempts of requests that Azure answered with 429.")
                                 .Add({});
  Counter& throttled_seconds =
      family(prometheus::BuildCounter(), registry, "dev8_azure_throttled_seconds_total",
             "Time for which Azure asked to send no more.")
          .Add({});
  Family<Gauge>& token_expires =
      family(prometheus::BuildGauge(), registry, "dev8_azure_token_expiry_timestamp_seconds",
             "End of the token that was fetched last, since the Unix epoch.");
  Family<Histogram>& watch_seconds =
      family(prometheus::BuildHistogram(), registry, "dev8_azure_watch_interval_seconds",
             "Time between two looks at the container groups that operations wait for.");
  Family<Gauge>& azure_reads_left =
      family(prometheus::BuildGauge(), registry, "dev8_azure_reads_remaining",
             "Reads that Azure Resource Manager still takes at the moment, as its last answer told.");
  Counter& lines_dropped = family(prometheus::BuildCounter(), registry, "dev8_log_lines_dropped_total",
                                  "Log lines dropped, because their reader is too slow.")
                               .Add({});
  Family<Gauge>& build_info =
      family(prometheus::BuildGauge(), registry, "dev8_build_info", "Always 1; the label is the version.");
  Family<Gauge>& listener_info = family(prometheus::BuildGauge(), registry, "dev8_listener_info",
                                        "Always 1; the label is what the listener speaks, http or https.");
  Family<Gauge>& certificate_expires =
      family(prometheus::BuildGauge(), registry, "dev8_tls_certificate_expiry_timestamp_seconds",
             "End of the certificate of the listener, since the Unix epoch.");
  Gauge& ready =
      family(prometheus::BuildGauge(), registry, "dev8_ready", "1 while /ready answers 200, else 0.").Add({});
  Gauge& healthy =
      family(prometheus::BuildGauge(), registry, "dev8_healthy", "1 while /health answers 200, else 0.")
          .Add({});
  Gauge& environments_watched = family(prometheus::BuildGauge(), registry, "dev8_environments_watched",
                                       "Environments watched for readers of events.")
                                    .Add({});
  Family<Gauge>& callers_waiting =
      family(prometheus::BuildGauge(), registry, "dev8_callers_waiting",
             "Callers who wait for an operation: writes, reads, or followers of its changes.");
  std::mutex mutex;                                         // for the next member
  std::chrono::steady_clock::time_point throttled_until{};  // as far as it is counted
  const std::chrono::system_clock::time_point started = std::chrono::system_clock::now();

  // The two series of a kind of request, found once: prometheus-cpp looks a series up by a copy of its
  // labels.
  struct RequestSeries {
    Counter* count;
    Histogram* seconds;
  };
  using RequestKind = std::tuple<std::string_view, std::string_view, int>;  // route, method, class of status
  std::mutex kinds_mutex;
  std::map<RequestKind, RequestSeries> kinds;

  RequestSeries series_of(std::string_view route, std::string_view method, int status);
};

Metrics::Impl::RequestSeries Metrics::Impl::series_of(std::string_view route, std::string_view method,
                                                      int status) {
  std::lock_guard lock(kinds_mutex);
  const auto known = kinds.find({route, method, status / 100});
  if (known != kinds.end()) return known->second;
  const prometheus::Labels labels = {{"route", std::string(route)}, {"method", std::string(method)}};
  prometheus::Labels counted = labels;
  counted.emplace("status", status_class(status));
  const RequestSeries series{&requests.Add(counted), &request_seconds.Add(labels, buckets())};
  return kinds.emplace(RequestKind{route, method, status / 100}, series).first->second;
}

// Series with known labels are there from the start, so that their first increase is seen.
Metrics::Metrics() : impl_(std::make_unique<Impl>()) {
  for (const char* reason : {"address", "full", "accept_failed"})
    impl_->connections_refused.Add({{"reason", reason}});
  for (const char* reason :
       {"answered", "client", "error", "handshake", "idle", "made_room", "slow_reader", "stopping"})
    impl_->connections_closed.Add({{"reason", reason}});
  std::vector<std::string> changes(kChanges.begin(), kChanges.end());
  changes.emplace_back("sweep");
  for (const std::string& change : changes) {
    impl_->operations.Add({{"operation", change}, {"result", "OK"}});
    impl_->operations_in_flight.Add({{"operation", change}});
  }
  for (const char* result : {"done", "incomplete"}) impl_->rollbacks.Add({{"result", result}});
  impl_->build_info.Add({{"version", std::string(dev8agent::version())}}).Set(1);
}
Metrics::~Metrics() = default;

void Metrics::request_started() {
  impl_->requests_in_flight.Increment();
}

void Metrics::request_finished(std::string_view route, std::string_view method, int status,
                               Duration duration) {
  const Impl::RequestSeries series = impl_->series_of(route, method, status);
  series.count->Increment();
  series.seconds->Observe(duration.count());
  impl_->requests_in_flight.Decrement();
}

void Metrics::request_rate_limited() {
  impl_->rate_limited.Increment();
}

void Metrics::connection_opened() {
  impl_->connections_open.Increment();
}

void Metrics::connection_closed(std::string_view reason) {
  impl_->connections_open.Decrement();
  impl_->connections_closed.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::connection_refused(std::string_view reason) {
  impl_->connections_refused.Add({{"reason", std::string(reason)}}).Increment();
}

void Metrics::stream_begun() {
  impl_->streams_open.Increment();
}

void Metrics::stream_ended() {
  impl_->streams_open.Decrement();
}

void Metrics::operation_started(std::string_view operation) {
  impl_->operations_in_flight.Add({{"operation", std::string(operation)}}).Increment();
}

void Metrics::operation_finished(std::string_view operation, std::string_view result, Duration duration) {
  const prometheus::Labels labels = {{"operation", std::string(operation)}};
  prometheus::Labels counted = labels;
  counted.emplace("result", std::string(result));
  impl_->operations.Add(counted).Increment();
  impl_->operation_seconds.Add(labels, buckets()).Observe(duration.count());
  impl_->operations_in_flight.Add(labels).Decrement();
}

void Metrics::change_finished(std::string_view region, std::string_view operation, std::string_view result) {
  const std::string_view known = region.empty() ? "unknown" : region;
  impl_->changes
      .Add({{"region", std::string(known)},
            {"operation", std::string(operation)},
            {"result", std::string(result)}})
      .Increment();
}

void Metrics::add_region(std::string_view region) {
  for (const char* change : kChanges)
    impl_->changes.Add({{"region", std::string(region)}, {"operation", change}, {"result", "OK"}});
}

void Metrics::stages_ended(const dev8agent::OperationRecord& record) {
  for (const dev8agent::OperationStage& stage : record.stages) {
    if (!stage.ended_at) continue;
    const prometheus::Labels labels = {{"operation", std::string(to_string(record.about.kind))},
                                       {"stage", std::string(to_string(stage.stage))}};
    impl_->stage_seconds.Add(labels, buckets()).Observe(Duration(*stage.ended_at - stage.started_at).count());
  }
}

void Metrics::rolled_back(bool complete) {
  impl_->rollbacks.Add({{"result", complete ? "done" : "incomplete"}}).Increment();
}

void Metrics::create_failed_over() {
  impl_->failovers.Increment();
}

void Metrics::environments_listed(std::string_view region, std::string_view state, int count) {
  impl_->environments.Add({{"region", std::string(region)}, {"state", std::string(state)}}).Set(count);
}

void Metrics::azure_reads_left(int count) {
  impl_->azure_reads_left.Add({}).Set(count);
}

void Metrics::azure_called(std::string_view call, int status, Duration duration) {
  const prometheus::Labels labels = {{"call", std::string(call)}};
  prometheus::Labels counted = labels;
  counted.emplace("status", status_class(status));
  impl_->azure_requests.Add(counted).Increment();
  impl_->azure_seconds.Add(labels, azure_buckets()).Observe(duration.count());
  if (status == 429) impl_->azure_throttled.Increment();
}

void Metrics::azure_throttled(Duration span) {
  const auto now = std::chrono::steady_clock::now();
  const auto until = now + std::chrono::duration_cast<std::chrono::steady_clock::duration>(span);
  std::lock_guard lock(impl_->mutex);
  const auto from = std::max(now, impl_->throttled_until);
  if (until <= from) return;
  impl_->throttled_until = until;
  impl_->throttled_seconds.Increment(Duration(until - from).count());
}

void Metrics::token_fetched(std::string_view scope, Duration left) {
  const Duration since_epoch = std::chrono::system_clock::now().time_since_epoch() + left;
  impl_->token_expires.Add({{"scope", std::string(scope)}}).Set(since_epoch.count());
}

void Metrics::watched(std::string_view read, Duration interval) {
  impl_->watch_seconds.Add({{"read", std::string(read)}}, azure_buckets()).Observe(interval.count());
}

void Metrics::log_line_dropped() {
  impl_->lines_dropped.Increment();
}

std::string Metrics::text(const MetricsSample& now) const {
  impl_->ready.Set(now.ready);
  impl_->healthy.Set(now.healthy);
  impl_->environments_watched.Set(static_cast<double>(now.environments_watched));
  impl_->callers_waiting.Add({{"kind", "writes"}}).Set(now.writers_waiting);
  impl_->callers_waiting.Add({{"kind", "reads"}}).Set(now.readers_waiting);
  impl_->callers_waiting.Add({{"kind", "followers"}}).Set(now.followers_waiting);
  impl_->listener_info.Add({{"scheme", std::string(now.scheme)}}).Set(1);
  if (now.certificate_expires) {
    const std::chrono::duration<double> since_epoch = now.certificate_expires->time_since_epoch();
    impl_->certificate_expires.Add({}).Set(since_epoch.count());
  }
  auto families = impl_->registry.Collect();
  auto process = process_metrics(impl_->started);
  std::move(process.begin(), process.end(), std::back_inserter(families));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace dev8agentd
