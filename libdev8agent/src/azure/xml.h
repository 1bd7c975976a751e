// Just enough XML for Azure Files' answers: elements, text and the five named entities. Attributes, comments,
// declarations and processing instructions are passed over. No DTD, no CDATA, no namespaces. It is safe on
// hostile text: every function takes time linear in its text and does not recurse. Pure; any thread. The
// results are views into `content`.
//
//   auto results = find_element(body, "EnumerationResults");
//   for (const auto& [name, content] : children(*results)) ...
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dev8agent::internal::azure::xml {

// Each takes time linear in its text.

// The content of the first element called `name` inside `content`, at any depth. Nothing when there is none
// or it is not closed. `<Name/>` has empty content. Names are compared with regard to case.
std::optional<std::string_view> find_element(std::string_view content, std::string_view name);

// The direct child elements of `content`, as name and content, in their order, up to the first malformed
// place. Text between them is ignored.
std::vector<std::pair<std::string_view, std::string_view>> children(std::string_view content);

// Character data with the entities (&amp; &lt; &gt; &quot; &apos;) resolved, and blanks removed at both ends.
// An unknown entity stays as it is.
std::string text(std::string_view content);

}  // namespace dev8agent::internal::azure::xml
