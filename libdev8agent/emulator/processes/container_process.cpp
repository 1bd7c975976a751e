// A container's lives: see container_process.h.
#include "processes/container_process.h"

#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace dev8agent::emulator {
namespace {

constexpr std::chrono::minutes kLongestDelay{5};
constexpr std::chrono::minutes kGoodLife{10};  // after it the delays begin anew
constexpr int kCannotStart = 128;
constexpr int kKilled = 128 + 9;
constexpr int kReadsAtOnce = 16;  // so that one that writes without end does not hold up the others

int exit_code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

std::chrono::milliseconds restart_delay(std::chrono::milliseconds first, int restarts) {
  constexpr int kMostDoublings = 16;
  return std::min<std::chrono::milliseconds>(first * (1 << std::min(restarts, kMostDoublings)),
                                             kLongestDelay);
}

ContainerProcess::ContainerProcess(ContainerPlan plan, TimePoint due) : plan_(std::move(plan)), due_(due) {
  for (const ProbePlan& probe : plan_.probes) probes_.emplace_back(probe);
}

bool ContainerProcess::alive() const {
  return guardian_ ||
         std::any_of(probes_.begin(), probes_.end(), [](const Probe& probe) { return probe.alive(); });
}

std::optional<TimePoint> ContainerProcess::wait_for(std::vector<pollfd>& events) const {
  if (guardian_) {
    if (guardian_->output) events.push_back({guardian_->output.get(), POLLIN, 0});
    events.push_back({guardian_->report.get(), POLLIN, 0});
  }
  std::optional<TimePoint> next = due_;
  for (const Probe& probe : probes_) {
    const auto due = probe.wait_for(events);
    if (due) next = std::min(next.value_or(*due), *due);
  }
  return next;
}

void ContainerProcess::tick(TimePoint now) {
  if (guardian_) {
    read_output(now);
    read_report(now);
  }
  tick_probes(now);
  if (due_ && *due_ <= now) start(now);
}

void ContainerProcess::stop() {
  stopping_ = true;
  due_.reset();
  if (!guardian_) {
    status_.ended = true;
    status_.backing_off = false;
    return;
  }
  terminate();
}

void ContainerProcess::terminate() {
  const char byte = 0;
  for (Probe& probe : probes_) probe.end();
  if (send(guardian_->control.get(), &byte, 1, MSG_NOSIGNAL) < 0) guardian_->control.reset();
}

void ContainerProcess::note(const std::string& line, TimePoint now) {
  const std::vector<LogLine> last = log_.last(1);
  const bool open = !last.empty() && !last.front().whole;
  log_.write((open ? "\n" : "") + line + "\n", now);
}

void ContainerProcess::tick_probes(TimePoint now) {
  bool ends = false;
  status_.probes_failed = 0;
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    ends = (probes_[i].tick(now) && plan_.probes[i].probe.ends_container) || ends;
    status_.probes_failed += probes_[i].failures();
    status_.probe_failed = std::max(status_.probe_failed, probes_[i].failed_at());
  }
  if (!ends || !guardian_) return;
  ++status_.probes_ended_it;
  status_.probe_ended_it = now;
  terminate();
}

void ContainerProcess::start(TimePoint now) {
  due_.reset();
  if (status_.current) {
    status_.previous = status_.current;
    ++status_.restarts;
  }
  status_.backing_off = false;
  status_.current = ContainerLife{now, std::nullopt, 0};
  guardian_ = spawn(plan_.command, plan_.user.get());
  if (guardian_) {
    for (Probe& probe : probes_) probe.begin(now);
    return;
  }
  log_.write("cannot start: " + std::string(std::strerror(errno)) + "\n", now);
  note_end(kCannotStart, now);
  decide(now);
}

void ContainerProcess::read_output(TimePoint now) {
  std::array<char, 65536> buffer;
  for (int reads = 0; guardian_->output && reads < kReadsAtOnce; ++reads) {
    const ssize_t length = read(guardian_->output.get(), buffer.data(), buffer.size());
    if (length > 0) {
      log_.write({buffer.data(), static_cast<std::size_t>(length)}, now);
    } else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
      guardian_->output.reset();
    } else {
      return;
    }
  }
}

void ContainerProcess::read_report(TimePoint now) {
  int status = 0;
  const ssize_t length = read(guardian_->report.get(), &status, sizeof(status));
  if (length == static_cast<ssize_t>(sizeof(status))) return note_end(exit_code_of(status), now);
  if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
  // The guardian has ended, and so nobody is left who could write: what the pipe holds is read at once.
  if (guardian_->output) read_output(now);
  waitpid(guardian_->process, nullptr, 0);
  guardian_.reset();
  if (!status_.current->finished) note_end(kKilled, now);
  decide(now);
}

void ContainerProcess::note_end(int exit_code, TimePoint now) {
  for (Probe& probe : probes_) probe.end();
  status_.current->finished = now;
  status_.current->exit_code = exit_code;
}

void ContainerProcess::decide(TimePoint now) {
  const ContainerLife& life = *status_.current;
  const bool again = !stopping_ && plan_.restart != ContainerRestart::kNever &&
                     !(plan_.restart == ContainerRestart::kOnFailure && life.exit_code == 0);
  status_.ended = !again;
  if (!again) return;
  if (*life.finished - life.started >= kGoodLife) good_until_ = status_.restarts;
  status_.backing_off = true;
  due_ = now + restart_delay(plan_.restart_delay, status_.restarts - good_until_);
}

}  // namespace dev8agent::emulator
