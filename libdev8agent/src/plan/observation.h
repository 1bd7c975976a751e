// What Azure has shown of one environment in one region, parsed once, with the age of each answer. Pure data.
// The flows fill it in (orchestrator/observe.cpp); the decisions read it.
//
// An answer's age counts from the moment at which its question was sent, not from its arrival: what happened
// in between may be missing from it.
#pragma once

#include <optional>
#include <string>

#include "base/rare.h"
#include "dev8agent/scheduler.h"
#include "model/container_group.h"
#include "model/file_share.h"
#include "plan/facts.h"

namespace dev8agent::internal::plan {

// A container group as a read showed it, and what its tags say.
struct SeenGroup {
  ContainerGroup state;
  Facts facts;
  std::string token;                        // ownership token; empty without one
  std::optional<WallTime> last_activity{};  // the last use that an agent has noted
  std::optional<IdleStop> idle_stop{};      // the last, or one that is under way
  bool has_certificates = false;            // on a share of their own
  std::string variables{};                  // digest of the environment variables that it was deployed with
};

// A file share as a read showed it, and what its metadata say.
struct SeenShare {
  FileShare state;
  Facts facts;
  std::string token;              // ownership token; empty after a release
  bool has_certificates = false;  // on a share of their own
  std::string kept_snapshot{};    // with which a delete has kept it; empty: none has
};

// True when the group's tags tell everything that the share's metadata do. Those of other makers may tell
// less, and no tags tell environment variables.
bool tells_all(const SeenGroup& group);

// True when the container is what `facts` ask for: all that a start with another value deploys again.
bool was_deployed_with(const SeenGroup& group, const Facts& facts);

// Parse tags and metadata. A tag that names another image than the container runs tells no image, and of a
// group that Azure shows with its containers its own zone counts, not the tag's. Whether the agent made the
// group is another question: owned() in plan/facts.h.
SeenGroup see_group(ContainerGroup group);
SeenShare see_share(FileShare share);

// Evidence that there is no container group. Azure Resource Manager answers reads from copies that may lag by
// seconds, so one 404 proves nothing. It is collected over several reads, and starts again from nothing when
// a read shows a group.
struct GroupAbsence {
  std::optional<TimePoint> first_asked{};       // when the first read was sent that found no group
  std::optional<TimePoint> last_asked{};        // the latest such read
  std::optional<TimePoint> not_listed_asked{};  // the latest list without the group
  std::optional<TimePoint> provider_said_at{};  // a write was answered with "there is no such group"
};

// What a share holds, as far as it was inspected. kUnknown: Azure did not say; the share is then neither
// taken over nor deleted. Each new read of the share sets it back to kNotInspected.
enum class ShareContent { kNotInspected, kEmpty, kHoldsFiles, kUnknown };

struct Observation {
  Rare<SeenGroup> group;  // none: the last read did not show it, which is no proof of absence
  // None: it is not there, or nobody asked: share_is_known(). Azure Files answers from one place.
  Rare<SeenShare> share;
  TimePoint group_asked_at{};  // when the question was sent that the group, or its absence, answers
  TimePoint share_asked_at{};  // the same for the share; zero: it was never asked about
  WallTime azure_now{};        // Azure's clock when it answered for the group
  GroupAbsence absence;
  ShareContent content = ShareContent::kNotInspected;
  std::optional<WallTime> latest_run{};  // newest start of the container that any read has shown lately
  bool other_regions_clear = false;  // no other region has the id; asked after this call's share was created

  bool any() const { return group || share; }
  bool share_is_known() const { return share_asked_at != TimePoint{}; }
};

// Puts the answer of a read of the group, sent at `asked_at`, into `seen`: a group, or none. A group clears
// the evidence of its absence; none adds to it.
void note_group(Observation& seen, std::optional<ContainerGroup> group, TimePoint asked_at);

// True for what a delete has left that kept the files: the environment is gone, and they can be restored.
bool is_kept(const Observation& seen);

// The environment's facts. The group's tags count first, because they are written together with the
// container; the share's metadata stand in for what they lack. Sizes that the tags lack are the group's own.
Facts facts_of(const Observation& seen);

// True when group and share are shown, and tell different things of what is only stored (stored_only() in
// base/spec_fields.h). Either an update was cut between its two writes, or one came between the two reads.
bool tell_different_things(const Observation& seen);

// True when the group is shown with a container that started before one that another read has shown. The read
// is from the past, and says nothing of the present.
bool shows_earlier_run(const Observation& seen);

// True when the absence of the group is beyond doubt: the resource provider itself said so within
// kProviderWordLasts, or reads at least kAbsenceSpan apart and a list after the first of them found no group.
// Reads are sent on connections of a pool, the list through another cache of Azure's. Only then may a write
// rely on the absence: a PUT over a group that runs would restart it.
bool absence_is_confirmed(const Observation& seen, TimePoint now);

inline constexpr std::chrono::seconds kAbsenceSpan{10};
inline constexpr std::chrono::seconds kProviderWordLasts{10};

}  // namespace dev8agent::internal::plan
