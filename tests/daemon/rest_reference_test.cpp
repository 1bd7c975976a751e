// The REST reference is the OpenAPI document and the routes in words. To write it:
//
//   DEV8_WRITE_DOCUMENTS=1 build/release/tests/daemon_tests --source-file='*rest_reference*'
#include "rest_reference.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "support/json_text.h"
#include "support/source_file.h"

using namespace dev8agent::test;
using dev8agentd::Route;
using dev8agentd::routes;

namespace {

json::Value openapi() {
  return parsed(source_file("dev8-agentd/openapi.json"));
}

Route route(const char* path) {
  using namespace dev8agentd;
  return Route{"GET", path, Access::kOpen, Scope::kRead, Draining::kServes, show_live};
}

// A document with one route, GET /live, whose answer has `schema`.
json::Value small_document(const std::string& schema) {
  return parsed(R"({"info":{"description":"About."},"tags":[{"name":"agent","description":"The agent."}],
    "paths":{"/live":{"get":{"tags":["agent"],"summary":"Live","description":"Says so.","responses":{}}}},
    "components":{"headers":{},"responses":{},"schemas":{"Answer":)" +
                schema + "}}}");
}

// The reference of that document, from its schemas on.
std::string schemas_of(const std::string& schema) {
  const Route live = route("/live");
  const std::string text = rest_reference(small_document(schema), std::span(&live, 1));
  return text.substr(text.find("### Answer\n") + std::string("### Answer\n\n").size());
}

std::string refusal_of(const json::Value& document, std::span<const Route> its_routes) {
  try {
    rest_reference(document, its_routes);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("REST reference: docs/rest-reference.md is made from openapi.json and the routes") {
  const std::string made = rest_reference(openapi(), routes());
  CHECK(written_document("docs/rest-reference.md", made) == made);
}

TEST_CASE("REST reference: types, ranges and rules in words") {
  const std::string head = "| field | type | meaning |\n|---|---|---|\n";
  CHECK(schemas_of(R"({"properties":{"cores":{"type":"integer","minimum":1,"maximum":4,"default":2,
          "description":"Virtual CPUs."}},"required":["cores"]})") ==
        head + "| **`cores`** | integer, 1 to 4, by default `2` | Virtual CPUs. |\n");
  CHECK(schemas_of(R"({"properties":{"word":{"type":"string","minLength":1,"pattern":"^a|b$"}}})") ==
        head + "| `word` | string, not empty, `^a\\|b$` |  |\n");
  CHECK(schemas_of(R"({"properties":{"data":{"type":"object","properties":{"zone":{"enum":["1","2"],
          "type":"string"}}}}})") == head + "| `data` | object |  |\n| `data.zone` | one of `1`, `2` |  |\n");
  CHECK(schemas_of(R"({"properties":{"list":{"type":"array","maxItems":5,"items":{"type":"object",
          "properties":{"at":{"oneOf":[{"$ref":"#/components/schemas/Answer"},{"type":"null"}]}}}}}})") ==
        head +
            "| `list` | array of objects, at most 5 items |  |\n| `list[].at` | [Answer](#answer) or null |  "
            "|\n");
  CHECK(schemas_of(R"({"type":"object","maxProperties":3,"propertyNames":{"pattern":"^x"},
          "additionalProperties":{"type":["string","null"],"maxLength":9}})") ==
        "Type: object, at most 3 members, names: `^x`, values: string or null, at most 9 characters.\n");
}

TEST_CASE("REST reference: what it cannot describe is refused, not left out") {
  const Route live = route("/live");
  const std::span<const Route> one(&live, 1);
  CHECK(refusal_of(small_document(R"({"type":"string"})"), one) == "");
  CHECK(refusal_of(small_document(R"({"type":"integer","multipleOf":5})"), one) ==
        "rest_reference: a schema: multipleOf is not described");
  const Route other = route("/other");
  CHECK(refusal_of(small_document("{}"), std::span(&other, 1)) ==
        "rest_reference: the agent has no route GET /live");
  const Route both[] = {live, other};
  CHECK(refusal_of(small_document("{}"), both) == "rest_reference: openapi.json has no GET /other");
}
