// The one list of the fields that an environment's maker chooses: their names, their rules and what a change
// of them means. Reading, checking, storing, comparing and showing these fields all go by it, so that none is
// forgotten in one of these places.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>

#include "dev8agent/environment.h"

namespace dev8agent::internal {

// A whole number from `low` to `high`.
struct Range {
  int low;
  int high;
};

// A text of 1 to `limit` characters.
struct TextRule {
  std::size_t limit;
  bool free_text;  // any UTF-8 without control characters; else A-Z a-z 0-9 . _ @ + : | = / -
};

// What a repeated create and a start make of another value.
enum class OnChange {
  kConflict,      // a repeated create is refused
  kNewContainer,  // as kConflict; a start puts a new container
  kLabel,         // neither: the new value is only stored
};

template <class T>
struct SpecField {
  const char* name;  // in REST bodies, tags and field errors; in lower case in share metadata
  T EnvironmentSpec::*member;
  std::optional<T> SpecChanges::*change;
  std::conditional_t<std::is_same_v<T, int>, Range, TextRule> rule;
  bool required;  // of the body of a create
  OnChange on_change;
};

inline constexpr auto kSpecFields = std::tuple{
    SpecField<std::string>{"userId", &EnvironmentSpec::user_id, &SpecChanges::user_id, TextRule{128, false},
                           false, OnChange::kConflict},
    SpecField<std::string>{"name", &EnvironmentSpec::name, &SpecChanges::name, TextRule{100, true}, true,
                           OnChange::kLabel},
    SpecField<int>{"cpuCores", &EnvironmentSpec::cpu_cores, &SpecChanges::cpu_cores, Range{1, 4}, true,
                   OnChange::kNewContainer},
    SpecField<int>{"memoryGB", &EnvironmentSpec::memory_gb, &SpecChanges::memory_gb, Range{2, 16}, true,
                   OnChange::kNewContainer},
    SpecField<int>{"storageGB", &EnvironmentSpec::storage_gb, &SpecChanges::storage_gb, Range{10, 100}, true,
                   OnChange::kNewContainer},
    SpecField<std::string>{"baseImage", &EnvironmentSpec::base_image, &SpecChanges::base_image,
                           TextRule{128, false}, false, OnChange::kLabel},
};

inline std::string text_of(int value) {
  return std::to_string(value);
}
inline const std::string& text_of(const std::string& value) {
  return value;
}

// Calls `visit(field)` for every field, in the order of the list. `visit` takes a SpecField of text or of
// int.
template <class Visitor>
void for_each_spec_field(Visitor&& visit) {
  std::apply([&](const auto&... fields) { (visit(fields), ...); }, kSpecFields);
}

// Does not compile when the structs have a member that is not listed.
inline void require_complete_list(const EnvironmentSpec& spec, const SpecChanges& changes) {
  [[maybe_unused]] const auto& [a, b, c, d, e, f] = spec;
  [[maybe_unused]] const auto& [g, h, i, j, k, l] = changes;
  static_assert(std::tuple_size_v<decltype(kSpecFields)> == 6);
}

}  // namespace dev8agent::internal
