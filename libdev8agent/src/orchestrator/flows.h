// The flows of the orchestrator, as one class: what they share, and what each of them does. Loop thread only.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/call.h"
#include "base/signal.h"
#include "dev8agent/environment.h"
#include "dev8agent/operation.h"
#include "dev8agent/options.h"
#include "dev8agent/orchestrator.h"
#include "orchestrator/azure_services.h"
#include "plan/steps.h"
#include "plan/undo.h"

namespace dev8agent {

// What a flow is given: its limits and where it tells how far it has come.
struct FlowContext {
  CallPtr call;
  std::function<void(std::string stage, std::string detail)> report;
};

// What was told of the environment, and what this call makes of it.
struct Rewrite {
  plan::Facts before;
  plan::Facts after;
};

// One environment in one region, as a flow works on it.
struct Site {
  FlowContext context;
  RegionServices* region = nullptr;
  std::string id;
  plan::Observation seen;
  TimePoint group_seen_at{};  // when Azure was last asked about the group, and told
  TimePoint share_seen_at{};
  std::string group_elsewhere;  // where Azure has a group of this name when not in this region; else empty
  plan::History history;
  std::string operation_url;             // of the transition that is followed
  std::optional<Error> operation_error;  // how that transition failed
  std::optional<std::chrono::milliseconds> retry_after;
  int looks = 0;
  TimePoint late_until{};          // until then a write of this call that got no answer may yet take effect
  plan::Undo undo;                 // what of this call's doings a roll-back may have to undo
  int failures = 0;                // failed writes in a row
  int looks_anew = 0;              // since the last write, because what was seen was old
  bool alone = false;              // seen, after the share's PUT, that no other region has the id
  std::optional<Rewrite> rewrite;  // the facts that this call writes before its container
  bool left_files = false;         // the roll-back found files on the share and left it
  bool left_in_use = false;        // the roll-back found the environment up and left it

  // After a write that Azure accepted.
  void write_done() { failures = looks_anew = 0; }
};
using SitePtr = std::shared_ptr<Site>;

class Flows {
 public:
  Flows(AgentSettings settings, std::shared_ptr<Scheduler> scheduler, std::shared_ptr<Transport> transport);

  // Requests have passed plan/'s rules.
  Task<Result<EnvironmentOutcome>> create(FlowContext context, std::shared_ptr<CreateRequest> request,
                                          bool fresh_id);
  Task<Result<EnvironmentOutcome>> start(FlowContext context, std::shared_ptr<StartRequest> request);
  Task<Result<Environment>> stop(FlowContext context, StopRequest request);
  Task<Result<Done>> remove(FlowContext context, DeleteRequest request);
  Task<Result<Environment>> get(FlowContext context, GetRequest request);
  Task<Result<EnvironmentPage>> list(FlowContext context, ListRequest request);
  Task<Result<HealthReport>> check_health(FlowContext context);

  Secret activity_token(std::string_view id) const;

 private:
  // Marks what this process has in hand for an id; unmarks on destruction.
  class Marking {
   public:
    Marking(Flows& flows, std::string id, plan::InFlight kind, CallPtr call);
    Marking(const Marking&) = delete;
    ~Marking();
    void is_in(std::string region);  // where the work is, once that is known

   private:
    Flows& flows_;
    std::string id_;
  };
  struct Work {
    plan::InFlight kind = plan::InFlight::kNothing;
    CallPtr call;
    std::string region{};  // where it is; empty while that is not known
  };
  // Where an id was found; `failure` when some region could not be asked.
  struct Located {
    std::vector<SitePtr> sites;
    std::optional<Error> failure;
    std::optional<Error> foreign;  // the id stands in a region that is not enabled here
  };

  // Shared steps (site.cpp).
  Task<Status> look_at_group(SitePtr site);
  Task<Status> look_at_share(SitePtr site);
  Task<Status> observe(SitePtr site);
  bool is_fresh(const Site& site) const;
  bool needs_look(Site& site) const;
  bool needs_look_to_tell(Site& site) const;
  Status still_the_same(const Site& site, const plan::Facts& before) const;
  Task<Result<Located>> locate(FlowContext context, std::string id, std::vector<std::string> regions);
  Task<Status> look_again(SitePtr site);
  Task<Status> recover(SitePtr site, Error error);
  bool is_settled(const Site& site) const;
  Task<Status> settle(SitePtr site);
  SitePtr make_site(FlowContext context, RegionServices& region, std::string id);

  // The end of what failed (roll_back.cpp).
  Task<Done> roll_back(SitePtr site);
  Task<Status> undo_one(SitePtr site, plan::UndoStep step);
  void note_no_answer(Site& site, const Error& error) const;
  Task<Error> explain(SitePtr site, Error error, std::shared_ptr<EnvironmentSecrets> secrets);
  Task<Error> give_up(SitePtr site, Error error, std::shared_ptr<EnvironmentSecrets> secrets);

  // Shared writes (group_writes.cpp, share_writes.cpp). Each does at most one write and notes in `site` what
  // Azure answered.
  Task<Status> put_group(SitePtr site, plan::Facts facts, std::shared_ptr<EnvironmentSecrets> secrets);
  Task<Status> start_group(SitePtr site);
  Task<Status> stop_group(SitePtr site);
  Task<Status> delete_group(SitePtr site);
  Task<Status> patch_tags(SitePtr site, std::map<std::string, std::string> tags);
  Task<Status> put_share(SitePtr site, plan::Facts facts);
  Task<Status> claim_share(SitePtr site);
  Task<Status> set_mark(SitePtr site, std::string mark);
  Task<Status> set_metadata(SitePtr site, std::map<std::string, std::string> metadata);
  Task<Status> set_quota(SitePtr site, int quota_gib);
  Task<Status> delete_share(SitePtr site);
  Task<Status> write_facts(SitePtr site, plan::Facts facts, bool with_tags);

  // Parts of one flow.
  Task<Status> check_alone(SitePtr site);
  Task<Done> clear_away(SitePtr site);
  Task<Result<EnvironmentOutcome>> create_in(SitePtr site, plan::Facts wanted,
                                             std::shared_ptr<EnvironmentSecrets> secrets, bool fresh_id);
  Task<Result<EnvironmentOutcome>> start_at(SitePtr site, std::shared_ptr<StartRequest> request,
                                            std::shared_ptr<EnvironmentSecrets> secrets);
  Task<Status> delete_at(SitePtr site, bool force);  // marked as being deleted from the first write on
  Task<Result<std::vector<SitePtr>>> list_sites(FlowContext context, std::string region);
  Task<Status> look_at_groups(std::vector<SitePtr> sites);

  bool ends_work(const DeleteRequest& request) const;
  Environment view(const Site& site) const;
  Secret new_password() const;
  std::string new_mark() const;
  plan::InFlight in_flight(const std::string& id) const;
  void log(LogLevel level, std::string event, const Site& site, std::vector<LogField> fields) const;

  AgentSettings settings_;
  std::shared_ptr<Scheduler> scheduler_;
  AzureServices azure_;
  KeyedLock locks_;
  std::map<std::string, Work> in_hand_;
};

}  // namespace dev8agent
