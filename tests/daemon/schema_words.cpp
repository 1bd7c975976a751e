// Each rule of a schema becomes a part of a line.
#include "schema_words.h"

#include <stdexcept>
#include <utility>

#include "json/write.h"

using dev8agent::internal::json::Member;
using dev8agent::internal::json::Value;

namespace schema_words {
namespace {

// The anchor that a heading has: lower case, no punctuation, hyphens for blanks.
std::string anchor(std::string_view heading) {
  std::string text;
  for (const char c : heading) {
    if (c >= 'A' && c <= 'Z')
      text += static_cast<char>(c - 'A' + 'a');
    else if (c == ' ' || c == '-')
      text += '-';
    else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
      text += c;
  }
  return text;
}

// A value as a client writes it: strings without their quotes.
std::string literal(const Value& value) {
  return code(value.is_string() ? std::string(value.string()) : dev8agent::internal::json::write(value));
}

// "2 to 16", "at least 1", "at most 50"; empty without limits.
std::string range(const Value& schema, std::string_view least, std::string_view most) {
  const auto from = member(schema, least).integer();
  const auto to = member(schema, most).integer();
  if (from && to) return std::to_string(*from) + " to " + std::to_string(*to);
  if (from) return "at least " + std::to_string(*from);
  return to ? "at most " + std::to_string(*to) : "";
}

// "not empty", "1 to 100 characters".
std::string length(const Value& schema) {
  const bool has_most = schema.find("maxLength") != nullptr;
  if (!has_most && member(schema, "minLength").integer() == 1) return "not empty";
  const std::string limits = range(schema, "minLength", "maxLength");
  return limits.empty() ? "" : limits + " characters";
}

// The keywords that are put into words.
const std::set<std::string_view> kKeywords = {
    "$ref",          "type",          "description",   "enum",       "const",    "default",
    "format",        "pattern",       "minLength",     "maxLength",  "minimum",  "maximum",
    "items",         "minItems",      "maxItems",      "properties", "required", "additionalProperties",
    "propertyNames", "minProperties", "maxProperties", "oneOf"};

// "objects" where the members follow in rows of their own.
std::string members_of(const Value& schema) {
  return schema.find("properties") != nullptr ? "objects" : type_of(schema);
}

std::string kind_of(const Value& schema) {
  std::vector<std::string> kinds;
  if (const Value* items = schema.find("items"); items != nullptr) return "array of " + members_of(*items);
  for (const Value& one : member(schema, "enum").array()) kinds.push_back(literal(one));
  if (!kinds.empty()) return (kinds.size() > 1 ? "one of " : "") + joined(kinds, ", ");
  if (const std::string type = text_of(schema, "type"); !type.empty()) return type;
  for (const Value& one : member(schema, "type").array()) kinds.emplace_back(one.string());
  for (const Value& one : member(schema, "oneOf").array()) kinds.push_back(type_of(one));
  return joined(kinds, " or ");
}

// A number with its unit, where there is a number.
void add(std::vector<std::string>& parts, const std::string& part, const std::string& unit = "") {
  if (!part.empty()) parts.push_back(part + unit);
}

}  // namespace

void refuse(const std::string& what) {
  throw std::runtime_error("rest_reference: " + what);
}

void expect_members(const Value& object, const std::set<std::string_view>& known, const std::string& place) {
  for (const Member& member : object.object())
    if (!known.contains(member.name)) refuse(place + ": " + member.name + " is not described");
}

const Value& member(const Value& object, std::string_view name) {
  static const Value none;
  const Value* found = object.find(name);
  return found == nullptr ? none : *found;
}

std::string text_of(const Value& object, std::string_view name) {
  return std::string(member(object, name).string());
}

std::string name_of(std::string_view reference) {
  return std::string(reference.substr(reference.rfind('/') + 1));
}

std::string link(const std::string& heading, const std::string& shown) {
  return "[" + (shown.empty() ? heading : shown) + "](#" + anchor(heading) + ")";
}

std::string cell(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '|') safe += '\\';
    safe += c;
  }
  return safe;
}

std::string code(std::string_view text) {
  return "`" + cell(text) + "`";
}

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

std::string type_of(const Value& schema) {
  expect_members(schema, kKeywords, "a schema");
  std::vector<std::string> parts;
  if (const std::string reference = text_of(schema, "$ref"); !reference.empty())
    parts.push_back(link(name_of(reference)));
  add(parts, kind_of(schema));
  if (const Value* constant = schema.find("const"); constant != nullptr) parts.push_back(literal(*constant));
  add(parts, range(schema, "minimum", "maximum"));
  add(parts, length(schema));
  add(parts, range(schema, "minItems", "maxItems"), " items");
  add(parts, range(schema, "minProperties", "maxProperties"), " members");
  add(parts, text_of(schema, "format"));
  if (const std::string form = text_of(schema, "pattern"); !form.empty()) parts.push_back(code(form));
  if (const Value* names = schema.find("propertyNames"); names != nullptr)
    parts.push_back("names: " + type_of(*names));
  if (const Value& others = member(schema, "additionalProperties"); others.is_object())
    parts.push_back("values: " + members_of(others));
  if (const Value* value = schema.find("default"); value != nullptr)
    parts.push_back("by default " + literal(*value));
  return joined(parts, ", ");
}

void add_rows(std::string& text, const Value& schema, const std::string& path) {
  std::set<std::string_view> required;
  for (const Value& name : member(schema, "required").array()) required.insert(name.string());
  for (const Member& property : member(schema, "properties").object()) {
    const std::string name = path + property.name;
    const std::string shown = required.contains(property.name) ? "**" + code(name) + "**" : code(name);
    text += "| " + shown + " | " + type_of(property.value) + " | " +
            cell(text_of(property.value, "description")) + " |\n";
    add_rows(text, property.value, name + ".");
    add_rows(text, member(property.value, "items"), name + "[].");
    add_rows(text, member(property.value, "additionalProperties"), name + ".NAME.");
  }
}

}  // namespace schema_words
