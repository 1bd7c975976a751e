// An Azure for tests, in this process and in virtual time: minutes of Azure's time take milliseconds. For any
// test framework.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dev8agent/emulator.h"
#include "dev8agent/orchestrator.h"
#include "seats.h"

namespace course {

class Classroom {
 public:
  explicit Classroom(dev8agent::emulator::EmulatorOptions options = {})
      : azure(std::move(options), clock), orchestrator(make()) {}

  // Opens seats, and lets time pass until that has ended.
  std::vector<std::string> open(const std::string& course, int count) {
    std::vector<std::string> seats;
    bool ended = false;
    open_seats(orchestrator, course, count, [&](std::vector<std::string> ids) {
      seats = std::move(ids);
      ended = true;
    });
    if (!clock->run_until([&] { return ended; }))
      std::abort();  // nothing is left to do, and it has not ended
    return seats;
  }

  // How often Azure has seen this operation (emulator::Call::operation).
  int count(const std::string& operation) const {
    int times = 0;
    for (const auto& call : azure.calls()) times += call.operation == operation ? 1 : 0;
    return times;
  }

  std::shared_ptr<dev8agent::emulator::VirtualScheduler> clock =
      std::make_shared<dev8agent::emulator::VirtualScheduler>();
  dev8agent::emulator::Emulator azure;
  dev8agent::EnvironmentOrchestrator orchestrator;

 private:
  dev8agent::EnvironmentOrchestrator make() {
    const dev8agent::emulator::EmulatorOptions& cloud = azure.options();
    dev8agent::AgentOptions options{.subscription_id = cloud.subscription_id,
                                    .resource_group = cloud.resource_groups.front(),
                                    .storage_account = "dev8emulator",
                                    .default_region = "eastus",
                                    .identity = {.tenant_id = cloud.tenant_id,
                                                 .client_id = cloud.client_id,
                                                 .client_secret = dev8agent::Secret(cloud.client_secret)},
                                    .transport = azure.make_transport(),
                                    .scheduler = clock};
    return dev8agent::EnvironmentOrchestrator::make(dev8agent::finalize(std::move(options)).value()).value();
  }
};

// A fault script that loses the answer to the first request with this label: Azure has done it, and nobody
// knows.
inline dev8agent::emulator::FaultScript lose_first_answer(std::string label) {
  return
      [label = std::move(label), lost = false](const dev8agent::HttpRequest& request, std::uint64_t) mutable {
        if (lost || request.label != label) return dev8agent::emulator::Fault{};
        lost = true;
        return dev8agent::emulator::Fault{.kind = dev8agent::emulator::Fault::kLoseAfter};
      };
}

}  // namespace course
