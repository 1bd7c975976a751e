// The one list of the fields that an environment's maker chooses: their names, their rules and what a change
// of them means. Reading, checking, storing, comparing and showing these fields all go by it, so that none is
// forgotten in one of these places.
//
// A new field is a member of EnvironmentSpec and of SpecChanges and a row here (CONTRIBUTING.md, "How to add
// a field to a request"). A loop over the fields is a generic lambda:
//
//   for_each_spec_field([&](const auto& field) {
//     if (a.*field.member != b.*field.member) report(field.name);
//   });
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>

#include "base/named_texts.h"
#include "dev8agent/environment.h"

namespace dev8agent::internal {

// A whole number from `low` to `high`, both allowed.
struct Range {
  int low;
  int high;
};

// Which texts a field takes: words of A-Z a-z 0-9 . _ @ + : | = / -, any UTF-8 without control characters,
// https:// URLs, or Azure's names of availability zones: 1, 2 and 3.
enum class TextKind { kWord, kFree, kUrl, kZone };

// A text of 1 to `limit` characters; they are counted in Unicode code points.
struct TextRule {
  std::size_t limit;
  TextKind kind;
};

// Which names a field's texts have: those of environment variables, or those of tags in Azure.
enum class NameKind { kVariable, kLabel };

// Up to `most` texts by name, with at most `stored` bytes as they are stored (named_texts.h).
struct NamedTextsRule {
  std::size_t most;
  std::size_t stored;
  NameKind names;
};

// Of the sizes. AgentOptions::size_limits may allow less. They keep within what ACI offers everywhere: above
// 4 cores or 16 GB, regions may refuse for lack of capacity. Source: Microsoft Learn, "Resource availability
// & quota limits for ACI".
inline constexpr Range kCpuCores{1, 4};
inline constexpr Range kMemoryGb{2, 16};
inline constexpr Range kStorageGb{10, 100};

// Of idleStopMinutes: up to a year. AgentOptions::idle_stop_longest may allow less.
inline constexpr Range kIdleStopMinutes{0, 527040};

// What a repeated create and a start make of another value. The owner is an exception: a start with another
// one is a conflict.
enum class OnChange {
  kConflict,      // a repeated create is refused
  kNewContainer,  // as kConflict; a start puts a new container
  kFixedLabel,    // as kConflict; a start only stores the new value
  kLabel,         // neither: the new value is only stored
};

// True for a field that is stored and shown, and that no container depends on.
constexpr bool stored_only(OnChange on_change) {
  return on_change == OnChange::kLabel || on_change == OnChange::kFixedLabel;
}

template <class T>
struct Unwrapped {
  using Type = T;
};
template <class T>
struct Unwrapped<std::optional<T>> {
  using Type = T;
};

template <class Value>
struct RuleOf;
template <>
struct RuleOf<int> {
  using Type = Range;
};
template <>
struct RuleOf<std::string> {
  using Type = TextRule;
};
template <>
struct RuleOf<NamedTexts> {
  using Type = NamedTextsRule;
};

// One row of the list; T is the type of the value: int, std::string, NamedTexts, or an optional of the first
// two, which need not be set.
template <class T>
struct SpecField {
  using Value = typename Unwrapped<T>::Type;
  const char* name;            // in REST bodies, tags and field errors; in lower case in share metadata
  T EnvironmentSpec::*member;  // its value
  std::optional<Value> SpecChanges::*change;  // the value that a start asks for; nothing: as it is
  typename RuleOf<Value>::Type rule;          // checked by plan/validate.h
  bool required;                              // of the body of a create
  OnChange on_change;
};

// name is text for people. userId and baseImage are words for programs; userId becomes the container's
// variable USER_ID. The sizes of environmentVariables and labels leave room for all others in the 8 KiB that
// Azure Files allows for the metadata of a share. storageGB is the part of the share's quota that the user
// chooses (kHomeGb in plan/group_spec.h is added).
inline constexpr auto kSpecFields = std::tuple{
    SpecField<std::string>{"userId", &EnvironmentSpec::user_id, &SpecChanges::user_id,
                           TextRule{128, TextKind::kWord}, false, OnChange::kConflict},
    SpecField<std::string>{"name", &EnvironmentSpec::name, &SpecChanges::name, TextRule{100, TextKind::kFree},
                           true, OnChange::kLabel},
    SpecField<int>{"cpuCores", &EnvironmentSpec::cpu_cores, &SpecChanges::cpu_cores, kCpuCores, true,
                   OnChange::kNewContainer},
    SpecField<int>{"memoryGB", &EnvironmentSpec::memory_gb, &SpecChanges::memory_gb, kMemoryGb, true,
                   OnChange::kNewContainer},
    SpecField<int>{"storageGB", &EnvironmentSpec::storage_gb, &SpecChanges::storage_gb, kStorageGb, true,
                   OnChange::kNewContainer},
    SpecField<std::string>{"baseImage", &EnvironmentSpec::base_image, &SpecChanges::base_image,
                           TextRule{128, TextKind::kWord}, false, OnChange::kLabel},
    SpecField<std::optional<int>>{"idleStopMinutes", &EnvironmentSpec::idle_stop_minutes,
                                  &SpecChanges::idle_stop_minutes, kIdleStopMinutes, false, OnChange::kLabel},
    SpecField<std::optional<std::string>>{"image", &EnvironmentSpec::image, &SpecChanges::image,
                                          TextRule{256, TextKind::kWord}, false, OnChange::kNewContainer},
    SpecField<NamedTexts>{"environmentVariables", &EnvironmentSpec::environment_variables,
                          &SpecChanges::environment_variables, NamedTextsRule{50, 3500, NameKind::kVariable},
                          false, OnChange::kNewContainer},
    SpecField<std::optional<std::string>>{"gitRepository", &EnvironmentSpec::git_repository,
                                          &SpecChanges::git_repository, TextRule{256, TextKind::kUrl}, false,
                                          OnChange::kNewContainer},
    SpecField<NamedTexts>{"labels", &EnvironmentSpec::labels, &SpecChanges::labels,
                          NamedTextsRule{10, 1000, NameKind::kLabel}, false, OnChange::kFixedLabel},
    SpecField<std::optional<std::string>>{"zone", &EnvironmentSpec::zone, &SpecChanges::zone,
                                          TextRule{1, TextKind::kZone}, false, OnChange::kNewContainer},
};

// A value as it is stored in tags and metadata.
inline std::string text_of(int value) {
  return std::to_string(value);
}
inline const std::string& text_of(const std::string& value) {
  return value;
}
inline std::string text_of(const NamedTexts& texts) {
  return join(texts);
}
// Empty when it is not set.
template <class T>
std::string text_of(const std::optional<T>& value) {
  return value ? text_of(*value) : std::string();
}

// False for a value that need not be set, and is not.
template <class T>
bool is_set(const T&) {
  return true;
}
template <class T>
bool is_set(const std::optional<T>& value) {
  return value.has_value();
}
inline bool is_set(const NamedTexts& texts) {
  return !texts.empty();
}

// Calls `visit(field)` for every field, in the order of the list, which is that of error messages and
// answers. `visit` takes a SpecField<T> of every type T in the list.
template <class Visitor>
void for_each_spec_field(Visitor&& visit) {
  std::apply([&](const auto&... fields) { (visit(fields), ...); }, kSpecFields);
}

// Does not compile when the structs have a member that is not listed: the numbers of names must agree. Never
// called.
inline void require_complete_list(const EnvironmentSpec& spec, const SpecChanges& changes) {
  [[maybe_unused]] const auto& [a, b, c, d, e, f, g, h, i, j, k, l] = spec;
  [[maybe_unused]] const auto& [m, n, o, p, q, r, s, t, u, v, w, x] = changes;
  static_assert(std::tuple_size_v<decltype(kSpecFields)> == 12);
}

}  // namespace dev8agent::internal
