#include "orchestrator/joined_creates.h"

#include <algorithm>

#include "base/crypto.h"

namespace dev8agent {

std::string fingerprint(const CreateRequest& request) {
  std::string all;
  const auto add = [&](std::string_view part) {
    all += std::to_string(part.size()) + ":" + std::string(part);
  };
  for (const std::string* part : {&request.id, &request.user_id, &request.name, &request.cloud_provider,
                                  &request.cloud_region, &request.base_image}) {
    add(*part);
  }
  for (const std::string& region : request.candidate_regions) add(region);
  for (int size : {request.cpu_cores, request.memory_gb, request.storage_gb}) add(std::to_string(size));
  const EnvironmentSecrets& s = request.secrets;
  for (const Secret* secret :
       {&s.github_token, &s.git_user_name, &s.git_user_email, &s.ssh_public_key, &s.code_server_password,
        &s.anthropic_api_key, &s.openai_api_key, &s.gemini_api_key}) {
    add(secret->reveal());
  }
  std::string digest = sha256(all);
  Secret wiped(std::move(all));
  return digest;
}

JoinedCreates::FlowPtr JoinedCreates::join(const std::string& key, std::shared_ptr<State> state,
                                           TimePoint deadline) {
  auto found = flows_.find(key);
  // A flow that is being cancelled ends in an error that is not this caller's.
  if (found == flows_.end() || found->second->call->cancellation->cancelled()) return nullptr;
  FlowPtr flow = found->second;
  flow->members.push_back({std::move(state), deadline, std::nullopt});
  flow->call->deadline = std::max(flow->call->deadline, deadline);
  for (Member& member : flow->members) {
    if (member.timer || member.deadline >= flow->call->deadline) continue;
    member.timer =
        scheduler_.call_at(member.deadline, [this, weak = std::weak_ptr(flow), left = member.state] {
          auto alive = weak.lock();
          // The last one ends with the flow, which has its deadline by then.
          if (alive && alive->members.size() > 1) leave(*alive, left, deadline_error());
        });
  }
  return flow;
}

JoinedCreates::FlowPtr JoinedCreates::open(const std::string& key, std::shared_ptr<State> state,
                                           std::shared_ptr<Call> call) {
  auto flow = std::make_shared<Flow>();
  flow->key = key;
  flow->members.push_back({std::move(state), call->deadline, std::nullopt});
  flow->call = std::move(call);
  flows_[key] = flow;
  return flow;
}

void JoinedCreates::complete(const FlowPtr& flow, Result<EnvironmentOutcome> result) {
  auto found = flows_.find(flow->key);
  if (found != flows_.end() && found->second == flow) flows_.erase(found);
  const auto members = std::exchange(flow->members, {});
  for (const Member& member : members) {
    if (member.timer) scheduler_.cancel(*member.timer);
  }
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (result.ok()) {
      members[i].state->complete(EnvironmentOutcome{result->environment.copy(), false});
    } else {
      members[i].state->complete(result.error());
    }
  }
  if (!members.empty()) members.front().state->complete(std::move(result));
}

void JoinedCreates::report(const Flow& flow, const Progress& progress) {
  const auto members = flow.members;
  for (const Member& member : members) member.state->report(progress);
}

void JoinedCreates::cancel(Flow& flow, const std::shared_ptr<State>& state) {
  const bool last = flow.members.size() == 1 && flow.members.front().state == state;
  if (last) {
    flow.call->cancellation->cancel("the operation was cancelled");
  } else {
    leave(flow, state,
          make_error(ErrorCode::kCancelled, "the operation was cancelled; another caller's goes on"));
  }
}

void JoinedCreates::leave(Flow& flow, const std::shared_ptr<State>& state, Error error) {
  auto place = std::find_if(flow.members.begin(), flow.members.end(),
                            [&](const Member& member) { return member.state == state; });
  if (place == flow.members.end()) return;
  if (place->timer) scheduler_.cancel(*place->timer);
  flow.members.erase(place);
  flow.call->deadline = TimePoint::min();
  for (const Member& member : flow.members)
    flow.call->deadline = std::max(flow.call->deadline, member.deadline);
  state->complete(std::move(error));
}

}  // namespace dev8agent
