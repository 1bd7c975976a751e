// The facts of an environment that must outlive this process, and their places in Azure: tags on the
// container group, metadata on the file share. Either is enough to show the environment again.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "dev8agent/environment.h"

namespace dev8agent::internal::plan {

struct Facts : EnvironmentSpec {
  // Without the defaults of a request: what is not known is empty or 0.
  Facts() : EnvironmentSpec{.user_id = {}, .base_image = {}} {}
  explicit Facts(EnvironmentSpec spec) : EnvironmentSpec(std::move(spec)) {}

  std::string id;
  std::string region;  // the configured region's name
  WallTime created_at{};

  bool operator==(const Facts&) const = default;
};

using Labels = std::map<std::string, std::string>;

// Facts and ownership token as ARM tags (at most 50, names without <>%&\?/, values of up to 256 characters).
// `others` are the tags that the group has now: those that are not the agent's own are kept, because ARM
// replaces all tags together.
Labels to_tags(const Facts& facts, const std::string& token, const Labels& others = {});
// The same as share metadata: names [a-z0-9], so that SharedKey's sort order is plain; values encoded, so
// plain ASCII. Azure Files replaces all metadata together, too.
Labels to_metadata(const Facts& facts, const std::string& token, const Labels& others = {});

// What is absent or malformed stays at its default.
Facts from_tags(const Labels& tags);
Facts from_metadata(const Labels& metadata);

// The ownership token: written by the call that created the resource, unique to that call. It decides what a
// roll-back may remove. Empty when there is none.
std::string token_in_tags(const Labels& tags);
std::string token_in_metadata(const Labels& metadata);

// `facts` as they read after Azure has stored them: it keeps milliseconds and drops what cannot be kept.
Facts as_stored(const Facts& facts);

// True for a group that this agent made: its tags say so and name `id`.
bool owned(const Labels& tags, std::string_view id);

// True when a repeated create means the same environment: owner, sizes and region.
bool same_shape(const Facts& a, const Facts& b);
// The fields in which they differ, as on the wire, comma separated.
std::string differing_fields(const Facts& a, const Facts& b);

}  // namespace dev8agent::internal::plan
