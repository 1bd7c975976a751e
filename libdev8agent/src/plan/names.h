// The names of an environment's Azure resources: they follow from its id alone, so nothing has to be stored
// to find them again. Pure.
//
//   names_of("workspace-0001").container_group == "aci-workspace-0001"
//   id_of_group("aci-workspace-0001") == "workspace-0001"
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dev8agent::internal::plan {

// With an id of at most 59 characters each fits into the limit of its service.
struct ResourceNames {
  std::string container_group;    // aci-<id>, at most 63 characters (ACI)
  std::string dns_label;          // ws-<id>, 5-63 characters, a letter first (ACI)
  std::string file_share;         // fs-<id>, 3-63 characters (Azure Files)
  std::string certificate_share;  // tls-<id>, 3-63 characters
};

// `id` must have passed broken_id_rule().
ResourceNames names_of(std::string_view id);

// The rule that `id` breaks, or nothing: 10-59 characters [a-z0-9-], no hyphen at an end or doubled. Whatever
// passes is safe in a URL, a tag, a header and a log line as it is.
std::optional<std::string> broken_id_rule(std::string_view id);

// The id in a share's or group's name; nothing when the name has another form, or the id breaks the rule. For
// lists, which also show what other programs have made. A group's name is read without regard to case, as ARM
// compares names.
std::optional<std::string> id_of_share(std::string_view share_name);
std::optional<std::string> id_of_certificate_share(std::string_view share_name);
std::optional<std::string> id_of_group(std::string_view group_name);

// Lists of shares ask Azure for these prefixes.
inline constexpr std::string_view kSharePrefix = "fs-";
inline constexpr std::string_view kCertificatePrefix = "tls-";
inline constexpr std::string_view kGroupPrefix = "aci-";

}  // namespace dev8agent::internal::plan
