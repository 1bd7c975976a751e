// The OpenAPI 3.1 document of the REST API, openapi.json, as it is embedded in the program. Any thread.
#pragma once

#include <string_view>
#include <vector>

namespace dev8agentd {

// The document without line ends, in pieces. Its definition is made at build time (cmake/embed_text.cmake).
const std::vector<std::string_view>& openapi_pieces();

}  // namespace dev8agentd
