// Reads the document once, and finds the schema of each answer in it.
#include "api_document.h"

#include <algorithm>
#include <stdexcept>

#include "json/parse.h"
#include "support/json_schema.h"
#include "support/source_file.h"

namespace {

using dev8agent::internal::json::Value;
using dev8agent::test::JsonSchema;

const Value& document() {
  static const Value parsed = [] {
    const std::string text = dev8agent::test::source_file("dev8-agentd/openapi.json");
    auto value = dev8agent::internal::json::parse(text);
    if (!value.ok()) throw std::runtime_error("openapi.json: " + value.error().message);
    return std::move(*value);
  }();
  return parsed;
}

const JsonSchema& schemas() {
  static const JsonSchema schema(*document().find_path({"components", "schemas"}));
  return schema;
}

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const auto slash = path.find('/', 1);
    parts.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return parts;
}

bool matches(std::string_view path, std::string_view form) {
  const auto have = segments(path);
  const auto want = segments(form);
  return have.size() == want.size() &&
         std::equal(have.begin(), have.end(), want.begin(),
                    [](std::string_view a, std::string_view b) { return a == b || b == "/{id}"; });
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return result;
}

// The description of the operation, or null. Of two paths that match, the one without {id} counts.
const Value* operation_of(std::string_view method, std::string_view path) {
  const Value* found = nullptr;
  for (const auto& member : document().find("paths")->object()) {
    if (!matches(path, member.name)) continue;
    const Value* operation = member.value.find(lower(method));
    const bool exact = member.name.find('{') == std::string::npos;
    if (operation != nullptr && (found == nullptr || exact)) found = operation;
  }
  return found;
}

// Follows a $ref to components/responses.
const Value& resolved(const Value& response) {
  constexpr std::string_view kPrefix = "#/components/responses/";
  const std::string_view reference = response.string_at({"$ref"});
  if (reference.empty()) return response;
  return *document().find_path({"components", "responses", reference.substr(kPrefix.size())});
}

const Value& response_of(const Value* operation, int status) {
  static const Value kRefused = *document().find_path({"components", "responses", "Refused"});
  if (operation == nullptr) return kRefused;
  const Value& responses = *operation->find("responses");
  const Value* found = responses.find(std::to_string(status));
  return resolved(found != nullptr ? *found : *responses.find("default"));
}

}  // namespace

std::vector<std::string> errors_of_answer(std::string_view method, std::string_view target,
                                          const Answer& answer) {
  const std::string where =
      std::string(method) + " " + std::string(target) + " " + std::to_string(answer.status) + ": ";
  if (answer.body.empty()) return {};
  const std::string_view path = target.substr(0, target.find('?'));
  const Value& response = response_of(operation_of(method, path), answer.status);
  const Value* content = response.find("content");
  if (content == nullptr) return {where + "has a body"};
  const std::string header = answer.header("Content-Type");
  const std::string type = header.substr(0, header.find(';'));
  const Value* media = content->find(type);
  if (media == nullptr) return {where + "has the type " + type};
  const Value* schema = media->find("schema");
  if (type != "application/json" || schema == nullptr) return {};
  constexpr std::string_view kPrefix = "#/components/schemas/";
  const std::string_view name = schema->string_at({"$ref"});
  if (!name.starts_with(kPrefix)) return {where + "is not described by a named schema"};
  std::vector<std::string> errors = schemas().errors(name.substr(kPrefix.size()), answer.json);
  for (std::string& error : errors) error = where + error;
  return errors;
}

std::vector<std::string> described_endpoints() {
  std::vector<std::string> endpoints;
  for (const auto& path : document().find("paths")->object()) {
    for (const auto& method : path.value.object()) {
      std::string name = method.name;
      for (char& c : name) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
      if (name == "GET" || name == "POST" || name == "PATCH" || name == "DELETE")
        endpoints.push_back(name + " " + path.name);
    }
  }
  std::sort(endpoints.begin(), endpoints.end());
  return endpoints;
}
