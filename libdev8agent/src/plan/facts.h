// The facts of an environment that must outlive this process, and their places in Azure: tags on the
// container group, metadata on the file share. Either is enough to show the environment again.
#pragma once

#include <map>
#include <string>

#include "dev8agent/environment.h"

namespace dev8agent::plan {

struct Facts {
  std::string id;
  std::string user_id;
  std::string name;
  std::string region;  // the configured region's name
  int cpu_cores = 0;
  int memory_gb = 0;
  int storage_gb = 0;
  std::string base_image;
  WallTime created_at{};
  std::string call;  // unique per call that created the resource: tells what a roll-back may remove

  bool operator==(const Facts&) const = default;
};

// ARM tags: at most 50, names without <>%&\?/, values up to 256 characters.
std::map<std::string, std::string> to_tags(const Facts& facts);
// Share metadata: names [a-z0-9], so that SharedKey's sort order is plain; values encoded, so plain
// ASCII.
std::map<std::string, std::string> to_metadata(const Facts& facts);

// What is absent or malformed stays at its default.
Facts from_tags(const std::map<std::string, std::string>& tags);
Facts from_metadata(const std::map<std::string, std::string>& metadata);

// Whether share metadata tells `facts`, whatever its mark: Azure may leave out what is empty, and keep what
// others have added.
bool metadata_tells(const std::map<std::string, std::string>& metadata, Facts facts);

// True for a group that this agent made: its tags say so and name `id`.
bool owned(const std::map<std::string, std::string>& tags, std::string_view id);

// True when a repeated create means the same environment: owner, sizes and region.
bool same_shape(const Facts& a, const Facts& b);
// The fields in which they differ, as on the wire, comma separated.
std::string differing_fields(const Facts& a, const Facts& b);

}  // namespace dev8agent::plan
