// The text of operation ids.
#include "plan/signed_id.h"

#include <array>
#include <vector>

#include "base/crypto.h"
#include "base/text.h"

namespace dev8agent::internal::plan {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 4> kKinds = {"create", "start", "stop", "delete"};
constexpr std::size_t kFields = 10;
constexpr std::size_t kOwnerDigits = 16;

std::string owner_digest(std::string_view user_id) {
  return user_id.empty() ? "" : hex_encode(sha256(user_id)).substr(0, kOwnerDigits);
}

std::string described(const OperationId& id) {
  const auto millis = std::chrono::duration_cast<milliseconds>(id.created_at.time_since_epoch());
  std::string text(to_string(id.kind));
  for (const std::string& field :
       {id.environment_id, id.cloud_region, std::to_string(millis.count()), std::to_string(id.aim.cpu_cores),
        std::to_string(id.aim.memory_gb), std::to_string(id.aim.storage_gb), id.aim.owner,
        std::string(id.aim.asks_more ? "s" : ""), id.nonce}) {
    text += "." + field;
  }
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> fields(1);
  for (const char c : text) {
    if (c == '.') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::string signature(std::string_view text, const Secret& key) {
  return base64url_encode(hmac_sha256(key.reveal(), text));
}

int number(const std::string& text) {
  return static_cast<int>(parse_unsigned(text).value_or(0));
}

std::optional<OperationKind> parse_kind(std::string_view word) {
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (kKinds[i] == word) return static_cast<OperationKind>(i);
  }
  return std::nullopt;
}

}  // namespace

Secret operation_key(const Secret& secret) {
  return Secret(hmac_sha256(secret.reveal(), "dev8agent operation id key 1"));
}

std::string write_operation_id(const OperationId& id, const Secret& key) {
  const std::string text = described(id);
  return text + "." + signature(text, key);
}

std::optional<OperationId> read_operation_id(std::string_view text, const Secret& key) {
  const auto dot = text.rfind('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const std::string_view signed_text = text.substr(0, dot);
  if (!equal_in_constant_time(signature(signed_text, key), text.substr(dot + 1))) return std::nullopt;
  const std::vector<std::string> fields = split(signed_text);
  const auto kind = parse_kind(fields.front());
  const auto millis = fields.size() == kFields ? parse_unsigned(fields[3]) : std::nullopt;
  if (!kind || !millis) return std::nullopt;
  OperationId id;
  id.kind = *kind;
  id.environment_id = fields[1];
  id.cloud_region = fields[2];
  id.created_at = WallTime(milliseconds(*millis));
  id.aim = {number(fields[4]), number(fields[5]), number(fields[6]), fields[7], fields[8] == "s"};
  id.nonce = fields[9];
  return id;
}

std::string operation_token(std::string_view id_text, std::string_view region) {
  return hex_encode(sha256(std::string(id_text) + " " + std::string(region))).substr(0, 32);
}

OperationAim aim_of(const CreateRequest& request) {
  const EnvironmentSpec& spec = request.spec;
  const bool more = spec.image || !spec.environment_variables.empty() || spec.git_repository ||
                    !spec.labels.empty() || spec.zone;
  return {spec.cpu_cores, spec.memory_gb, spec.storage_gb, owner_digest(spec.user_id), more};
}

OperationAim aim_of(const StartRequest& request) {
  const SpecChanges& changes = request.changes;
  const bool more = request.secrets.any() || changes.image || changes.environment_variables ||
                    changes.git_repository || changes.labels || changes.zone;
  return {changes.cpu_cores.value_or(0), changes.memory_gb.value_or(0), changes.storage_gb.value_or(0),
          owner_digest(changes.user_id.value_or("")), more};
}

bool fits(const OperationAim& aim, const Facts& facts) {
  const auto same = [](int wanted, int shown) { return wanted == 0 || wanted == shown; };
  return same(aim.cpu_cores, facts.cpu_cores) && same(aim.memory_gb, facts.memory_gb) &&
         same(aim.storage_gb, facts.storage_gb) &&
         (aim.owner.empty() || aim.owner == owner_digest(facts.user_id));
}

}  // namespace dev8agent::internal::plan

namespace dev8agent {
inline namespace DEV8AGENT_ABI {

using namespace internal;

std::string_view to_string(OperationKind kind) {
  return plan::kKinds[static_cast<std::size_t>(kind)];
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent
