// Required members and enums of a definition: see definition_checks.h.
#include <algorithm>

#include "arm/definition_checks.h"
#include "arm/name_rules.h"
#include "core/strings.h"

namespace dev8agent::emulator {

using json::Value;

ArmError invalid_content(std::string message) {
  return {400, "InvalidRequestContent", "The request content was invalid: " + std::move(message)};
}

namespace {

ArmError required(std::string_view name) {
  return invalid_content("the property '" + std::string(name) + "' is required or of another type.");
}

}  // namespace

Refusal require_string(const Value& parent, std::string_view name) {
  const Value* value = parent.find(name);
  if (!value || !value->is_string() || value->string().empty()) return required(name);
  return std::nullopt;
}

Refusal require_list(const Value& parent, std::string_view name) {
  const Value* value = parent.find(name);
  if (!value || !value->is_array()) return required(name);
  return std::nullopt;
}

Refusal require_object(const Value& parent, std::string_view name) {
  const Value* value = parent.find(name);
  if (!value || !value->is_object()) return required(name);
  return std::nullopt;
}

Refusal require_one_of(const Value& parent, std::string_view name,
                       std::initializer_list<std::string_view> names) {
  const Value* value = parent.find(name);
  if (!value || value->is_null()) return std::nullopt;
  const bool known = std::any_of(names.begin(), names.end(), [&](std::string_view known_name) {
    return same_name(known_name, value->string());
  });
  if (known) return std::nullopt;
  return invalid_content("the value of '" + std::string(name) + "' is not one of those that are allowed.");
}

Refusal check_port(const Value& port) {
  const Value* number = port.find("port");
  const auto value = number ? number->integer() : std::nullopt;
  if (!value) return required("port");
  if (*value < 1 || *value > 65535) {
    return invalid_content("the port '" + std::to_string(*value) + "' is not between 1 and 65535.");
  }
  if (is_reserved_port(*value)) {
    return invalid_content("the port '" + std::to_string(*value) + "' is reserved and cannot be used.");
  }
  return require_one_of(port, "protocol", {"TCP", "UDP"});
}

// The limits of tags are Azure Resource Manager's.
Refusal check_tags(const Value* tags) {
  if (!tags || tags->is_null()) return std::nullopt;
  if (!tags->is_object()) return required("tags");
  if (tags->object().size() > 50) {
    return ArmError{400, "InvalidTags", "The number of tags exceeds the maximum of 50."};
  }
  for (const json::Member& tag : tags->object()) {
    const bool reserved = tag.name.find_first_of("<>%&\\?/") != std::string::npos;
    if (tag.name.empty() || reserved) {
      return ArmError{400, "InvalidTagNameCharacters", "A tag name is empty or has reserved characters."};
    }
    if (tag.name.size() > 512) return ArmError{400, "InvalidTagNameLength", "A tag name is too long."};
    if (!tag.value.is_string()) return required("tags");
    if (tag.value.string().size() > 256) {
      return ArmError{400, "InvalidTagValueLength", "Tag value too large: '" + tag.name + "'."};
    }
  }
  return std::nullopt;
}

}  // namespace dev8agent::emulator
