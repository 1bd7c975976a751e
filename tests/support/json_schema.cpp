// Validation by walking schema and value together.
#include "support/json_schema.h"

#include <algorithm>
#include <mutex>
#include <regex>
#include <stdexcept>
#include <string>

#include "json/write.h"

namespace dev8agent::test {
namespace {

// One at a time: libstdc++'s regular expressions fill a table of the locale when they need it, without a
// lock.
bool matches(const std::string& text, const std::string& pattern) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  return std::regex_search(text, std::regex(pattern));
}

using json::Value;

bool has_type(const Value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_bool();
  if (type == "null") return value.is_null();
  if (type == "integer") return value.is_integer();
  if (type == "number") return value.is_number();
  throw std::runtime_error("a schema with an unknown type: " + std::string(type));
}

const Value* property(const std::vector<const Value*>& parts, const std::string& name) {
  for (const Value* part : parts) {
    if (const Value* found = part->find_path({"properties", name})) return found;
  }
  for (const Value* part : parts) {
    const Value* rest = part->find("additionalProperties");
    if (rest != nullptr && rest->boolean() != false) return rest;
  }
  return nullptr;
}

// `type` is one word, or a list of them.
bool has_one_type(const Value& value, const Value& type) {
  if (type.is_string()) return has_type(value, type.string());
  return std::any_of(type.array().begin(), type.array().end(),
                     [&](const Value& word) { return has_type(value, word.string()); });
}

// Of UTF-8: every byte but those that continue a character.
auto characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
}

bool is_same(const Value& a, const Value& b) {
  return json::write(a) == json::write(b);
}

// What the keywords about one value without parts ask for.
void check_value(const Value& schema, const Value& value, const std::string& path,
                 std::vector<std::string>& errors) {
  const auto fail = [&](const char* why) { errors.push_back(path + ": " + why); };
  if (const Value* only = schema.find("const"); only && !is_same(*only, value)) fail("is not the constant");
  if (const Value* allowed = schema.find("enum")) {
    const auto& words = allowed->array();
    const bool known =
        std::any_of(words.begin(), words.end(), [&](const Value& word) { return is_same(word, value); });
    if (!known) fail("is not one of the words allowed");
  }
  if (const Value* pattern = schema.find("pattern"); pattern && value.is_string()) {
    if (!matches(std::string(value.string()), std::string(pattern->string())))
      fail("does not match the pattern");
  }
  const auto limit = [&](const char* name) {
    const Value* found = schema.find(name);
    return found ? found->number() : std::nullopt;
  };
  if (const auto number = value.is_number() ? value.number() : std::nullopt) {
    if (const auto least = limit("minimum"); least && *number < *least) fail("is too small");
    if (const auto most = limit("maximum"); most && *number > *most) fail("is too large");
  }
  if (value.is_string()) {
    const auto length = static_cast<double>(characters(value.string()));
    if (const auto least = limit("minLength"); least && length < *least) fail("is too short");
    if (const auto most = limit("maxLength"); most && length > *most) fail("is too long");
  }
}

// An object of which nothing is described may hold anything, such as the keys of a secret volume.
bool is_described(const std::vector<const Value*>& parts) {
  return std::any_of(parts.begin(), parts.end(), [](const Value* part) {
    return part->find("properties") != nullptr || part->find("additionalProperties") != nullptr;
  });
}

}  // namespace

std::vector<std::string> JsonSchema::errors(std::string_view definition, const Value& value) const {
  Errors errors;
  check(json::object({{"$ref", definition}}), value, std::string(definition), errors);
  return errors;
}

const Value& JsonSchema::resolve(const Value& schema) const {
  constexpr std::string_view kComponents = "#/components/schemas/";
  std::string_view reference = schema.string_at({"$ref"});
  if (reference.empty()) return schema;
  if (reference.starts_with(kComponents)) reference.remove_prefix(kComponents.size());
  const Value* found = definitions_.find(reference);
  if (found == nullptr) throw std::runtime_error("no definition " + std::string(reference));
  return resolve(*found);
}

void JsonSchema::collect(const Value& schema, std::vector<const Value*>& parts) const {
  const Value& resolved = resolve(schema);
  parts.push_back(&resolved);
  if (const Value* bases = resolved.find("allOf")) {
    for (const Value& base : bases->array()) collect(base, parts);
  }
}

void JsonSchema::check(const Value& schema, const Value& value, const std::string& path,
                       Errors& errors) const {
  const Value& resolved = resolve(schema);
  if (const Value* read_only = schema.find("readOnly"); read_only && read_only->boolean() == true) {
    errors.push_back(path + ": only answers have it");
    return;
  }
  const Value* type = resolved.find("type");
  if (type != nullptr && !has_one_type(value, *type)) {
    const std::string words = type->is_string() ? std::string(type->string()) : json::write(*type);
    errors.push_back(path + ": must be of type " + words);
    return;
  }
  if (const Value* choices = resolved.find("oneOf")) return check_choice(*choices, value, path, errors);
  check_value(resolved, value, path, errors);
  if (const Value* items = resolved.find("items")) {
    for (std::size_t i = 0; i < value.array().size(); ++i)
      check(*items, value.array()[i], path + "[" + std::to_string(i) + "]", errors);
  }
  if (value.is_object()) check_object(resolved, value, path, errors);
}

void JsonSchema::check_choice(const Value& choices, const Value& value, const std::string& path,
                              Errors& errors) const {
  Errors all;
  int fits = 0;
  for (const Value& choice : choices.array()) {
    Errors own;
    check(choice, value, path, own);
    fits += own.empty();
    all.insert(all.end(), own.begin(), own.end());
  }
  if (fits == 1) return;
  errors.push_back(path + ": fits " + std::to_string(fits) + " of the choices instead of one");
  errors.insert(errors.end(), all.begin(), all.end());
}

void JsonSchema::check_object(const Value& schema, const Value& value, const std::string& path,
                              Errors& errors) const {
  std::vector<const Value*> parts;
  collect(schema, parts);
  for (const Value* part : parts) {
    const Value* required = part->find("required");
    if (required == nullptr) continue;
    for (const Value& name : required->array()) {
      if (value.find(name.string()) == nullptr)
        errors.push_back(path + "." + std::string(name.string()) + ": is missing");
    }
  }
  if (!is_described(parts)) return;
  for (const json::Member& member : value.object()) {
    const std::string member_path = path + "." + member.name;
    const Value* described = property(parts, member.name);
    if (described == nullptr) {
      errors.push_back(member_path + ": is not in the description");
    } else {
      check(*described, member.value, member_path, errors);
    }
  }
}

}  // namespace dev8agent::test
