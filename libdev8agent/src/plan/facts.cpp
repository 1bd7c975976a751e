// Facts to and from tags and metadata.
#include "plan/facts.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/spec_fields.h"
#include "base/text.h"
#include "base/time_format.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::string_view kManager = "dev8-agent";
constexpr std::string_view kToken = "call";  // the tag and the metadata that hold the ownership token
constexpr std::string_view kLastActivity = "lastActivityAt";
constexpr std::string_view kCertificates = "certificates";
constexpr std::string_view kKeptSnapshot = "keptsnapshot";
constexpr std::string_view kIdleStop = "idleStop";  // since when nobody used it, a space, when it was stopped
constexpr std::string_view kVariables = "environmentVariables";  // as a tag: their digest
constexpr std::string_view kLabels = "labels";
constexpr std::string_view kLabelPrefix = "label.";
constexpr std::size_t kDigestDigits = 16;

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
void parse(const std::string& text, std::optional<int>& value) {
  const auto number = parse_unsigned(text);
  value = number && *number < 1'000'000 ? std::optional(static_cast<int>(*number)) : std::nullopt;
}
void parse(const std::string& text, std::optional<std::string>& value) {
  value = text.empty() ? std::nullopt : std::optional(text);
}
void parse(const std::string& text, NamedTexts& value) {
  value = split_texts(text);
}
void parse(const std::string& text, int& value) {
  std::optional<int> number;
  parse(text, number);
  value = number.value_or(0);
}

Facts read(const Labels& values) {
  Facts facts;
  facts.id = value_of(values, "environment");
  facts.region = value_of(values, "cloudRegion");
  for_each_spec_field([&](const auto& field) { parse(value_of(values, field.name), facts.*field.member); });
  facts.created_at = parse_rfc3339(value_of(values, "createdAt")).value_or(WallTime{});
  facts.layout = parse_layout(value_of(values, "layout"));
  return facts;
}

bool is_label_tag(std::string_view name) {
  return equal_ignoring_case(name.substr(0, kLabelPrefix.size()), kLabelPrefix);
}

// Everything that the agent stores of an environment, under the names of its tags.
Labels own_labels(const Facts& facts, const std::string& token) {
  Labels labels = {{"environment", facts.id},
                   {"managed-by", std::string(kManager)},
                   {"cloudRegion", facts.region},
                   {"createdAt", format_rfc3339(facts.created_at)},
                   {"layout", std::string(to_string(facts.layout))},
                   {std::string(kToken), token}};
  for_each_spec_field([&](const auto& field) {
    if (is_set(facts.*field.member)) labels[field.name] = text_of(facts.*field.member);
  });
  return labels;
}

// A name of own_labels(), also of a field that is not set. `place` makes the name in tags that of the place.
template <class Place>
bool is_own(std::string_view name, const Labels& own, Place place) {
  bool found = std::any_of(own.begin(), own.end(),
                           [&](const auto& label) { return equal_ignoring_case(label.first, name); });
  for_each_spec_field(
      [&](const auto& field) { found = found || equal_ignoring_case(place(field.name), name); });
  return found;
}

std::string metadata_name(std::string_view tag) {
  std::string name = to_lower(tag);
  std::erase(name, '-');
  return name;
}

std::string other_mark(std::string_view manager, std::string_view environment, std::string_view id) {
  constexpr std::size_t kShown = 100;
  if (!manager.empty() && manager != kManager) return "managed-by " + printable(manager, kShown);
  if (!environment.empty() && environment != id) return "environment " + printable(environment, kShown);
  return "";
}

}  // namespace

Layout parse_layout(std::string_view word) {
  return parse_workspace_layout(word).value_or(Layout::kHome);
}

Labels to_tags(const Facts& facts, const std::string& token, const Labels& others) {
  Labels tags = own_labels(facts, token);
  tags.erase(std::string(kLabels));
  for (const auto& [name, value] : facts.labels) tags[std::string(kLabelPrefix) + name] = value;
  if (!facts.environment_variables.empty())
    tags[std::string(kVariables)] = digest_of(facts.environment_variables);
  // The tag "labels" is nobody's but others'.
  const auto as_tag = [](std::string_view name) { return std::string(name == kLabels ? "" : name); };
  for (const auto& other : others) {
    if (!is_label_tag(other.first) && !is_own(other.first, tags, as_tag)) tags.insert(other);
  }
  return tags;
}

Labels tags_to_merge(const Facts& facts, const std::string& token, const Labels& present) {
  Labels tags = to_tags(facts, token);
  tags.erase(std::string(kVariables));
  for (const auto& [name, value] : present) {
    if (is_label_tag(name) && value_of(tags, name).empty()) tags[name] = "";
  }
  return tags;
}

Labels label_tags_to_merge(const Facts& facts, const Labels& present) {
  Labels tags;
  for_each_spec_field([&](const auto& field) {
    const bool by_name = std::string_view(field.name) == kLabels;  // each label is a tag of its own
    if (stored_only(field.on_change) && !by_name) tags[field.name] = text_of(facts.*field.member);
  });
  for (const auto& [name, value] : tags_to_merge(facts, "", present)) {
    if (is_label_tag(name)) tags[name] = value;
  }
  std::erase_if(tags, [&](const auto& tag) { return value_of(present, tag.first) == tag.second; });
  return tags;
}

Labels tags_that_go(const Labels& wanted, const Labels& present) {
  Labels going;
  for (const auto& [name, value] : present) {
    const bool goes = std::any_of(wanted.begin(), wanted.end(), [&, &own_name = name](const auto& tag) {
      return tag.second.empty() && equal_ignoring_case(tag.first, own_name);
    });
    if (goes && !value.empty()) going[name] = value;
  }
  return going;
}

bool tells(const Labels& present, const Labels& wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const auto& tag) { return value_of(present, tag.first) == tag.second; });
}

Labels to_metadata(const Facts& facts, const std::string& token, const Labels& others) {
  Labels metadata;
  for (const auto& [name, value] : own_labels(facts, token)) metadata[metadata_name(name)] = encode(value);
  for (const auto& [name, value] : others) {
    if (!is_own(name, metadata, metadata_name)) metadata.emplace(name, value);
  }
  return metadata;
}

Facts from_tags(const Labels& tags) {
  Facts facts = read(tags);
  facts.environment_variables.clear();
  facts.labels.clear();
  for (const auto& [name, value] : tags) {
    if (is_label_tag(name) && name.size() > kLabelPrefix.size() && !value.empty())
      facts.labels[name.substr(kLabelPrefix.size())] = value;
  }
  return facts;
}

Facts from_metadata(const Labels& metadata) {
  Labels decoded;
  for (const auto& [name, value] : metadata) decoded[name] = decode(value);
  return read(decoded);
}

std::string digest_of(const NamedTexts& variables) {
  return variables.empty() ? "" : hex_encode(sha256(join(variables))).substr(0, kDigestDigits);
}

std::string variables_in_tags(const Labels& tags) {
  return value_of(tags, kVariables);
}

std::string token_in_tags(const Labels& tags) {
  return value_of(tags, kToken);
}

std::string token_in_metadata(const Labels& metadata) {
  return decode(value_of(metadata, kToken));
}

std::optional<WallTime> last_activity_in(const Labels& tags) {
  return parse_rfc3339(value_of(tags, kLastActivity));
}

std::optional<IdleStop> idle_stop_in(const Labels& tags) {
  const std::string text = value_of(tags, kIdleStop);
  const auto space = text.find(' ');
  if (space == text.npos) return std::nullopt;
  const auto since = parse_rfc3339(text.substr(0, space));
  const auto at = parse_rfc3339(text.substr(space + 1));
  if (!since || !at) return std::nullopt;
  return IdleStop{*since, *at};
}

Labels last_activity_tag(WallTime time) {
  return {{std::string(kLastActivity), format_rfc3339(time)}};
}

Labels idle_stop_tag(const std::optional<IdleStop>& stop) {
  const std::string text = stop ? format_rfc3339(stop->since) + " " + format_rfc3339(stop->at) : "";
  return {{std::string(kIdleStop), text}};
}

bool certificates_in(const Labels& labels) {
  return !value_of(labels, kCertificates).empty();
}

Labels certificates_label() {
  return {{std::string(kCertificates), "share"}};
}

std::string kept_snapshot_in(const Labels& metadata) {
  return decode(value_of(metadata, kKeptSnapshot));
}

Labels with_kept_snapshot(Labels metadata, const std::string& snapshot) {
  metadata.erase(std::string(kKeptSnapshot));
  if (!snapshot.empty()) metadata.emplace(kKeptSnapshot, encode(snapshot));
  return metadata;
}

Facts as_stored(const Facts& facts) {
  return from_metadata(to_metadata(facts, ""));
}

Facts as_tagged(const Facts& facts) {
  return from_tags(to_tags(facts, ""));
}

bool owned(const Labels& tags, std::string_view id) {
  return value_of(tags, "managed-by") == kManager && value_of(tags, "environment") == id;
}

std::string other_mark_in_tags(const Labels& tags, std::string_view id) {
  return other_mark(value_of(tags, "managed-by"), value_of(tags, "environment"), id);
}

std::string other_mark_in_metadata(const Labels& metadata, std::string_view id) {
  return other_mark(decode(value_of(metadata, metadata_name("managed-by"))),
                    decode(value_of(metadata, "environment")), id);
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
