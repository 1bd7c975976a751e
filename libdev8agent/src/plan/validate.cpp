// The rules of requests: ranges, formats, characters, regions.
#include "plan/validate.h"

#include <algorithm>

#include "base/secret_fields.h"
#include "base/text.h"
#include "plan/names.h"

namespace dev8agent::internal::plan {
namespace {

// ACI documents no limit for one variable; the whole body must stay well under ARM's 4 MB.
constexpr std::size_t kMaxSecret = 8192;

class Checker {
 public:
  void require(bool holds, std::string_view field, std::string rule) {
    if (!holds) errors_.push_back({std::string(field), std::move(rule)});
  }
  void value(int value, Range range, std::string_view field) {
    require(value >= range.low && value <= range.high, field, range_rule(range));
  }
  void value(std::optional<int> number, Range range, std::string_view field) {
    if (number) value(*number, range, field);
  }
  void value(std::string_view text, TextRule rule, std::string_view field) {
    rule.free_text ? free_text(text, rule.limit, field) : token(text, rule.limit, field);
  }
  void id(std::string_view id, std::string_view field) {
    if (auto rule = broken_id_rule(id)) require(false, field, *rule);
  }
  void free_text(std::string_view text, std::size_t limit, std::string_view field) {
    std::size_t characters = 0;
    require(printable_text(text, characters) && characters >= 1 && characters <= limit, field,
            "must be 1 to " + std::to_string(limit) + " characters of UTF-8 without control characters");
  }
  // Reaches tags, share metadata and the container's variables.
  void token(std::string_view text, std::size_t limit, std::string_view field) {
    const bool characters = std::all_of(text.begin(), text.end(), [](char c) {
      return is_lower_alnum(to_lower(std::string_view(&c, 1))[0]) ||
             std::string_view("._@+:|=/-").find(c) != std::string_view::npos;
    });
    require(!text.empty() && text.size() <= limit && characters, field,
            "must be 1 to " + std::to_string(limit) + " characters of A-Z a-z 0-9 . _ @ + : | = / -");
  }
  void region(std::string_view region, const AgentSettings& settings, std::string_view field) {
    require(settings.region(region) != nullptr, field,
            "must be one of the enabled regions: " + enabled(settings));
  }
  void secrets(const EnvironmentSecrets& secrets) {
    for_each_secret(
        secrets, [this](const SecretField& field, const Secret& value) { secret(value, field.wire_name); });
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
  std::vector<FieldError> take() { return std::move(errors_); }

 private:
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

std::vector<FieldError> check_age(std::chrono::minutes older_than) {
  const bool fits = older_than.count() >= kOlderThan.low && older_than.count() <= kOlderThan.high;
  if (fits) return {};
  return {{"olderThanMinutes", range_rule(kOlderThan)}};
}

bool unsupported_provider(std::string_view provider) {
  return provider == "AWS" || provider == "GCP";
}

std::vector<FieldError> check(const CreateRequest& request, const AgentSettings& settings) {
  Checker checker;
  if (!request.id.empty()) checker.id(request.id, "workspaceId");
  for_each_spec_field(
      [&](const auto& field) { checker.value(request.spec.*field.member, field.rule, field.name); });
  checker.idle_stop(request.spec.idle_stop_minutes, settings);
  checker.require(request.cloud_provider == "AZURE" || unsupported_provider(request.cloud_provider),
                  "cloudProvider", "must be AZURE, AWS or GCP");
  // Another cloud has regions of its own.
  if (!unsupported_provider(request.cloud_provider)) check_create_regions(checker, request, settings);
  checker.secrets(request.secrets);
  return checker.take();
}

std::vector<FieldError> check(const StartRequest& request, const AgentSettings& settings) {
  Checker checker;
  checker.id(request.id, "workspaceId");
  if (!request.cloud_region.empty()) checker.region(request.cloud_region, settings, "cloudRegion");
  for_each_spec_field([&](const auto& field) {
    const auto& change = request.changes.*field.change;
    if (change) checker.value(*change, field.rule, field.name);
  });
  checker.idle_stop(request.changes.idle_stop_minutes, settings);
  checker.secrets(request.secrets);
  return checker.take();
}

std::vector<FieldError> check(const ListRequest& request, const AgentSettings& settings) {
  Checker checker;
  if (!request.user_id.empty()) checker.value(request.user_id, std::get<0>(kSpecFields).rule, "userId");
  if (!request.cloud_region.empty()) checker.region(request.cloud_region, settings, "cloudRegion");
  checker.require(request.page >= 1, "page", "must be an integer of 1 or more");
  checker.value(request.page_size, kPageSize, "pageSize");
  return checker.take();
}

std::vector<FieldError> check(const LogsRequest& request, const AgentSettings& settings) {
  Checker checker;
  checker.id(request.id, "workspaceId");
  if (!request.cloud_region.empty()) checker.region(request.cloud_region, settings, "cloudRegion");
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
  checker.id(id, "workspaceId");
  if (!region.empty()) checker.region(region, settings, "cloudRegion");
  return checker.take();
}

}  // namespace dev8agent::internal::plan
