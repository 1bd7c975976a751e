// Attempts and their verdicts: see probe.h.
#include "processes/probe.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>

namespace dev8agent::emulator {

void Probe::begin(TimePoint now) {
  in_a_row_ = 0;
  next_ = now + plan_.probe.initial_delay;
}

void Probe::end() {
  next_.reset();
  deadline_.reset();
  http_.reset();
  if (guardian_) guardian_->control.reset();
}

std::optional<TimePoint> Probe::wait_for(std::vector<pollfd>& events) const {
  if (http_) events.push_back(http_->event());
  if (guardian_) events.push_back({guardian_->report.get(), POLLIN, 0});
  if (deadline_) return deadline_;
  return guardian_ ? std::nullopt : next_;
}

bool Probe::tick(TimePoint now) {
  if (!deadline_ && !guardian_ && next_ && *next_ <= now) attempt(now);
  const auto well = verdict(now);
  if (!well) return false;
  deadline_.reset();
  http_.reset();
  if (guardian_) guardian_->control.reset();
  in_a_row_ = *well ? 0 : in_a_row_ + 1;
  if (*well) return false;
  ++failures_;
  failed_at_ = now;
  return in_a_row_ == plan_.probe.failure_threshold;
}

void Probe::attempt(TimePoint now) {
  next_ = now + plan_.probe.period;
  deadline_ = now + plan_.probe.timeout;
  if (plan_.probe.command.empty()) {
    http_.emplace(plan_.address, plan_.probe.port, plan_.probe.path);
    return;
  }
  guardian_ = spawn(plan_.command, plan_.user.get());
  if (guardian_) guardian_->output.reset();
}

std::optional<bool> Probe::verdict(TimePoint now) {
  const bool awaited = deadline_.has_value();
  std::optional<bool> well;
  if (http_) {
    well = http_->step();
  } else if (guardian_) {
    well = read_report();
  } else if (awaited) {
    well = false;  // no process could be started
  }
  if (!awaited) return std::nullopt;
  if (!well && now >= *deadline_) well = false;
  return well;
}

std::optional<bool> Probe::read_report() {
  int status = 0;
  const ssize_t length = read(guardian_->report.get(), &status, sizeof(status));
  if (length == static_cast<ssize_t>(sizeof(status))) return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  waitpid(guardian_->process, nullptr, 0);
  guardian_.reset();
  return false;  // counts only while it is awaited: the guardian ended without a report
}

}  // namespace dev8agent::emulator
