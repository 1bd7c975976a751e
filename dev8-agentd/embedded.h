// Files that are embedded in the program at build time (cmake/embed_text.cmake): the API document and the web
// console. Each comes in pieces, which follow each other without a gap. Any thread.
#pragma once

#include <string_view>
#include <vector>

namespace dev8agentd {

using EmbeddedText = std::vector<std::string_view>;

const EmbeddedText& openapi_document();  // openapi.json without its line ends
const EmbeddedText& console_page();      // console/index.html
const EmbeddedText& console_script();    // console/console.js
const EmbeddedText& console_style();     // console/console.css

}  // namespace dev8agentd
