// Just enough XML for Azure Files' answers: elements without attributes that matter, text, the five entities.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dev8agent::internal::azure::xml {

// Each takes time linear in its text.

// The content of the first element called `name` inside `content`, at any depth; nothing when there is none
// or it is not closed. `<Name/>` has empty content.
std::optional<std::string_view> find_element(std::string_view content, std::string_view name);

// The direct child elements of `content`, as name and content, up to the first malformed place.
std::vector<std::pair<std::string_view, std::string_view>> children(std::string_view content);

// Character data with entities resolved, trimmed.
std::string text(std::string_view content);

}  // namespace dev8agent::internal::azure::xml
