// The facts of an environment that must outlive this process, and their places in Azure: tags on the
// container group, metadata on the file share. Either is enough to show the environment again. Pure.
//
//   create   --to_metadata()-->  share's metadata   --from_metadata()-->  Facts
//            --to_tags()------>  group's tags       --from_tags()------>  Facts
//
// Each place has one name for each fact: the wire name of kSpecFields (base/spec_fields.h) as a tag, the same
// in lower case as metadata. Secrets are never facts.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "dev8agent/environment.h"
#include "dev8agent/options.h"

namespace dev8agent::internal::plan {

// What the share of a workspace is: its home directory, or only the workspace directory in it, with the home
// on the container's own disk. It stays as the create chose it, whatever the configuration says later: the
// same files would else stand elsewhere after a start.
using Layout = WorkspaceLayout;

// The layout that tags or metadata name. Any other word is kHome, which is also the layout of environments
// that name none.
Layout parse_layout(std::string_view word);

// What the maker of the environment chose, its id, its place and its age.
struct Facts : EnvironmentSpec {
  // Without the defaults of a request: what is not known is empty or 0.
  Facts() : EnvironmentSpec{.user_id = {}, .base_image = {}} {}
  explicit Facts(EnvironmentSpec spec) : EnvironmentSpec(std::move(spec)) {}

  std::string id;
  std::string region;     // the configured region's name, not Azure's location
  WallTime created_at{};  // when the create began; 1970 when it is not known
  Layout layout = Layout::kHome;

  bool operator==(const Facts&) const = default;
};

// Tags or metadata: value by name.
using Labels = std::map<std::string, std::string>;

// Facts and ownership token as ARM tags. `others` are the tags that the group has now: those that are not the
// agent's own are kept, because ARM replaces all tags together. ARM allows 50 tags, names without <>%&\?/ and
// values of up to 256 characters, and ignores the case of names. Each label is a tag of its own, label.NAME;
// of the environment variables there is a digest alone.
Labels to_tags(const Facts& facts, const std::string& token, const Labels& others = {});
// The same as share metadata, which Azure Files replaces together, too. Names are [a-z0-9]: the order in
// which SharedKey signs other characters is not that of ASCII. Metadata are HTTP headers, so values are
// percent-encoded, with '=' in place of '%', which some servers and proxies change.
Labels to_metadata(const Facts& facts, const std::string& token, const Labels& others = {});

// What to merge with the tags `present`, which the group has, so that they tell `facts`: to_tags(), with an
// empty value for each label that goes. Not the digest of the variables, which belongs to the container.
Labels tags_to_merge(const Facts& facts, const std::string& token, const Labels& present);

// What to merge with the tags `present`, so that they tell the fields of `facts` that are only stored and
// shown (stored_only() in base/spec_fields.h), with an empty value for what goes. Tags that agree are left
// out.
Labels label_tags_to_merge(const Facts& facts, const Labels& present);

// Of tags that are to be merged with `present`: those that go, because their value is empty, each with the
// value that it has now. Tags that are empty already are left out.
Labels tags_that_go(const Labels& wanted, const Labels& present);

// True when `present` has each of `wanted` with its value. An empty value may be missing.
bool tells(const Labels& present, const Labels& wanted);

// The inverse. A fact that is absent or malformed stays empty or 0; other tools may have written here. Tags
// tell no environment variables.
Facts from_tags(const Labels& tags);
Facts from_metadata(const Labels& metadata);

// The ownership token: written by the call that created the resource, unique to that call. It decides what a
// roll-back may remove. Empty when there is none, as on a share that was released.
std::string token_in_tags(const Labels& tags);
std::string token_in_metadata(const Labels& metadata);

// Tells one set of environment variables from another: 16 hexadecimal digits of a SHA-256; empty for none.
std::string digest_of(const NamedTexts& variables);
// That of the variables with which the container was deployed.
std::string variables_in_tags(const Labels& tags);

// That an agent has stopped a container because nobody used it.
struct IdleStop {
  WallTime since{};  // the last use, or the container's start
  WallTime at{};     // when it was stopped

  bool operator==(const IdleStop&) const = default;
};

// Tags beside the facts: the last use that an agent has noted, and the last idle stop. Nothing when there is
// none, or when it cannot be read.
std::optional<WallTime> last_activity_in(const Labels& tags);
std::optional<IdleStop> idle_stop_in(const Labels& tags);
// These tags alone, to be merged with those that are there. Without a stop: a tag that tells of none.
Labels last_activity_tag(WallTime time);
Labels idle_stop_tag(const std::optional<IdleStop>& stop);

// A label beside the facts, of group and share: the environment has a share for certificates
// (plan/certificate_share.h).
bool certificates_in(const Labels& labels);
Labels certificates_label();

// A label of a share beside the facts: a delete has kept it, with the snapshot of this name. Empty: none has.
std::string kept_snapshot_in(const Labels& metadata);
// `metadata` with that label, or without it for an empty name.
Labels with_kept_snapshot(Labels metadata, const std::string& snapshot);

// `facts` as they read after Azure has stored them: times in whole milliseconds. For comparing what is stored
// with what was written.
Facts as_stored(const Facts& facts);
// The same for tags.
Facts as_tagged(const Facts& facts);

// True for a group that this agent made: its tags say so and name `id`.
bool owned(const Labels& tags, std::string_view id);

// Whose else a group or share is, as its tags or metadata say, in words such as "managed-by terraform":
// another manager than this agent, or another environment than `id`. Empty when they name neither.
std::string other_mark_in_tags(const Labels& tags, std::string_view id);
std::string other_mark_in_metadata(const Labels& metadata, std::string_view id);

// True when a repeated create means the same environment: owner, sizes, region and all that OnChange says.
// Name and base image do not count, nor do created_at and layout.
bool same_shape(const Facts& a, const Facts& b);
// The fields of same_shape() in which they differ, by their names on the wire: "cpuCores, cloudRegion". Empty
// when they agree. For error messages.
std::string differing_fields(const Facts& a, const Facts& b);

}  // namespace dev8agent::internal::plan
