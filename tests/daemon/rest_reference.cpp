// Walks through the OpenAPI document in its own order: routes by tag, then headers, common answers and
// schemas.
#include "rest_reference.h"

#include <algorithm>
#include <vector>

#include "schema_words.h"

namespace {

using dev8agent::internal::json::Member;
using dev8agent::internal::json::Value;
using dev8agentd::Route;
using namespace schema_words;

constexpr const char* kHead =
    R"(<!-- Made by tests/daemon/rest_reference.cpp from dev8-agentd/openapi.json and dev8-agentd/routes.cpp. -->

# REST reference

Every route with its parameters, body and answers. [rest.md](rest.md) explains the API and has examples; a running agent
has all of this as OpenAPI 3.1 at `/openapi.json`. Parameters and fields in **bold** are required; those of an answer are
always there. A key of one user is good for every scope, with the environments of this user alone
([rest.md](rest.md#who-may-call)).
)";

// The component that `object` refers to, or `object` itself.
const Value& resolved(const Value& openapi, const Value& object, std::string_view kind) {
  const std::string_view reference = object.string_at({"$ref"});
  if (reference.empty()) return object;
  const Value* found = openapi.find_path({"components", kind, name_of(reference)});
  if (found == nullptr) refuse("there is no " + std::string(reference));
  return *found;
}

// Who may use a route, and what it does while the agent shuts down.
std::string access_of(const Route& route) {
  using enum dev8agentd::Access;
  const std::string scope = code(to_string(route.scope));
  std::string text;
  switch (route.access) {
    case kProbe:
      text = "Needs no key. The rate limit never refuses it.";
      break;
    case kOpen:
      text = "Needs no key.";
      break;
    case kKey:
      text = "Needs a key of scope " + scope + ".";
      break;
    case kKeyOfOperator:
      text = "Needs a key of scope " + scope + " that is no user's.";
      break;
    case kKeyOrActivityToken:
      text = "Needs a key of scope " + scope + ", or the activity token of the workspace.";
      break;
  }
  const bool serves = route.draining == dev8agentd::Draining::kServes;
  return text + (serves ? " Answers during a shutdown." : " 503 during a shutdown.");
}

std::string parameter_row(const Value& openapi, const Value& one) {
  const Value& parameter = resolved(openapi, one, "parameters");
  expect_members(parameter,
                 {"name", "in", "required", "description", "schema", "style", "explode", "example"},
                 "a parameter");
  const std::string name = code(text_of(parameter, "name"));
  const bool required = member(parameter, "required").boolean().value_or(false);
  return "| " + (required ? "**" + name + "**" : name) + " | " + text_of(parameter, "in") + " | " +
         type_of(member(parameter, "schema")) + " | " + cell(text_of(parameter, "description")) + " |\n";
}

constexpr const char* kParameterTable = "\n| parameter | in | type | meaning |\n|---|---|---|---|\n";

// Whether every path has this parameter: it is described once.
bool is_common(const Value& openapi, const Value& parameter) {
  const std::string reference = text_of(parameter, "$ref");
  const Value::Object& paths = member(openapi, "paths").object();
  return !reference.empty() && std::all_of(paths.begin(), paths.end(), [&](const Member& path) {
    const Value::Array& its = member(path.value, "parameters").array();
    return std::any_of(its.begin(), its.end(),
                       [&](const Value& other) { return text_of(other, "$ref") == reference; });
  });
}

std::string common_parameters(const Value& openapi) {
  const Value::Object& paths = member(openapi, "paths").object();
  std::string rows;
  if (!paths.empty())
    for (const Value& one : member(paths.front().value, "parameters").array())
      if (is_common(openapi, one)) rows += parameter_row(openapi, one);
  return rows.empty() ? "" : "\nEvery route has:\n" + (kParameterTable + rows);
}

std::string parameters_of(const Value& openapi, const Value& path, const Value& operation) {
  std::string rows;
  for (const Value* owner : {&path, &operation})
    for (const Value& one : member(*owner, "parameters").array())
      if (!is_common(openapi, one)) rows += parameter_row(openapi, one);
  return rows.empty() ? "" : kParameterTable + rows;
}

// "[Environment](#environment) (`application/json`)" for each media type.
std::string content_of(const Value& object) {
  std::vector<std::string> kinds;
  for (const Member& media : member(object, "content").object()) {
    expect_members(media.value, {"schema", "examples"}, media.name);
    const Value& schema = member(media.value, "schema");
    const std::string about = text_of(schema, "description");
    kinds.push_back(type_of(schema) + " (" + code(media.name) + ")" +
                    (about.empty() ? "" : ": " + cell(about)));
  }
  return joined(kinds, "; ");
}

std::string header_names(const Value& answer) {
  std::vector<std::string> names;
  for (const Member& header : member(answer, "headers").object()) names.push_back(code(header.name));
  return joined(names, ", ");
}

std::string spaced(const std::string& sentence) {
  return sentence.empty() ? "" : " " + sentence;
}

std::string body_of(const Value& operation) {
  const Value* body = operation.find("requestBody");
  if (body == nullptr) return "";
  expect_members(*body, {"description", "required", "content"}, "a body");
  const bool required = member(*body, "required").boolean().value_or(false);
  return "\nBody" + std::string(required ? "" : ", which may be left out") + ": " + content_of(*body) + "." +
         spaced(text_of(*body, "description")) + "\n";
}

std::string answers_of(const Value& operation) {
  std::string rows;
  std::vector<std::string> common;
  for (const Member& answer : member(operation, "responses").object()) {
    if (const std::string reference = answer.value.find("$ref") ? text_of(answer.value, "$ref") : "";
        !reference.empty()) {
      common.push_back(link(name_of(reference), answer.name == "default" ? "others" : answer.name));
      continue;
    }
    expect_members(answer.value, {"description", "headers", "content"}, "an answer");
    rows += "| " + answer.name + " | " + cell(text_of(answer.value, "description")) + " | " +
            content_of(answer.value) + " | " + header_names(answer.value) + " |\n";
  }
  std::string text;
  if (!rows.empty()) text = "\n| answer | when | body | headers |\n|---|---|---|---|\n" + rows;
  if (!common.empty()) text += "\nCommon answers: " + joined(common, ", ") + ".\n";
  return text;
}

struct Operation {
  const Route* route;
  const Value* path;       // the parameters of all its methods
  const Value* operation;  // what the document says of this method
  std::string heading;
};

std::string upper(std::string_view word) {
  std::string text(word);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::vector<Operation> operations_of(const Value& openapi, std::span<const Route> routes) {
  std::vector<Operation> operations;
  for (const Member& path : member(openapi, "paths").object()) {
    for (const Member& one : path.value.object()) {
      if (one.name == "parameters") continue;
      const std::string heading = upper(one.name) + " " + path.name;
      expect_members(one.value,
                     {"operationId", "tags", "summary", "description", "security", "parameters",
                      "requestBody", "responses"},
                     heading);
      const auto route = std::find_if(routes.begin(), routes.end(), [&](const Route& known) {
        return std::string(known.method) + " " + std::string(known.path) == heading;
      });
      if (route == routes.end()) refuse("the agent has no route " + heading);
      operations.push_back(Operation{&*route, &path.value, &one.value, heading});
    }
  }
  for (const Route& route : routes) {
    const std::string heading = std::string(route.method) + " " + std::string(route.path);
    const auto same = [&](const Operation& known) { return known.heading == heading; };
    if (std::none_of(operations.begin(), operations.end(), same)) refuse("openapi.json has no " + heading);
  }
  return operations;
}

bool has_tag(const Operation& operation, const Value& tag) {
  const Value::Array& tags = member(*operation.operation, "tags").array();
  return tags.size() == 1 && tags.front().string() == text_of(tag, "name");
}

std::string section(const Value& openapi, const Operation& operation) {
  return "\n### " + operation.heading + "\n\n" + text_of(*operation.operation, "summary") + ". " +
         text_of(*operation.operation, "description") + "\n\n" + access_of(*operation.route) + "\n" +
         parameters_of(openapi, *operation.path, *operation.operation) + body_of(*operation.operation) +
         answers_of(*operation.operation);
}

std::string headers_section(const Value& openapi) {
  std::string text = "\n## Headers of answers\n\n| header | type | meaning |\n|---|---|---|\n";
  for (const Member& header : member(*openapi.find("components"), "headers").object()) {
    expect_members(header.value, {"description", "required", "schema", "example"}, header.name);
    text += "| " + code(header.name) + " | " + type_of(member(header.value, "schema")) + " | " +
            cell(text_of(header.value, "description")) + " |\n";
  }
  return text;
}

std::string common_answers_section(const Value& openapi) {
  std::string text = "\n## Common answers\n";
  for (const Member& answer : member(*openapi.find("components"), "responses").object()) {
    expect_members(answer.value, {"description", "headers", "content"}, answer.name);
    const std::string content = content_of(answer.value);
    text += "\n### " + answer.name + "\n\n" + text_of(answer.value, "description") + "\n\n" +
            (content.empty() ? "No body." : "Body: " + content + ".") +
            " Headers: " + header_names(answer.value) + ".\n";
  }
  return text;
}

std::string schemas_section(const Value& openapi) {
  std::string text = "\n## Bodies and values\n";
  for (const Member& schema : member(*openapi.find("components"), "schemas").object()) {
    std::string rows;
    add_rows(rows, schema.value, "");
    const std::string about = text_of(schema.value, "description");
    text += "\n### " + schema.name + "\n\n" + (about.empty() ? "" : about + "\n\n");
    text += rows.empty() ? "Type: " + type_of(schema.value) + ".\n"
                         : "| field | type | meaning |\n|---|---|---|\n" + rows;
  }
  return text;
}

}  // namespace

std::string rest_reference(const Value& openapi, std::span<const Route> routes) {
  const std::vector<Operation> operations = operations_of(openapi, routes);
  std::string text = kHead;
  text += "\n" + std::string(openapi.string_at({"info", "description"})) + "\n\n## Routes\n\n";
  text += "| route | what it does | scope |\n|---|---|---|\n";
  for (const Operation& operation : operations) {
    const bool open = operation.route->access == dev8agentd::Access::kOpen ||
                      operation.route->access == dev8agentd::Access::kProbe;
    text += "| " + link(operation.heading, code(operation.heading)) + " | " +
            cell(text_of(*operation.operation, "summary")) + " | " +
            (open ? "none" : code(to_string(operation.route->scope))) + " |\n";
  }
  text += common_parameters(openapi);
  std::size_t shown = 0;
  for (const Value& tag : member(openapi, "tags").array()) {
    text += "\n## Routes: " + text_of(tag, "name") + "\n\n" + text_of(tag, "description") + "\n";
    for (const Operation& operation : operations) {
      if (!has_tag(operation, tag)) continue;
      text += section(openapi, operation);
      ++shown;
    }
  }
  if (shown != operations.size()) refuse("a route has no tag, or several");
  return text + headers_section(openapi) + common_answers_section(openapi) + schemas_section(openapi);
}
