// Metric families in a prometheus-cpp registry.
#include "metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

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

template <class Builder>
auto& family(Builder builder, prometheus::Registry& registry, const char* name, const char* help) {
  return builder.Name(name).Help(help).Register(registry);
}

std::string status_class(int status) {
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
  Family<Histogram>& operation_seconds = family(prometheus::BuildHistogram(), registry,
                                                "dev8_operation_duration_seconds", "Duration of operations.");
  Family<Gauge>& operations_in_flight =
      family(prometheus::BuildGauge(), registry, "dev8_operations_in_flight",
             "Operations under way, with or without a caller who waits.");
};

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

void Metrics::request_started() {
  impl_->requests_in_flight.Increment();
}

void Metrics::request_finished(std::string_view route, std::string_view method, int status,
                               Duration duration) {
  const prometheus::Labels labels = {{"route", std::string(route)}, {"method", std::string(method)}};
  prometheus::Labels counted = labels;
  counted.emplace("status", status_class(status));
  impl_->requests.Add(counted).Increment();
  impl_->request_seconds.Add(labels, buckets()).Observe(duration.count());
  impl_->requests_in_flight.Decrement();
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

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace dev8agentd
