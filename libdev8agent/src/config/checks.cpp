// The predicates of checks.h.
#include "config/checks.h"

#include <algorithm>

#include "base/text.h"

namespace dev8agent::internal {
namespace {

bool is_alnum(char c) {
  return is_lower_alnum(c) || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// 1 to `limit` characters, each alphanumeric (in `lower` case only) or one of `marks`.
bool consists_of(std::string_view text, std::size_t limit, std::string_view marks, bool lower = false) {
  return !text.empty() && text.size() <= limit && std::all_of(text.begin(), text.end(), [&](char c) {
    return (lower ? is_lower_alnum(c) : is_alnum(c)) || marks.find(c) != marks.npos;
  });
}

// Follows `pattern`, in which 'x' stands for a hexadecimal and '9' for a decimal digit.
bool follows(std::string_view text, std::string_view pattern) {
  return std::equal(text.begin(), text.end(), pattern.begin(), pattern.end(), [](char c, char form) {
    return form == 'x' ? is_hex(c) : form == '9' ? is_digit(c) : c == form;
  });
}

}  // namespace

std::string normalise_region(std::string_view name) {
  std::string result = to_lower(name);
  std::erase(result, ' ');
  return result;
}

std::string region_variable_suffix(std::string_view name) {
  std::string result = to_upper(name);
  for (char& c : result) c = is_alnum(c) ? c : '_';
  return result;
}

bool is_guid(std::string_view text) {
  return follows(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

bool is_tenant(std::string_view text) {
  return consists_of(text, 253, "-.") && is_alnum(text.front()) && is_alnum(text.back()) &&
         text.find("..") == text.npos;
}

bool is_region_name(std::string_view text) {
  return consists_of(text, 64, "-_", true) && text != "auto";
}
bool is_location(std::string_view text) {
  return consists_of(text, 64, "", true);
}

bool is_resource_group(std::string_view text) {
  return consists_of(text, 90, "-_.()") && text.back() != '.';
}

bool is_storage_account(std::string_view text) {
  return text.size() >= 3 && consists_of(text, 24, "", true);
}

bool is_image(std::string_view text) {
  const auto at = text.find('@');
  if (at != text.npos && !follows(text.substr(at), "@sha256:" + std::string(64, 'x'))) return false;
  const std::string_view name = text.substr(0, at);
  return consists_of(name, 255, "-._/:") && is_alnum(name.front()) && is_alnum(name.back()) &&
         name.find("//") == name.npos && name.find("::") == name.npos && name.find(":/") == name.npos;
}

bool is_registry_server(std::string_view text) {
  return is_image(text) && text.find('@') == text.npos;
}

bool is_api_version(std::string_view text) {
  return follows(text, "9999-99-99") || follows(text, "9999-99-99-preview");
}

bool is_subnet_id(std::string_view text) {
  const std::string lower = to_lower(text);
  const auto group = lower.find("/resourcegroups/");
  const auto network = lower.find("/providers/microsoft.network/virtualnetworks/");
  const auto subnet = lower.find("/subnets/");
  return is_printable_word(text) && lower.starts_with("/subscriptions/") && group < network &&
         network < subnet && subnet != lower.npos &&
         subnet + std::string_view("/subnets/").size() < lower.size();
}

bool is_identity_id(std::string_view text) {
  constexpr std::string_view kStart = "/subscriptions/";
  constexpr std::string_view kKind = "/providers/microsoft.managedidentity/userassignedidentities/";
  const std::string lower = to_lower(text);
  const auto kind = lower.find(kKind);
  return is_printable_word(text) && lower.starts_with(kStart) && kind != lower.npos &&
         lower.find("/resourcegroups/") < kind && kind + kKind.size() < lower.size() &&
         lower.find('/', kind + kKind.size()) == lower.npos;
}

bool is_secret_uri(std::string_view text) {
  constexpr std::string_view kScheme = "https://";
  constexpr std::string_view kKind = "/secrets/";
  if (!text.starts_with(kScheme)) return false;
  text.remove_prefix(kScheme.size());
  const auto path = std::min(text.find('/'), text.size());
  const std::string_view rest = text.substr(path);
  if (!consists_of(text.substr(0, path), 253, "-.:") || !rest.starts_with(kKind)) return false;
  const std::string_view object = rest.substr(kKind.size());
  const auto slash = object.find('/');
  return consists_of(object.substr(0, slash), 127, "-") &&
         (slash == object.npos || consists_of(object.substr(slash + 1), 127, ""));
}

// API versions begin with a date, so that they compare as texts.
bool is_older_version(std::string_view version, std::string_view than) {
  return version.substr(0, than.size()) < than;
}

bool is_printable_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace dev8agent::internal
