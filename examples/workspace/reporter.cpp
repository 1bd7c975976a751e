// The thread that reports: see reporter.h.
#include "reporter.h"

#include <httplib.h>

#include <ctime>
#include <iostream>

namespace workspace {
namespace {

using std::chrono::system_clock;

std::string rfc3339(system_clock::time_point time) {
  const std::time_t seconds = system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

}  // namespace

std::string report_body(const std::string& environment_id, system_clock::time_point used, bool active,
                        system_clock::time_point now) {
  // An id has no characters that JSON would escape.
  return R"({"environmentId":")" + environment_id + R"(","timestamp":")" + rfc3339(now) +
         R"(","snapshot":{"lastIDEActivity":")" + rfc3339(used) + R"(","lastSSHActivity":"",)" +
         R"("activeIDEConnections":)" + (active ? "1" : "0") + R"(,"activeSSHConnections":0}})";
}

Reporter::Reporter(ReporterOptions options) : options_(std::move(options)) {
  if (!options_.agent_url.empty()) thread_ = std::thread([this] { run(); });
}

Reporter::~Reporter() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Reporter::note_use() {
  const std::lock_guard lock(mutex_);
  const auto now = system_clock::now();
  came_ = came_ || !used_ || now - *used_ > options_.interval;
  used_ = now;
  if (came_) changed_.notify_all();
}

void Reporter::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    changed_.wait_for(lock, options_.interval, [this] { return ending_ || came_; });
    if (ending_ || !used_) continue;
    came_ = false;
    const auto used = *used_;
    lock.unlock();
    report(used, system_clock::now() - used <= options_.interval);
    lock.lock();
  }
}

void Reporter::report(system_clock::time_point used, bool active) const {
  httplib::Client agent(options_.agent_url);
  agent.set_connection_timeout(5);
  agent.set_read_timeout(30);
  httplib::Headers headers;
  if (!options_.token.empty()) headers.emplace("Authorization", "Bearer " + options_.token);
  const auto answer =
      agent.Post("/api/v1/environments/" + options_.environment_id + "/activity", headers,
                 report_body(options_.environment_id, used, active, system_clock::now()), "application/json");
  if (!answer) {
    std::cerr << "workspace: the agent does not answer: " << httplib::to_string(answer.error()) << std::endl;
  } else if (answer->status != 200) {
    std::cerr << "workspace: the agent refused a report: " << answer->status << std::endl;
  } else {
    std::cout << "workspace: reported its use" << std::endl;
  }
}

}  // namespace workspace
