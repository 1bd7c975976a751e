// Start: Azure's own start for a stopped group as it stands; a new PUT on the same share when the request
// brings secrets or other sizes, or when there is no group.
#include <utility>

#include "orchestrator/flows.h"
#include "plan/regions.h"

namespace dev8agent {
namespace {

// The environment's facts with what the request changes.
plan::Facts overlay(plan::Facts facts, const StartRequest& request, const std::string& region) {
  if (facts.id.empty()) facts.id = request.id;
  if (facts.region.empty()) facts.region = region;
  if (facts.user_id.empty()) facts.user_id = request.user_id.value_or("default-user");
  if (request.name) facts.name = *request.name;
  if (request.cpu_cores) facts.cpu_cores = *request.cpu_cores;
  if (request.memory_gb) facts.memory_gb = *request.memory_gb;
  if (request.storage_gb) facts.storage_gb = *request.storage_gb;
  if (request.base_image) facts.base_image = *request.base_image;
  return facts;
}

bool other_sizes(const plan::Facts& a, const plan::Facts& b) {
  return a.cpu_cores != b.cpu_cores || a.memory_gb != b.memory_gb || a.storage_gb != b.storage_gb;
}

// Sizes that neither Azure nor the request tells: files of another maker.
std::vector<FieldError> unknown_sizes(const plan::Facts& facts) {
  std::vector<FieldError> errors;
  const auto need = [&](int value, const char* field) {
    if (value == 0) errors.push_back({field, "is required: the environment does not record it"});
  };
  need(facts.cpu_cores, "cpuCores");
  need(facts.memory_gb, "memoryGB");
  need(facts.storage_gb, "storageGB");
  return errors;
}

}  // namespace

Task<Result<EnvironmentOutcome>> Flows::start(FlowContext context, std::shared_ptr<StartRequest> request) {
  auto hold = co_await locks_.acquire(context.call, request->id);
  if (!hold.ok()) co_return hold.error();
  Marking marking(*this, request->id, plan::InFlight::kStart, context.call);
  context.report("locating", "");
  auto located =
      co_await locate(context, request->id, plan::regions_to_search(request->cloud_region, settings_));
  if (!located.ok()) co_return located.error();
  if (located->sites.empty()) {
    co_return make_error(ErrorCode::kNotFound,
                         "volume not found for environment " + request->id + ". Create environment first.");
  }
  SitePtr site = located->sites.front();
  marking.is_in(site->region->options.name);
  auto secrets = std::make_shared<EnvironmentSecrets>(request->secrets.copy());
  auto outcome = co_await start_at(site, request, secrets);
  if (outcome.ok()) co_return outcome;
  auto explained = co_await give_up(site, outcome.error(), secrets);
  co_return explained;
}

Task<Result<EnvironmentOutcome>> Flows::start_at(SitePtr site, std::shared_ptr<StartRequest> request,
                                                 std::shared_ptr<EnvironmentSecrets> secrets) {
  const plan::Facts present = plan::facts_of(site->seen);
  plan::Facts wanted = overlay(present, *request, site->region->options.name);
  if (request->user_id && !present.user_id.empty() && *request->user_id != present.user_id) {
    co_return make_error(ErrorCode::kConflict, "environment " + request->id + " belongs to another userId");
  }
  const bool redeploy = request->secrets.any() || other_sizes(present, wanted);
  const bool renamed = present.name != wanted.name || present.base_image != wanted.base_image;
  plan::StartChange change = redeploy  ? plan::StartChange::kContainer
                             : renamed ? plan::StartChange::kRecords
                                       : plan::StartChange::kNothing;
  wanted.call = new_mark();
  site->history.call = wanted.call;

  bool updated = false;
  for (;;) {
    if (site->operation_error) co_return *site->operation_error;
    if (auto same = still_the_same(*site, present); !same.ok()) co_return same.error();
    plan::Decision decision = plan::next_for_start(request->id, change, site->seen, site->history);
    const bool writes = decision.step == plan::Step::kPutGroup || decision.step == plan::Step::kStartGroup;
    if (writes && needs_look(*site)) {
      auto seen = co_await observe(site);
      if (!seen.ok()) co_return seen.error();
      continue;
    }
    if (writes && !updated && (redeploy || renamed)) {
      if (auto missing = unknown_sizes(wanted); !missing.empty())
        co_return invalid_request(std::move(missing));
      const bool with_tags = renamed && !redeploy;
      // Also when a call that died has written them already.
      site->rewrite = Rewrite{present, wanted};
      if (site->seen.share && !plan::facts_left(site->seen, wanted, with_tags).none()) {
        auto noted = co_await write_facts(site, wanted, with_tags);
        if (!noted.ok()) co_return noted.error();
        continue;
      }
      updated = true;
      if (!redeploy) change = plan::StartChange::kNothing;
    }
    Status done = Done{};
    switch (decision.step) {
      case plan::Step::kDone: {
        if (needs_look_to_tell(*site)) {
          done = co_await observe(site);
          break;
        }
        if (!is_settled(*site)) {
          done = co_await settle(site);
          break;
        }
        EnvironmentOutcome outcome;
        outcome.environment = view(*site);
        outcome.changed = site->history.wrote;
        if (plan::has_own_group(site->seen, site->history)) {
          outcome.code_server_password = secrets->code_server_password.copy();
        }
        co_return outcome;
      }
      case plan::Step::kWait:
        if (!decision.detail.empty()) site->context.report("starting", decision.detail);
        done = co_await look_again(site);
        break;
      case plan::Step::kPutGroup:
        if (auto missing = unknown_sizes(wanted); !missing.empty())
          co_return invalid_request(std::move(missing));
        if (secrets->code_server_password.empty()) secrets->code_server_password = new_password();
        done = co_await put_group(site, wanted, secrets);
        break;
      case plan::Step::kStartGroup:
        done = co_await start_group(site);
        break;
      case plan::Step::kStopGroup:
        done = co_await stop_group(site);
        break;
      default:
        if (!redeploy && decision.error->code == ErrorCode::kMountFailed) {
          decision.error->message +=
              "; when the account's keys were rotated while the environment was stopped, start it with its "
              "secrets: its container is made anew then, with the present key";
        }
        co_return *decision.error;
    }
    if (!done.ok()) co_return done.error();
  }
}

}  // namespace dev8agent
