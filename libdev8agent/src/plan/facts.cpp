#include "plan/facts.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_format.h"

namespace dev8agent::plan {
namespace {

constexpr std::string_view kManager = "dev8-agent";

std::string value_of(const std::map<std::string, std::string>& map, std::string_view name) {
  for (const auto& [key, value] : map) {
    if (equal_ignoring_case(key, name)) return value;  // ARM keeps tag names without regard to case
  }
  return "";
}

// Percent-encoding with '=' for '%': header values with '%' do not survive every HTTP server and proxy as
// they are.
std::string encode(std::string_view text) {
  std::string encoded = percent_encode(text);
  std::replace(encoded.begin(), encoded.end(), '%', '=');
  return encoded;
}

std::string decode(std::string text) {
  std::string encoded = text;
  std::replace(encoded.begin(), encoded.end(), '=', '%');
  return percent_decode(encoded).value_or(std::move(text));
}

int number(const std::string& text) {
  const auto value = parse_unsigned(text);
  return value && *value < 1'000'000 ? static_cast<int>(*value) : 0;
}

Facts read(const std::map<std::string, std::string>& values) {
  Facts facts;
  facts.id = value_of(values, "environment");
  facts.user_id = value_of(values, "userId");
  facts.name = value_of(values, "name");
  facts.region = value_of(values, "cloudRegion");
  facts.cpu_cores = number(value_of(values, "cpuCores"));
  facts.memory_gb = number(value_of(values, "memoryGB"));
  facts.storage_gb = number(value_of(values, "storageGB"));
  facts.base_image = value_of(values, "baseImage");
  facts.created_at = parse_rfc3339(value_of(values, "createdAt")).value_or(WallTime{});
  facts.call = value_of(values, "call");
  return facts;
}

}  // namespace

std::map<std::string, std::string> to_tags(const Facts& facts) {
  return {{"environment", facts.id},
          {"userId", facts.user_id},
          {"managed-by", std::string(kManager)},
          {"name", facts.name},
          {"cloudRegion", facts.region},
          {"cpuCores", std::to_string(facts.cpu_cores)},
          {"memoryGB", std::to_string(facts.memory_gb)},
          {"storageGB", std::to_string(facts.storage_gb)},
          {"baseImage", facts.base_image},
          {"createdAt", format_rfc3339(facts.created_at)},
          {"call", facts.call}};
}

std::map<std::string, std::string> to_metadata(const Facts& facts) {
  std::map<std::string, std::string> metadata;
  for (const auto& [name, value] : to_tags(facts)) {
    std::string key = to_lower(name);
    std::erase(key, '-');
    metadata[key] = encode(value);
  }
  return metadata;
}

Facts from_tags(const std::map<std::string, std::string>& tags) {
  return read(tags);
}

Facts from_metadata(const std::map<std::string, std::string>& metadata) {
  std::map<std::string, std::string> decoded;
  for (const auto& [name, value] : metadata) decoded[name] = decode(value);
  return read(decoded);
}

bool metadata_tells(const std::map<std::string, std::string>& metadata, Facts facts) {
  const Facts told = from_metadata(metadata);
  facts.call = told.call;
  return from_metadata(to_metadata(facts)) == told;
}

bool owned(const std::map<std::string, std::string>& tags, std::string_view id) {
  return value_of(tags, "managed-by") == kManager && value_of(tags, "environment") == id;
}

bool same_shape(const Facts& a, const Facts& b) {
  return differing_fields(a, b).empty();
}

std::string differing_fields(const Facts& a, const Facts& b) {
  std::string fields;
  const auto note = [&](bool differs, std::string_view name) {
    if (differs) fields += (fields.empty() ? "" : ", ") + std::string(name);
  };
  note(a.user_id != b.user_id, "userId");
  note(!equal_ignoring_case(a.region, b.region), "cloudRegion");
  note(a.cpu_cores != b.cpu_cores, "cpuCores");
  note(a.memory_gb != b.memory_gb, "memoryGB");
  note(a.storage_gb != b.storage_gb, "storageGB");
  return fields;
}

}  // namespace dev8agent::plan
