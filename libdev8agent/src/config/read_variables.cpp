// options_from_variables(): environment variables into AgentOptions.
#include <algorithm>
#include <charconv>
#include <limits>
#include <type_traits>

#include "base/text.h"
#include "base/words.h"
#include "config/checks.h"
#include "config/region_rules.h"
#include "config/variables.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;
namespace {

constexpr std::string_view kKeyPrefix = "AZURE_STORAGE_KEY_";
constexpr std::size_t kLeastSecret = 32;  // what can be tried out offline must not be guessable
constexpr std::string_view kDefaultRegion = "eastus";
constexpr std::string_view kDefaultImageName = "dev8-workspace:latest";

// A secret as files and shells hand it out often ends with a line break, which none of them has.
std::string_view without_line_end(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
  const auto number = parse_unsigned(text);
  return number ? std::optional(std::chrono::seconds(*number)) : std::nullopt;
}

// "90", "90s", "45m" or "8h".
std::optional<std::chrono::seconds> parse_span(std::string_view text) {
  const char unit = text.empty() ? ' ' : text.back();
  const bool has_unit = unit == 's' || unit == 'm' || unit == 'h';
  const auto number = parse_seconds(has_unit ? text.substr(0, text.size() - 1) : text);
  if (!number || *number > std::chrono::years(100)) return std::nullopt;
  return *number * (unit == 'h' ? 3600 : unit == 'm' ? 60 : 1);
}

// Sets the member of each variable that has a value; an empty one counts as not set.
class Reader {
 public:
  Reader(const Variables& variables, FieldErrors& errors) : variables_(variables), errors_(errors) {}

  std::string_view text(std::string_view name) const {
    const auto found = variables_.find(std::string(name));
    return found == variables_.end() ? std::string_view() : trim(found->second);
  }
  void operator()(std::string_view name, std::string& member) const {
    if (const auto value = text(name); !value.empty()) member = value;
  }
  void operator()(std::string_view name, std::vector<std::string>& member) const {
    std::string_view rest = text(name);
    if (!rest.empty()) member.clear();
    while (!rest.empty()) {
      const std::string_view item = rest.substr(0, rest.find(','));
      member.emplace_back(trim(item));
      rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    }
  }
  // Of what has no '=' the URI stays empty; finalize() tells that.
  void operator()(std::string_view name, std::vector<VaultVariable>& member) const {
    std::string_view rest = text(name);
    if (!rest.empty()) member.clear();
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find_first_of(",\n"));
      const std::string_view item = trim(line);
      const auto equals = std::min(item.find('='), item.size());
      if (!item.empty()) {
        member.push_back({std::string(trim(item.substr(0, equals))),
                          std::string(trim(item.substr(std::min(equals + 1, item.size()))))});
      }
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    }
  }
  void operator()(std::string_view name, Secret& member) const {
    const auto found = variables_.find(std::string(name));
    if (found == variables_.end()) return;
    const auto value = without_line_end(found->second);
    const bool odd =
        std::any_of(value.begin(), value.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
    if (odd) return errors_.push_back({std::string(name), "must not contain control characters"});
    if (!value.empty()) member = Secret(value);
  }
  void operator()(std::string_view name, bool& member) const {
    const auto value = text(name);
    if (!value.empty() && value != "true" && value != "false")
      errors_.push_back({std::string(name), "must be true or false"});
    if (!value.empty()) member = value == "true";
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(std::string_view name, Enum& member) const {
    const auto word = text(name);
    if (word.empty()) return;
    const auto value = parse_word<Enum>(word);
    if (value) member = *value;
    if (!value) errors_.push_back({std::string(name), word_rule<Enum>()});
  }
  void operator()(std::string_view name, std::chrono::seconds& member) const {
    const auto value = text(name);
    const bool in_seconds = name.ends_with("_SECONDS");  // a name that says the unit takes no other
    const auto span = in_seconds ? parse_seconds(value) : parse_span(value);
    if (span) member = *span;
    if (!span && !value.empty())
      errors_.push_back(
          {std::string(name), in_seconds ? "must be a whole number of seconds"
                                         : "must be a whole number of seconds, or one with s, m or h"});
  }
  void operator()(std::string_view name, int& member) const {
    const auto value = text(name);
    const auto number = parse_unsigned(value);
    const bool fits = number && *number <= std::numeric_limits<int>::max();
    if (fits) member = static_cast<int>(*number);
    if (!fits && !value.empty()) errors_.push_back({std::string(name), "must be a whole number"});
  }
  void operator()(std::string_view name, double& member) const {
    const auto value = text(name);
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    const bool whole = !value.empty() && error == std::errc() && end == value.data() + value.size();
    if (whole) member = number;
    if (!whole && !value.empty()) errors_.push_back({std::string(name), "must be a number such as 2.5"});
  }

 private:
  const Variables& variables_;
  FieldErrors& errors_;
};

// The image of AZURE_CONTAINER_REGISTRY, which CONTAINER_IMAGE overrides as the more explicit of the two.
void read_registry_image(const Reader& read, AgentOptions& options, FieldErrors& errors) {
  const std::string_view name = read.text("CONTAINER_IMAGE_NAME");
  std::string registry = to_lower(read.text("AZURE_CONTAINER_REGISTRY"));
  if (!read.text("CONTAINER_IMAGE").empty()) return;
  if (registry.empty()) {
    // The default image name needs no registry.
    if (!name.empty() && name != kDefaultImageName)
      errors.push_back({"CONTAINER_IMAGE_NAME", "needs AZURE_CONTAINER_REGISTRY (or set CONTAINER_IMAGE)"});
    return;
  }
  // "myregistry" is the resource, "myregistry.azurecr.io" its login server (Microsoft Learn, Container
  // Registry).
  if (registry.find_first_of(".:") == registry.npos) registry += ".azurecr.io";
  if (!is_registry_server(registry) || registry.find('/') != registry.npos) {
    errors.push_back({"AZURE_CONTAINER_REGISTRY", "must be the name of a registry or its host name"});
    return;
  }
  const std::string_view image = name.empty() ? kDefaultImageName : name;
  if (!is_image(image))
    errors.push_back({"CONTAINER_IMAGE_NAME", "must be an image name such as team/image:tag"});
  if (is_image(image)) options.image = registry + "/" + std::string(image);
  if (read.text("REGISTRY_SERVER").empty()) options.registry.server = registry;
}

void read_regions(const Reader& read, AgentOptions& options, FieldErrors& errors) {
  const std::string_view text = read.text("AZURE_REGIONS");
  if (!text.empty()) options.regions = parse_regions(text, errors);
  if (options.default_region.empty()) {
    // Default region: eastus, if it is among the regions; otherwise a create must name its region.
    const bool known =
        std::any_of(options.regions.begin(), options.regions.end(), [](const RegionOptions& region) {
          return region.enabled && normalise_region(region.name) == kDefaultRegion;
        });
    if (text.empty() || known) options.default_region = kDefaultRegion;
  }
  if (text.empty()) options.regions.emplace_back().name = options.default_region;
}

// AZURE_STORAGE_KEY_<NAME> of each region. A key for no region is a mistake in its name.
void read_region_keys(const Reader& read, const Variables& variables, AgentOptions& options,
                      FieldErrors& errors) {
  for (auto entry = variables.lower_bound(std::string(kKeyPrefix));
       entry != variables.end() && entry->first.starts_with(kKeyPrefix); ++entry) {
    bool known = without_line_end(entry->second).empty();
    for (RegionOptions& region : options.regions) {
      const std::string suffix = region_variable_suffix(normalise_region(region.name));
      if (entry->first != std::string(kKeyPrefix) + suffix) continue;
      read(entry->first, region.storage_key);
      known = true;
    }
    if (!known)
      errors.push_back({entry->first, "must end in the name of a region of AZURE_REGIONS, in upper case"});
  }
}

// Adds what finalize() finds wrong with what could be read, so that one start shows every mistake. A rule
// about a value of a variable that could not be read ("is used with NAME=value only") says nothing.
void add_broken_rules(AgentOptions options, FieldErrors& errors) {
  auto checked = finalize(std::move(options));
  if (checked.ok()) return;
  const FieldErrors unread = errors;
  for (const FieldError& found : checked.error().fields) {
    const bool follows = std::any_of(unread.begin(), unread.end(), [&](const FieldError& one) {
      return found.message.find(one.field + "=") != std::string::npos;
    });
    if (!follows) errors.push_back(found);
  }
}

}  // namespace

Result<AgentOptions> options_from_variables(const Variables& variables) {
  AgentOptions options;
  options.names_in_errors = OptionNames::kVariables;
  FieldErrors errors;
  const Reader read(variables, errors);
  for_each_variable(options, read);
  read_registry_image(read, options, errors);
  read_regions(read, options, errors);
  read_region_keys(read, variables, options, errors);
  Secret activity_key;
  read("AGENT_ACTIVITY_SECRET", activity_key);
  if (!activity_key.empty() && activity_key.reveal().size() < kLeastSecret)
    errors.push_back({"AGENT_ACTIVITY_SECRET", "must have at least 32 characters"});
  options.operation_secret = activity_key.copy();
  if (!activity_key.empty()) options.activity_keys.push_back(std::move(activity_key));
  if (errors.empty()) return options;
  add_broken_rules(std::move(options), errors);
  return invalid_request(std::move(errors));
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
