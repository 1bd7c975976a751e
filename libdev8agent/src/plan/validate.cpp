// The rules of requests: ranges, formats, characters, regions.
#include "plan/validate.h"

#include <algorithm>
#include <array>
#include <concepts>
#include <set>

#include "base/secret_fields.h"
#include "base/text.h"
#include "plan/list_position.h"
#include "plan/names.h"
#include "plan/reserved_variables.h"

namespace dev8agent::internal::plan {
namespace {

// ACI documents no limit for one variable; the whole body must stay well under ARM's 4 MB.
constexpr std::size_t kMaxSecret = 8192;
constexpr std::size_t kMostSecretVariables = 50;

bool is_word(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_lower_alnum(to_lower(std::string_view(&c, 1))[0]) ||
           std::string_view("._@+:|=/-").find(c) != std::string_view::npos;
  });
}

// Of visible ASCII, with a host, without credentials, which would be shown to whoever sees the environment.
bool is_https_url(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  if (!text.starts_with(kScheme)) return false;
  const bool visible = std::all_of(text.begin(), text.end(),
                                   [](char c) { return c > ' ' && c < 0x7f && c != '"' && c != '\\'; });
  const std::string_view authority =
      text.substr(kScheme.size(), text.find('/', kScheme.size()) - kScheme.size());
  return visible && !authority.empty() && authority.find('@') == authority.npos;
}

// Source: Microsoft Learn, "Use tags to organize your Azure resources": characters that names may not have. A
// colon ends a name in the filter of lists, and a comma a label.
bool is_label_name(std::string_view name) {
  std::size_t characters = 0;
  return printable_text(name, characters) && characters >= 1 && characters <= 128 &&
         name.find_first_of("<>%&\\?/:,") == name.npos && name.front() != ' ' && name.back() != ' ';
}

// A size, the most that the operator allows, and its unit.
struct Size {
  const SpecField<int>& field;
  int most;
  std::string_view unit;
};

std::array<Size, 3> sizes_of(const AgentSettings& settings) {
  const SizeLimits& limits = settings->size_limits;
  static_assert(std::get<2>(kSpecFields).member == &EnvironmentSpec::cpu_cores &&
                std::get<3>(kSpecFields).member == &EnvironmentSpec::memory_gb &&
                std::get<4>(kSpecFields).member == &EnvironmentSpec::storage_gb);
  return {{{std::get<2>(kSpecFields), limits.cpu_cores, "cores"},
           {std::get<3>(kSpecFields), limits.memory_gb, "GB"},
           {std::get<4>(kSpecFields), limits.storage_gb, "GB"}}};
}

class Checker {
 public:
  // The rule is put together from `words` only when it is broken: texts, numbers, and functions that make
  // texts.
  template <class... Words>
  void require(bool holds, std::string_view field, const Words&... words) {
    if (holds) return;
    FieldError error{std::string(field), ""};
    (add_word(error.message, words), ...);
    if (std::find(errors_.begin(), errors_.end(), error) == errors_.end())
      errors_.push_back(std::move(error));
  }
  void value(int value, Range range, std::string_view field) {
    require(value >= range.low && value <= range.high, field, [&] { return range_rule(range); });
  }
  template <class T, class Rule>
  void value(const std::optional<T>& value_if_any, const Rule& rule, std::string_view field) {
    if (value_if_any) value(*value_if_any, rule, field);
  }
  void value(std::string_view text, TextRule rule, std::string_view field) {
    switch (rule.kind) {
      case TextKind::kWord:
        return token(text, rule.limit, field);
      case TextKind::kFree:
        return free_text(text, rule.limit, field);
      case TextKind::kZone:
        return require(text == "1" || text == "2" || text == "3", field, "must be \"1\", \"2\" or \"3\"");
      case TextKind::kUrl:
        break;
    }
    require(text.size() <= rule.limit && is_https_url(text), field, "must be an https:// URL of at most ",
            rule.limit, " characters, without user name and password");
  }
  void value(const NamedTexts& texts, NamedTextsRule rule, std::string_view field) {
    rule.names == NameKind::kVariable ? variables(texts, field) : labels(texts, field);
    size(texts, rule, field);
  }
  void size(const NamedTexts& texts, NamedTextsRule rule, std::string_view field) {
    require(texts.size() <= rule.most, field, "must have at most ", rule.most, " members");
    require(percent_encode(join(texts)).size() <= rule.stored, field, "must have at most ", rule.stored,
            " bytes in all, percent-encoded");
  }
  // With `may_remove`, an empty text takes a label away.
  void labels(const NamedTexts& texts, std::string_view field, bool may_remove = false) {
    std::set<std::string> names;
    for (const auto& [name, text] : texts) {
      label_name(name, field);
      require(names.insert(to_lower(name)).second, field,
              "must not have two names that differ in case alone");
      if (may_remove && text.empty()) continue;
      std::size_t characters = 0;
      const bool printable = printable_text(text, characters) && characters >= 1 && characters <= 256;
      require(printable && text.find(',') == text.npos, field,
              "must have values of 1 to 256 characters without control characters and commas");
    }
  }
  void image(const std::optional<std::string>& image, const AgentSettings& settings) {
    if (!image || image->empty() || !is_word(*image)) return;
    require(allows_image(settings, *image), "image", [&] { return image_rule(settings); });
  }
  void id(std::string_view id, std::string_view field) {
    if (auto rule = broken_id_rule(id)) require(false, field, *rule);
  }
  void free_text(std::string_view text, std::size_t limit, std::string_view field) {
    std::size_t characters = 0;
    require(printable_text(text, characters) && characters >= 1 && characters <= limit, field,
            "must be 1 to ", limit, " characters of UTF-8 without control characters");
  }
  // Reaches tags, share metadata and the container's variables.
  void token(std::string_view text, std::size_t limit, std::string_view field) {
    require(!text.empty() && text.size() <= limit && is_word(text), field, "must be 1 to ", limit,
            " characters of A-Z a-z 0-9 . _ @ + : | = / -");
  }
  void region(std::string_view region, const AgentSettings& settings, std::string_view field) {
    require(settings.region(region) != nullptr, field,
            "must be one of the enabled regions: ", [&] { return enabled(settings); });
  }
  // Which environment is meant. Without a region, every enabled one is looked at.
  void target(std::string_view of, std::string_view in, const AgentSettings& settings) {
    id(of, "workspaceId");
    if (!in.empty()) region(in, settings, "cloudRegion");
  }
  void secrets(const EnvironmentSecrets& secrets, const NamedTexts& variables) {
    const auto& own = secrets.variables;
    require(own.size() <= kMostSecretVariables, "secretVariables", "must have at most 50 members");
    for (const auto& [name, value] : own) {
      variable_name(name, "secretVariables");
      require(!value.empty(), "secretVariables", "must have values of 1 or more characters");
      require(!variables.contains(name), "secretVariables", "must not name what environmentVariables names");
    }
    for_each_secret(
        secrets, [this](const SecretField& field, const Secret& value) { secret(value, field.wire_name); });
  }
  // The operator's variables have one value in all environments.
  void vault(const NamedTexts& variables, const EnvironmentSecrets& secrets, const AgentSettings& settings) {
    constexpr std::string_view kRule = "must not name a variable that the operator takes from a vault: ";
    for (const VaultVariable& one : settings->vault.variables) {
      require(!variables.contains(one.name), "environmentVariables", kRule, one.name);
      require(!secrets.variables.contains(one.name), "secretVariables", kRule, one.name);
    }
  }
  // Where the operator allows less than the range.
  void size(int value, const Size& size) {
    if (size.most >= size.field.rule.high) return;
    require(value <= size.most, size.field.name, "must be at most ", size.most, " ", size.unit,
            " on this agent");
  }
  // What is within the range must be within what the operator allows, too.
  void idle_stop(std::optional<int> minutes, const AgentSettings& settings) {
    if (!minutes || *minutes < kIdleStopMinutes.low || *minutes > kIdleStopMinutes.high) return;
    const auto most = std::chrono::floor<std::chrono::minutes>(settings->idle_stop_longest).count();
    const bool allowed = most == 0 || (*minutes >= 1 && *minutes <= most);
    if (settings->idle_stop_after.count() == 0) {
      require(*minutes == 0, "idleStopMinutes", "must be 0: this agent stops nothing that is idle");
    } else if (!allowed) {
      require(false, "idleStopMinutes", range_rule(Range{1, static_cast<int>(most)}));
    }
  }
  bool found_any() const { return !errors_.empty(); }
  std::vector<FieldError> take() { return std::move(errors_); }

 private:
  static void add_word(std::string& rule, std::string_view word) { rule += word; }
  static void add_word(std::string& rule, std::integral auto number) { rule += std::to_string(number); }
  static void add_word(std::string& rule, const std::invocable auto& word) { rule += word(); }
  void variable_name(std::string_view name, std::string_view field) {
    require(is_variable_name(name), field,
            "must have names of 1 to 63 characters A-Z a-z 0-9 _ without a digit first");
    require(!is_reserved_variable(name), field, "must not name a variable of the agent's own: ", name);
  }
  void variables(const NamedTexts& texts, std::string_view field) {
    for (const auto& [name, text] : texts) {
      variable_name(name, field);
      std::size_t characters = 0;
      require(printable_text(text, characters) && characters >= 1, field,
              "must have values of 1 or more characters without control characters");
    }
  }
  void label_name(std::string_view name, std::string_view field) {
    require(
        is_label_name(name), field,
        "must have names of 1 to 128 characters without control characters, < > % & \\ ? / : and commas, and "
        "without a space at an end");
  }
  void secret(const Secret& value, std::string_view field) {
    std::size_t characters = 0;
    std::string text(value.reveal());
    const bool well_formed = printable_text(text, characters) && text.size() <= kMaxSecret;
    { Secret wiped(std::move(text)); }
    require(well_formed, field, "must be at most 8192 bytes of UTF-8 without control characters");
  }
  static std::string enabled(const AgentSettings& settings) {
    std::string names;
    for (const RegionOptions& region : settings->regions) {
      if (region.enabled) names += (names.empty() ? "" : ", ") + region.name;
    }
    return names;
  }

  std::vector<FieldError> errors_;
};

void new_sizes(Checker& checker, const EnvironmentSpec& spec, const AgentSettings& settings) {
  for (const Size& size : sizes_of(settings)) checker.size(spec.*size.field.member, size);
}

void check_create_regions(Checker& checker, const CreateRequest& request, const AgentSettings& settings) {
  const bool choose = equal_ignoring_case(request.cloud_region, "auto");
  if (request.cloud_region.empty()) {
    checker.require(!settings->default_region.empty(), "cloudRegion", "is required");
  } else if (!choose) {
    checker.region(request.cloud_region, settings, "cloudRegion");
  }
  checker.require(request.candidate_regions.empty() || choose, "candidateRegions",
                  "needs cloudRegion to be \"auto\"");
  for (const std::string& candidate : request.candidate_regions) {
    checker.region(candidate, settings, "candidateRegions");
  }
}

}  // namespace

std::string range_rule(Range range) {
  return "must be an integer between " + std::to_string(range.low) + " and " + std::to_string(range.high);
}

bool printable_text(std::string_view text, std::size_t& characters) {
  characters = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && byte < 0xc2) || byte > 0xf4) return false;
    const std::size_t length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
    }
    if (length > 1) {
      const auto second = static_cast<unsigned char>(text[i + 1]);
      const bool control = byte == 0xc2 && second < 0xa0;
      const bool overlong = (byte == 0xe0 && second < 0xa0) || (byte == 0xf0 && second < 0x90);
      const bool outside = (byte == 0xed && second > 0x9f) || (byte == 0xf4 && second > 0x8f);
      if (control || overlong || outside) return false;
    }
    i += length;
    ++characters;
  }
  return true;
}

bool allows_image(const AgentSettings& settings, std::string_view image) {
  const auto& others = settings->images;
  return image == settings->image || std::find(others.begin(), others.end(), image) != others.end();
}

std::string image_rule(const AgentSettings& settings) {
  std::string names = settings->image;
  for (const std::string& other : settings->images) names += ", " + other;
  return "must be one of the images that this agent allows: " + names;
}

std::vector<FieldError> check_age(std::chrono::minutes older_than) {
  const bool fits = older_than.count() >= kOlderThan.low && older_than.count() <= kOlderThan.high;
  if (fits) return {};
  return {{"olderThanMinutes", range_rule(kOlderThan)}};
}

bool unsupported_provider(CloudProvider provider) {
  return provider != CloudProvider::kAzure;
}

std::vector<FieldError> check(const CreateRequest& request, const AgentSettings& settings) {
  Checker checker;
  if (!request.id.empty()) checker.id(request.id, "workspaceId");
  for_each_spec_field(
      [&](const auto& field) { checker.value(request.spec.*field.member, field.rule, field.name); });
  checker.idle_stop(request.spec.idle_stop_minutes, settings);
  checker.image(request.spec.image, settings);
  // Another cloud has regions of its own.
  if (!unsupported_provider(request.cloud_provider)) check_create_regions(checker, request, settings);
  checker.secrets(request.secrets, request.spec.environment_variables);
  checker.vault(request.spec.environment_variables, request.secrets, settings);
  // An environment of this id may have these sizes already. A request that is refused anyway is told all that
  // is wrong.
  if (request.id.empty() || checker.found_any()) new_sizes(checker, request.spec, settings);
  return checker.take();
}

std::vector<FieldError> check_new_sizes(const EnvironmentSpec& spec, const AgentSettings& settings) {
  Checker checker;
  new_sizes(checker, spec, settings);
  return checker.take();
}

std::vector<FieldError> check(const StartRequest& request, const AgentSettings& settings) {
  Checker checker;
  checker.target(request.id, request.cloud_region, settings);
  for_each_spec_field([&](const auto& field) {
    const auto& change = request.changes.*field.change;
    if (change) checker.value(*change, field.rule, field.name);
  });
  checker.idle_stop(request.changes.idle_stop_minutes, settings);
  checker.image(request.changes.image, settings);
  const NamedTexts variables = request.changes.environment_variables.value_or(NamedTexts{});
  checker.secrets(request.secrets, variables);
  checker.vault(variables, request.secrets, settings);
  return checker.take();
}

std::vector<FieldError> check_changed_sizes(const SpecChanges& changes, const EnvironmentSpec& present,
                                            const AgentSettings& settings) {
  Checker checker;
  for (const Size& size : sizes_of(settings)) {
    const auto& asked = changes.*size.field.change;
    if (asked && *asked != present.*size.field.member) checker.size(*asked, size);
  }
  return checker.take();
}

std::vector<FieldError> check(const AdoptRequest& request, const AgentSettings& settings) {
  Checker checker;
  checker.target(request.id, request.cloud_region, settings);
  checker.value(request.user_id, std::get<0>(kSpecFields).rule, "userId");
  if (!request.name.empty()) checker.value(request.name, std::get<1>(kSpecFields).rule, "name");
  return checker.take();
}

std::vector<FieldError> check(const UpdateRequest& request, const AgentSettings& settings) {
  Checker checker;
  checker.target(request.id, request.cloud_region, settings);
  checker.value(request.name, std::get<1>(kSpecFields).rule, "name");
  checker.value(request.base_image, std::get<5>(kSpecFields).rule, "baseImage");
  checker.value(request.idle_stop_minutes, kIdleStopMinutes, "idleStopMinutes");
  checker.idle_stop(request.idle_stop_minutes, settings);
  checker.require(!request.idle_stop_minutes || !request.reset_idle_stop, "idleStopMinutes",
                  "must not be set and reset at once");
  checker.labels(request.labels, "labels", true);
  const bool changes = request.name || request.base_image || request.idle_stop_minutes ||
                       request.reset_idle_stop || request.replace_labels || !request.labels.empty();
  const FieldError none = nothing_to_change();
  checker.require(changes, none.field, none.message);
  return checker.take();
}

FieldError nothing_to_change() {
  return {"name",
          "is required, unless baseImage, idleStopMinutes or labels with a member is given: there is nothing "
          "to change"};
}

std::vector<FieldError> check_labels_after(const UpdateRequest& request, const NamedTexts& labels) {
  const bool sets = std::any_of(request.labels.begin(), request.labels.end(),
                                [](const auto& label) { return !label.second.empty(); });
  Checker checker;
  if (sets) checker.size(labels, std::get<10>(kSpecFields).rule, "labels");
  return checker.take();
}

std::vector<FieldError> check(const ListRequest& request, const AgentSettings& settings) {
  Checker checker;
  if (!request.user_id.empty()) checker.value(request.user_id, std::get<0>(kSpecFields).rule, "userId");
  if (!request.cloud_region.empty()) checker.region(request.cloud_region, settings, "cloudRegion");
  checker.require(request.page >= 1, "page", "must be an integer of 1 or more");
  checker.value(request.page_size, kPageSize, "pageSize");
  if (!request.cursor.empty()) {
    checker.require(read_cursor(request.cursor).has_value(), "cursor",
                    "must be the nextCursor of an earlier page");
    checker.require(request.page <= 1, "page", "must be left out with a cursor");
  }
  return checker.take();
}

std::vector<FieldError> check(const LogsRequest& request, const AgentSettings& settings) {
  Checker checker;
  checker.target(request.id, request.cloud_region, settings);
  checker.value(request.tail, kLogTail, "tail");
  const bool named =
      request.container.size() <= 63 && std::all_of(request.container.begin(), request.container.end(),
                                                    [](char c) { return is_lower_alnum(c) || c == '-'; });
  checker.require(named, "container", "must be a container's name: at most 63 characters [a-z0-9-]");
  return checker.take();
}

std::vector<FieldError> check_target(std::string_view id, std::string_view region,
                                     const AgentSettings& settings) {
  Checker checker;
  checker.target(id, region, settings);
  return checker.take();
}

}  // namespace dev8agent::internal::plan
