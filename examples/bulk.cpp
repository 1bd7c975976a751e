// Many environments at once, with progress and a report: for a course, for example.
//
//   dev8-bulk COUNT [PREFIX]           creates PREFIX-0001 and so on ("course-seat")
//   dev8-bulk --delete COUNT [PREFIX]  deletes them
//
// The settings come from the environment variables. Repeating it makes only what is missing. Exit code: 0
// when all went well, 1 when some failed, 2 for wrong arguments.
#include <algorithm>
#include <charconv>
#include <iomanip>
#include <iostream>
#include <latch>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/failure_guide.h"
#include "dev8agent/orchestrator.h"

using namespace dev8agent;

namespace {

struct Arguments {
  bool remove = false;
  int count = 0;
  std::string prefix = "course-seat";
};

std::optional<Arguments> read(std::vector<std::string_view> words) {
  Arguments arguments;
  arguments.remove = !words.empty() && words.front() == "--delete";
  if (arguments.remove) words.erase(words.begin());
  if (words.empty() || words.size() > 2) return std::nullopt;
  const std::string_view count = words.front();
  const auto [end, problem] = std::from_chars(count.data(), count.data() + count.size(), arguments.count);
  if (problem != std::errc() || end != count.data() + count.size()) return std::nullopt;
  if (arguments.count < 1 || arguments.count > 10000) return std::nullopt;
  if (words.size() == 2) arguments.prefix = words.back();
  return arguments;
}

std::string id_of(const Arguments& arguments, int number) {
  const std::string digits = std::to_string(number);
  return arguments.prefix + "-" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits;
}

// What has come of the calls so far. Callbacks run on the loop thread, and on this one where a call ends at
// once.
class Report {
 public:
  explicit Report(int total) : total_(total) {}

  void add(const Error* error) {
    std::lock_guard lock(mutex_);
    ++ended_;
    if (error == nullptr) {
      seconds_.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count());
    } else {
      failures_[std::string(to_string(error->code))].push_back(*error);
    }
    std::cerr << "\r" << ended_ << " of " << total_ << ", " << ended_ - succeeded() << " failed"
              << std::flush;
  }

  int succeeded() const { return static_cast<int>(seconds_.size()); }

  void print() {
    std::cerr << "\n";
    std::sort(seconds_.begin(), seconds_.end());
    std::cout << succeeded() << " of " << total_ << " done";
    if (!seconds_.empty()) {
      std::cout << std::fixed << std::setprecision(1) << ", the first after " << seconds_.front()
                << " s, half after " << seconds_[seconds_.size() / 2] << " s, the last after "
                << seconds_.back() << " s";
    }
    std::cout << "\n";
    for (const auto& [reason, errors] : failures_) {
      std::cout << errors.size() << " x " << reason << ": " << errors.front() << "\n  "
                << remedy_of(errors.front()) << "\n";
    }
  }

 private:
  std::mutex mutex_;  // guards the rest; print() comes when nothing is added any more
  int total_;
  int ended_ = 0;
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::vector<double> seconds_;                         // of each success, since the begin
  std::map<std::string, std::vector<Error>> failures_;  // by reason
};

// Begins all calls, and waits for all. `begin` makes the operation for one id.
template <class Begin>
int run(const Arguments& arguments, Begin begin) {
  Report report(arguments.count);
  std::vector<decltype(begin(std::string()))> operations;
  for (int number = 1; number <= arguments.count; ++number) {
    operations.push_back(begin(id_of(arguments, number)));
  }
  std::latch left(arguments.count);
  for (const auto& operation : operations) {
    operation.on_done([&](const auto& outcome) {
      report.add(outcome.ok() ? nullptr : &outcome.error());
      left.count_down();
    });
  }
  // Not get(): that returns before the callbacks have run.
  left.wait();
  return report.print(), report.succeeded() == arguments.count ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  const auto arguments = read({words + 1, words + count});
  if (!arguments) return std::cerr << "usage: dev8-bulk [--delete] COUNT [PREFIX]\n", 2;
  auto orchestrator = EnvironmentOrchestrator::from_environment();
  if (!orchestrator.ok()) return std::cerr << orchestrator.error() << "\n", 1;
  if (arguments->remove) {
    return run(*arguments,
               [&](const std::string& id) { return orchestrator->remove({.id = id, .force = true}); });
  }
  return run(*arguments, [&](const std::string& id) {
    return orchestrator->create(
        {.id = id, .spec = {.name = id, .cpu_cores = 1, .memory_gb = 2, .storage_gb = 10}});
  });
}
