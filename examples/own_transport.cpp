// A transport of one's own: it counts and times what goes to Azure, and passes everything on. The same shape
// can record, delay, or send through something else than libcurl. For counting alone, an Observer is less
// work (dev8agent/observer.h).
//
//   dev8-own-transport    lists the environments, and says what that took
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "dev8agent/orchestrator.h"

using namespace dev8agent;

namespace {

// Runs on the loop thread alone, so it needs no lock.
class Counting final : public Transport {
 public:
  Counting(std::shared_ptr<Transport> next, std::shared_ptr<Scheduler> scheduler)
      : next_(std::move(next)), scheduler_(std::move(scheduler)) {}

  RequestId send(HttpRequest request, Completion completion) override {
    const TimePoint begun = scheduler_->now();
    // The label says what a request is; the URL and the headers may hold secrets.
    return next_->send(std::move(request), [this, begun, label = request.label,
                                            completion = std::move(completion)](Result<HttpResponse> answer) {
      auto& [times, spent] = calls_[label];
      ++times;
      spent += scheduler_->now() - begun;
      completion(std::move(answer));
    });
  }
  void cancel(RequestId id) override { next_->cancel(id); }

  // When nothing is in flight any more.
  void print() const {
    for (const auto& [label, call] : calls_) {
      std::cout << label << ": " << call.times << " in "
                << std::chrono::duration_cast<std::chrono::milliseconds>(call.spent).count() << " ms\n";
    }
  }

 private:
  struct Calls {
    int times = 0;
    TimePoint::duration spent{0};
  };
  std::shared_ptr<Transport> next_;
  std::shared_ptr<Scheduler> scheduler_;
  std::map<std::string, Calls> calls_;
};

int fail(const Error& error) {
  return std::cerr << error << "\n", 1;
}

}  // namespace

int main() {
  auto options = options_from_environment();
  if (!options.ok()) return fail(options.error());
  auto scheduler = make_default_scheduler();
  if (!scheduler.ok()) return fail(scheduler.error());
  auto network =
      make_default_transport(*scheduler, {.ca_file = options->endpoints.ca_file, .allow_http = true});
  if (!network.ok()) return fail(network.error());
  const auto counting = std::make_shared<Counting>(*network, *scheduler);
  options->scheduler = *scheduler;
  options->transport = counting;
  auto settings = finalize(std::move(*options));
  if (!settings.ok()) return fail(settings.error());

  Result<EnvironmentPage> page = EnvironmentPage();
  {
    auto orchestrator = EnvironmentOrchestrator::make(std::move(*settings));
    if (!orchestrator.ok()) return fail(orchestrator.error());
    page = orchestrator->list({}).get();
  }  // its end waits for the loop thread
  if (!page.ok()) return fail(page.error());
  std::cout << page->total << " environments\n";
  counting->print();
}
