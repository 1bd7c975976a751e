// Resource names, and the rule of ids.
#include "plan/names.h"

#include <algorithm>

#include "base/text.h"

namespace dev8agent::internal::plan {
namespace {

constexpr std::size_t kMinIdLength = 10;
constexpr std::size_t kMaxIdLength = 59;

std::optional<std::string> id_behind(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  const std::string_view id = name.substr(prefix.size());
  if (broken_id_rule(id)) return std::nullopt;
  return std::string(id);
}

}  // namespace

ResourceNames names_of(std::string_view id) {
  return {std::string(kGroupPrefix) + std::string(id), "ws-" + std::string(id),
          std::string(kSharePrefix) + std::string(id), std::string(kCertificatePrefix) + std::string(id)};
}

std::optional<std::string> broken_id_rule(std::string_view id) {
  const bool characters =
      std::all_of(id.begin(), id.end(), [](char c) { return is_lower_alnum(c) || c == '-'; });
  if (id.size() >= kMinIdLength && id.size() <= kMaxIdLength && characters && id.front() != '-' &&
      id.back() != '-' && id.find("--") == id.npos) {
    return std::nullopt;
  }
  return "must be 10 to 59 lower-case letters, digits and single hyphens, with no hyphen at either end";
}

std::optional<std::string> id_of_share(std::string_view share_name) {
  return id_behind(share_name, kSharePrefix);
}
std::optional<std::string> id_of_certificate_share(std::string_view share_name) {
  return id_behind(share_name, kCertificatePrefix);
}
std::optional<std::string> id_of_group(std::string_view group_name) {
  return id_behind(to_lower(group_name), kGroupPrefix);
}

}  // namespace dev8agent::internal::plan
