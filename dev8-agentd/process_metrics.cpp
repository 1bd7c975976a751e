// Reads what /proc and getrusage(2) tell about this process.
#include "process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace dev8agentd {
namespace {

using prometheus::MetricType;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::optional<double> cpu_seconds() {
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) != 0) return std::nullopt;
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

// `field` of /proc/self/statm: 0 is the virtual size, 1 what is resident.
std::optional<double> memory_bytes(int field) {
  std::ifstream file("/proc/self/statm");
  double pages = 0;
  for (int i = 0; i <= field; ++i) file >> pages;
  if (!file) return std::nullopt;
  return pages * static_cast<double>(sysconf(_SC_PAGESIZE));
}

std::optional<double> open_descriptors() {
  std::error_code error;
  std::filesystem::directory_iterator entry("/proc/self/fd", error);
  double count = -1;  // the directory's own descriptor is among them
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) ++count;
  return error ? std::nullopt : std::optional(count);
}

std::optional<double> descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  return static_cast<double>(limit.rlim_cur);
}

void add(std::vector<prometheus::MetricFamily>& families, const char* name, const char* help,
         std::optional<double> value, MetricType type = MetricType::Gauge) {
  if (!value) return;
  prometheus::ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = *value;
  families.push_back({name, help, type, {metric}});
}

}  // namespace

std::vector<prometheus::MetricFamily> process_metrics(std::chrono::system_clock::time_point started) {
  const std::chrono::duration<double> since_epoch = started.time_since_epoch();
  std::vector<prometheus::MetricFamily> families;
  add(families, "process_cpu_seconds_total", "CPU time of the process, user and system.", cpu_seconds(),
      MetricType::Counter);
  add(families, "process_virtual_memory_bytes", "Address space of the process.", memory_bytes(0));
  add(families, "process_resident_memory_bytes", "Memory of the process that is resident.", memory_bytes(1));
  add(families, "process_open_fds", "Open file descriptors.", open_descriptors());
  add(families, "process_max_fds", "Limit of open file descriptors.", descriptor_limit());
  add(families, "process_start_time_seconds", "When the process began, since the Unix epoch.",
      since_epoch.count());
  return families;
}

}  // namespace dev8agentd
