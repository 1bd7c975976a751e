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

JoinedCreates::FlowPtr JoinedCreates::join(const std::string& key, std::shared_ptr<State> state) {
  auto found = flows_.find(key);
  // A flow that is being cancelled ends in an error that is not this caller's.
  if (found == flows_.end() || found->second->cancellation->cancelled()) return nullptr;
  found->second->members.push_back(std::move(state));
  return found->second;
}

JoinedCreates::FlowPtr JoinedCreates::open(const std::string& key, std::shared_ptr<State> state,
                                           std::shared_ptr<Cancellation> cancellation) {
  auto flow = std::make_shared<Flow>();
  flow->key = key;
  flow->members.push_back(std::move(state));
  flow->cancellation = std::move(cancellation);
  flows_[key] = flow;
  return flow;
}

void JoinedCreates::complete(const FlowPtr& flow, Result<EnvironmentOutcome> result) {
  auto found = flows_.find(flow->key);
  if (found != flows_.end() && found->second == flow) flows_.erase(found);
  const auto members = std::exchange(flow->members, {});
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (result.ok()) {
      members[i]->complete(EnvironmentOutcome{result->environment.copy(), false});
    } else {
      members[i]->complete(result.error());
    }
  }
  if (!members.empty()) members.front()->complete(std::move(result));
}

void JoinedCreates::report(const Flow& flow, const Progress& progress) {
  const auto members = flow.members;
  for (const auto& member : members) member->report(progress);
}

void JoinedCreates::cancel(Flow& flow, const std::shared_ptr<State>& state) {
  auto place = std::find(flow.members.begin(), flow.members.end(), state);
  if (place == flow.members.end()) return;
  if (flow.members.size() == 1) {
    flow.cancellation->cancel("the operation was cancelled");
    return;
  }
  flow.members.erase(place);
  state->complete(make_error(ErrorCode::kCancelled, "the operation was cancelled; another caller's goes on"));
}

}  // namespace dev8agent
