// Facts to and from tags and metadata.
#include "plan/facts.h"

#include <algorithm>

#include "base/spec_fields.h"
#include "base/text.h"
#include "base/time_format.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::string_view kManager = "dev8-agent";
constexpr std::string_view kToken = "call";  // the tag and the metadata that hold the ownership token

std::string value_of(const Labels& map, std::string_view name) {
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

void parse(const std::string& text, std::string& value) {
  value = text;
}
void parse(const std::string& text, int& value) {
  const auto number = parse_unsigned(text);
  value = number && *number < 1'000'000 ? static_cast<int>(*number) : 0;
}

Facts read(const Labels& values) {
  Facts facts;
  facts.id = value_of(values, "environment");
  facts.region = value_of(values, "cloudRegion");
  for_each_spec_field([&](const auto& field) { parse(value_of(values, field.name), facts.*field.member); });
  facts.created_at = parse_rfc3339(value_of(values, "createdAt")).value_or(WallTime{});
  return facts;
}

// Everything that the agent stores of an environment, under the names of its tags.
Labels own_labels(const Facts& facts, const std::string& token) {
  Labels labels = {{"environment", facts.id},
                   {"managed-by", std::string(kManager)},
                   {"cloudRegion", facts.region},
                   {"createdAt", format_rfc3339(facts.created_at)},
                   {std::string(kToken), token}};
  for_each_spec_field([&](const auto& field) { labels[field.name] = text_of(facts.*field.member); });
  return labels;
}

std::string metadata_name(std::string_view tag) {
  std::string name = to_lower(tag);
  std::erase(name, '-');
  return name;
}

}  // namespace

Labels to_tags(const Facts& facts, const std::string& token, const Labels& others) {
  Labels tags = own_labels(facts, token);
  for (const auto& other : others) {
    const bool own = std::any_of(tags.begin(), tags.end(), [&](const auto& tag) {
      return equal_ignoring_case(tag.first, other.first);
    });
    if (!own) tags.insert(other);
  }
  return tags;
}

Labels to_metadata(const Facts& facts, const std::string& token, const Labels& others) {
  Labels metadata;
  for (const auto& [name, value] : own_labels(facts, token)) metadata[metadata_name(name)] = encode(value);
  for (const auto& [name, value] : others) {
    if (!metadata.contains(to_lower(name))) metadata.emplace(name, value);
  }
  return metadata;
}

Facts from_tags(const Labels& tags) {
  return read(tags);
}

Facts from_metadata(const Labels& metadata) {
  Labels decoded;
  for (const auto& [name, value] : metadata) decoded[name] = decode(value);
  return read(decoded);
}

std::string token_in_tags(const Labels& tags) {
  return value_of(tags, kToken);
}

std::string token_in_metadata(const Labels& metadata) {
  return decode(value_of(metadata, kToken));
}

Facts as_stored(const Facts& facts) {
  return from_metadata(to_metadata(facts, ""));
}

bool owned(const Labels& tags, std::string_view id) {
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
  for_each_spec_field([&](const auto& field) {
    note(field.on_change != OnChange::kLabel && a.*field.member != b.*field.member, field.name);
  });
  note(!equal_ignoring_case(a.region, b.region), "cloudRegion");
  return fields;
}

}  // namespace dev8agent::internal::plan
