// Regions: text form, inheritance and rules.
#include "config/region_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/crypto.h"
#include "base/text.h"
#include "config/checks.h"

namespace dev8agent::internal {
namespace {

constexpr const char* kVariable = "AZURE_REGIONS";

// Where something is wrong, without quoting it.
std::string item(std::size_t index) {
  return "item " + std::to_string(index + 1) + " ";
}

RegionOptions parse_region(std::string_view text, std::size_t index, FieldErrors& errors) {
  std::vector<std::string> fields = split(text, ':');
  for (std::string& field : fields) field = trim(field);
  if (fields.size() < 3 || fields.size() > 5) {
    errors.push_back(
        {kVariable,
         item(index) + "must have the form name:location:enabled[:resourceGroup[:storageAccount]]"});
  } else if (fields[2] != "true" && fields[2] != "false") {
    errors.push_back({kVariable, item(index) + "must say true or false in its third field"});
  }
  fields.resize(5);
  RegionOptions region;
  region.name = fields[0];
  region.location = fields[1];
  region.enabled = fields[2] != "false";
  region.resource_group = fields[3];
  region.storage_account = fields[4];
  return region;
}

// "options.regions[0].name" for ".name".
std::string member(std::size_t index, std::string_view name) {
  return "options.regions[" + std::to_string(index) + "]" + std::string(name);
}

// What is wrong with the regions, each by the name that the options ask for.
class RegionErrors {
 public:
  RegionErrors(const AgentOptions& options, FieldErrors& errors)
      : by_variable_(options.names_in_errors == OptionNames::kVariables), errors_(errors) {}

  // A member must have a form. `what` is the member in words: the variable has no name for it.
  void require(bool holds, std::size_t index, std::string_view name, std::string_view what,
               std::string_view form) {
    if (holds) return;
    if (by_variable_) return add(index, name, "must have " + std::string(what) + " of " + std::string(form));
    add(index, name, "must have " + std::string(form));
  }
  void add(std::size_t index, std::string_view name, const std::string& rule) {
    if (by_variable_) return errors_.push_back({kVariable, item(index) + rule});
    errors_.push_back({member(index, name), rule});
  }
  void bad_key(std::size_t index, const RegionOptions& region) {
    std::string variable = "AZURE_STORAGE_KEY_" + region_variable_suffix(region.name);
    errors_.push_back({by_variable_ ? std::move(variable) : member(index, ".storage_key"), "must be base64"});
  }

 private:
  bool by_variable_;
  FieldErrors& errors_;
};

// One region's own rules. What it inherited is checked where it comes from.
void check_region(const AgentOptions& options, std::size_t index, RegionErrors& errors) {
  const RegionOptions& region = options.regions[index];
  errors.require(is_region_name(region.name), index, ".name", "a name",
                 "1 to 64 letters, digits, '-' and '_', other than auto");
  errors.require(is_location(region.location), index, ".location", "an Azure location",
                 "letters and digits, such as eastus");
  if (region.resource_group != options.resource_group) {
    errors.require(is_resource_group(region.resource_group), index, ".resource_group", "a resource group",
                   "1 to 90 letters, digits and -_.(), and no '.' at the end");
  }
  if (region.storage_account != options.storage_account) {
    errors.require(is_storage_account(region.storage_account), index, ".storage_account", "a storage account",
                   "3 to 24 lower-case letters and digits");
  }
  const auto key = base64_decode(region.storage_key.reveal());
  if (!key || (key->empty() && !region.storage_key.empty())) {
    const bool inherited = region.storage_key.same_as(options.storage_key.reveal());
    if (!inherited) errors.bad_key(index, region);
  }
}

// Names must be unique, because each has its own AZURE_STORAGE_KEY_<NAME>. So must places: a place with two
// names would show the same environments twice.
void check_duplicates(const std::vector<RegionOptions>& regions, RegionErrors& errors) {
  std::set<std::string> names;
  std::set<std::pair<std::string, std::string>> places;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    const RegionOptions& region = regions[i];
    if (!names.insert(region_variable_suffix(region.name)).second) {
      errors.add(i, ".name", "repeats the name of an earlier one");
    } else if (region.enabled &&
               !places.insert({normalise_region(region.location), to_lower(region.resource_group)}).second) {
      errors.add(i, "", "has the location and the resource group of an earlier one");
    }
  }
}

}  // namespace

std::vector<RegionOptions> parse_regions(std::string_view text, FieldErrors& errors) {
  std::vector<RegionOptions> regions;
  const std::vector<std::string> items = split(text, ',');
  for (std::size_t i = 0; i < items.size(); ++i) regions.push_back(parse_region(items[i], i, errors));
  return regions;
}

std::string format_regions(const std::vector<RegionOptions>& regions) {
  std::string text;
  for (const RegionOptions& region : regions) {
    text += (text.empty() ? "" : ",") + region.name + ":" + region.location + ":" +
            (region.enabled ? "true" : "false") + ":" + region.resource_group + ":" + region.storage_account;
  }
  return text;
}

void complete_regions(AgentOptions& options) {
  options.default_region = normalise_region(options.default_region);
  if (options.regions.empty()) {
    if (options.default_region.empty()) options.default_region = "eastus";
    options.regions.emplace_back().name = options.default_region;
  }
  for (RegionOptions& region : options.regions) {
    region.name = normalise_region(region.name);
    region.location = normalise_region(region.location.empty() ? region.name : region.location);
    if (region.resource_group.empty()) region.resource_group = options.resource_group;
    if (region.storage_account.empty()) region.storage_account = options.storage_account;
    // The common key opens the common account alone.
    const bool common = region.storage_account == options.storage_account;
    if (region.storage_key.empty() && common) region.storage_key = options.storage_key.copy();
  }
}

void check_regions(const AgentOptions& options, FieldErrors& errors) {
  const auto& regions = options.regions;
  RegionErrors region_errors(options, errors);
  for (std::size_t i = 0; i < regions.size(); ++i) check_region(options, i, region_errors);
  check_duplicates(regions, region_errors);
  auto some_enabled = [&](auto condition) {
    return std::any_of(regions.begin(), regions.end(),
                       [&](const auto& r) { return r.enabled && condition(r); });
  };
  if (!some_enabled([](const RegionOptions&) { return true; })) {
    errors.push_back({kVariable, "must enable at least one region"});
  } else if (!options.default_region.empty() && !some_enabled([&](const RegionOptions& region) {
               return region.name == options.default_region;
             })) {
    errors.push_back({"AZURE_DEFAULT_REGION", "must be one of the enabled regions of AZURE_REGIONS"});
  }
  if (some_enabled([](const RegionOptions& region) { return region.resource_group.empty(); })) {
    errors.push_back(
        {"AZURE_RESOURCE_GROUP", "is required (or a resource group for each region of AZURE_REGIONS)"});
  }
  if (some_enabled([](const RegionOptions& region) { return region.storage_account.empty(); })) {
    errors.push_back(
        {"AZURE_STORAGE_ACCOUNT", "is required (or a storage account for each region of AZURE_REGIONS)"});
  }
}

bool enabled_regions_share(const std::vector<RegionOptions>& regions, std::string RegionOptions::*option) {
  const RegionOptions* first = nullptr;
  for (const RegionOptions& region : regions) {
    if (!region.enabled) continue;
    if (first && first->*option != region.*option) return false;
    first = &region;
  }
  return true;
}

}  // namespace dev8agent::internal
