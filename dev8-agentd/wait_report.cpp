// WaitReport: see wait_report.h.
#include "wait_report.h"

#include <algorithm>
#include <utility>

#include "agent.h"

namespace dev8agentd {
namespace {

// How long before the deadline Azure is asked, and how long it may take. The rest is for this machine.
constexpr std::chrono::milliseconds kLead{5000};
constexpr std::chrono::milliseconds time_of_azure(std::chrono::milliseconds lead) {
  return lead * 4 / 5;
}

}  // namespace

WaitReport::WaitReport(Agent& agent, dev8agent::GetRequest about, const Request& request)
    : agent_(agent),
      about_(std::move(about)),
      request_id_(request.id),
      only_user_(request.user),
      trace_id_(request.trace_id) {}

void WaitReport::ask_before_end(Pending& pending, std::chrono::milliseconds patience) {
  const auto lead = std::min(kLead, patience / 2);
  pending.ask_at = pending.deadline - lead;
  pending.ask = [self = shared_from_this(), lead] {
    self->asked_ = self->agent_.orchestrator.report_container(self->about_, {.timeout = time_of_azure(lead),
                                                                             .request_id = self->request_id_,
                                                                             .only_user = self->only_user_,
                                                                             .trace_id = self->trace_id_});
  };
}

dev8agent::ContainerReport WaitReport::take() const {
  if (!asked_ || !asked_->done()) return {};
  const auto& result = asked_->get();
  return result.ok() ? *result : dev8agent::ContainerReport();
}

}  // namespace dev8agentd
