// The words of the public enumerations that options and requests take, in the order of the enumerators. The
// public to_string() and parse functions go by these lists, and so do the variables of the configuration.
//
//   const auto policy = parse_word<RestartPolicy>("Always");
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dev8agent/environment.h"
#include "dev8agent/options.h"

namespace dev8agent::internal {

template <class Enum>
struct Words;
template <>
struct Words<CloudProvider> {
  static constexpr std::array<std::string_view, 3> kList = {"AZURE", "AWS", "GCP"};
};
template <>
struct Words<RestartPolicy> {
  static constexpr std::array<std::string_view, 2> kList = {"OnFailure", "Always"};
};
template <>
struct Words<WorkspaceLayout> {
  static constexpr std::array<std::string_view, 2> kList = {"home", "workspace"};
};
template <>
struct Words<WorkspaceReady> {
  static constexpr std::array<std::string_view, 2> kList = {"azure", "http"};
};
template <>
struct Words<StorageAuth> {
  static constexpr std::array<std::string_view, 4> kList = {"key", "entra", "arm", "auto"};
};
template <>
struct Words<MountAuth> {
  static constexpr std::array<std::string_view, 3> kList = {"key", "identity", "keyvault"};
};
template <>
struct Words<WorkspaceTlsMode> {
  static constexpr std::array<std::string_view, 3> kList = {"none", "acme", "certificate"};
};
template <>
struct Words<DnsLabelScope> {
  static constexpr std::array<std::string_view, 5> kList = {"Unsecure", "TenantReuse", "SubscriptionReuse",
                                                            "ResourceGroupReuse", "Noreuse"};
};

// Empty for a value that is no enumerator: a program may have cast a number.
template <class Enum>
std::string_view word_of(Enum value) {
  const auto& list = Words<Enum>::kList;
  const auto place = static_cast<std::size_t>(value);
  return place < list.size() ? list[place] : std::string_view();
}

template <class Enum>
std::optional<Enum> parse_word(std::string_view word) {
  const auto& list = Words<Enum>::kList;
  const auto found = std::find(list.begin(), list.end(), word);
  if (found == list.end()) return std::nullopt;
  return static_cast<Enum>(found - list.begin());
}

// The rule in words: "must be key, identity or keyvault".
template <class Enum>
std::string word_rule() {
  const auto& list = Words<Enum>::kList;
  std::string rule = "must be ";
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) rule += i + 1 == list.size() ? " or " : ", ";
    rule += list[i];
  }
  return rule;
}

}  // namespace dev8agent::internal
