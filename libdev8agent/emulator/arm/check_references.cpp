// check_references(): see definition_checks.h.
#include <algorithm>
#include <set>

#include "arm/definition_checks.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

using json::Value;

// Source: the API descriptions: the first versions with these members.
constexpr std::string_view kWithMountIdentity = "2026-07-01";
constexpr std::string_view kWithSecretReferences = "2025-09-01";

ArmError unknown_member(std::string_view member, std::string_view type) {
  return invalid_content(concat({"Could not find member '", member, "' on object of type '", type, "'."}));
}

// The group has this user-assigned identity; ARM ids are compared without regard to case.
bool has_identity(const Value& body, std::string_view id) {
  const Value* identities = body.find_path({"identity", "userAssignedIdentities"});
  if (!identities) return false;
  return std::any_of(identities->object().begin(), identities->object().end(),
                     [&](const json::Member& one) { return same_name(one.name, id); });
}

// "https://VAULT/secrets/NAME", with or without a version.
bool names_secret(std::string_view uri) {
  const auto parts = split(uri, '/');
  if (parts.size() != 5 && parts.size() != 6) return false;
  const bool whole =
      std::all_of(parts.begin() + 2, parts.end(), [](std::string_view part) { return !part.empty(); });
  return uri.starts_with("https://") && whole && parts[3] == "secrets" &&
         uri.find_first_of("?#") == std::string_view::npos;
}

// Fills `names` with those of the references. That names are unique is this emulator's own rule.
Refusal check_list(const Value& body, std::set<std::string_view>& names) {
  const Value* references = body.find_path({"properties", "secretReferences"});
  if (!references) return std::nullopt;
  if (auto refusal = require_list(*body.find("properties"), "secretReferences")) return refusal;
  for (const Value& reference : references->array()) {
    for (const char* member : {"name", "identity", "secretReferenceUri"}) {
      if (auto refusal = require_string(reference, member)) return refusal;
    }
    if (!names_secret(reference.string_at({"secretReferenceUri"})))
      return invalid_content("'secretReferenceUri' must be the URI of a secret in a vault.");
    if (!has_identity(body, reference.string_at({"identity"})))
      return invalid_content("the identity of a secret reference is not one of the group.");
    if (!names.insert(reference.string_at({"name"})).second)
      return invalid_content("the names of secret references must be unique in the group.");
  }
  return std::nullopt;
}

// The members that name a reference: the API version must know them, and the reference be in the body.
class Uses {
 public:
  Uses(const std::set<std::string_view>& names, std::string_view api_version)
      : names_(names), known_(api_version >= kWithSecretReferences) {}

  Refusal check(const Value& owner, std::string_view member, std::string_view type) const {
    const Value* value = owner.find(member);
    if (!value) return std::nullopt;
    if (!known_) return unknown_member(member, type);
    return check_name(*value);
  }
  Refusal check_volume(const Value& volume) const {
    if (const Value* file = volume.find("azureFile")) {
      if (auto refusal = check(*file, "storageAccountKeyReference", "AzureFileVolume")) return refusal;
    }
    const Value* files = volume.find("secretReference");
    if (!files) return std::nullopt;
    if (!known_) return unknown_member("secretReference", "Volume");
    for (const json::Member& file : files->object()) {
      if (auto refusal = check_name(file.value)) return refusal;
    }
    return std::nullopt;
  }
  Refusal check_container(const Value& container) const {
    const Value* variables = container.find_path({"properties", "environmentVariables"});
    if (!variables) return std::nullopt;
    for (const Value& variable : variables->array()) {
      if (auto refusal = check(variable, "secureValueReference", "EnvironmentVariable")) return refusal;
    }
    return std::nullopt;
  }

 private:
  Refusal check_name(const Value& value) const {
    if (value.is_string() && names_.contains(value.string())) return std::nullopt;
    return invalid_content("a secret reference that is used is not one of the group.");
  }

  const std::set<std::string_view>& names_;
  bool known_;
};

Refusal check_mount_identity(const Value& volume, std::string_view api_version) {
  const Value* file = volume.find("azureFile");
  if (!file || !file->find("userAssignedIdentityClientId") || api_version >= kWithMountIdentity)
    return std::nullopt;
  return unknown_member("userAssignedIdentityClientId", "AzureFileVolume");
}

}  // namespace

Refusal check_references(const Value& body, std::string_view api_version) {
  const Value& properties = *body.find("properties");
  if (properties.find("secretReferences") && api_version < kWithSecretReferences)
    return unknown_member("secretReferences", "ContainerGroupProperties");
  std::set<std::string_view> names;
  if (auto refusal = check_list(body, names)) return refusal;
  const Uses uses(names, api_version);
  for (const char* list : {"containers", "initContainers"}) {
    const Value* containers = properties.find(list);
    if (!containers) continue;
    for (const Value& container : containers->array()) {
      if (auto refusal = uses.check_container(container)) return refusal;
    }
  }
  const Value* volumes = properties.find("volumes");
  if (!volumes) return std::nullopt;
  for (const Value& volume : volumes->array()) {
    if (auto refusal = check_mount_identity(volume, api_version)) return refusal;
    if (auto refusal = uses.check_volume(volume)) return refusal;
  }
  return std::nullopt;
}

}  // namespace dev8agent::emulator
