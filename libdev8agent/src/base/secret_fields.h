// The one list of an environment's secrets: their names on the wire and in the container. Copying, checking,
// reading, redacting and comparing secrets all go by it, so that none is forgotten in one of these places.
//
// A new secret is a member of EnvironmentSecrets and a row here; a member without a row does not compile. In
// the container each is an environment variable with `secureValue`, which Azure stores and never returns (API
// description of Microsoft.ContainerInstance, EnvironmentVariable).
//
//   for_each_secret(secrets, [&](const SecretField& field, const Secret& secret) {
//     if (!secret.empty()) variables.emplace_back(field.variable, secret.copy());
//   });
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "dev8agent/environment.h"

namespace dev8agent::internal {

// One row of the list.
struct SecretField {
  const char* wire_name;  // in REST bodies and in field errors
  const char* variable;   // in the container
  Secret EnvironmentSecrets::*member;
};

// The order is that of the container's variables. Rows do not depend on each other.
inline constexpr std::array kSecretFields = {
    SecretField{"githubToken", "GITHUB_TOKEN", &EnvironmentSecrets::github_token},
    SecretField{"gitUserName", "GIT_USER_NAME", &EnvironmentSecrets::git_user_name},
    SecretField{"gitUserEmail", "GIT_USER_EMAIL", &EnvironmentSecrets::git_user_email},
    SecretField{"sshPublicKey", "SSH_PUBLIC_KEY", &EnvironmentSecrets::ssh_public_key},
    SecretField{"codeServerPassword", "CODE_SERVER_PASSWORD", &EnvironmentSecrets::code_server_password},
    SecretField{"anthropicApiKey", "ANTHROPIC_API_KEY", &EnvironmentSecrets::anthropic_api_key},
    SecretField{"openaiApiKey", "OPENAI_API_KEY", &EnvironmentSecrets::openai_api_key},
    SecretField{"geminiApiKey", "GEMINI_API_KEY", &EnvironmentSecrets::gemini_api_key},
};
static_assert(sizeof(EnvironmentSecrets) ==
                  kSecretFields.size() * sizeof(Secret) + sizeof(EnvironmentSecrets::variables),
              "a secret is not listed");

// Calls `visit(field, secret)` for every secret of `secrets`, set or not, in the order of the list, and then
// for EnvironmentSecrets::variables: `field` names these as the wire and the container do, has no member, and
// is valid during the call. `Secrets` is EnvironmentSecrets, const or not; with one that is not const the
// visitor may set the secret.
template <class Secrets, class Visitor>
void for_each_secret(Secrets& secrets, Visitor&& visit) {
  for (const SecretField& field : kSecretFields) visit(field, secrets.*field.member);
  for (auto& [name, secret] : secrets.variables) {
    const std::string wire_name = "secretVariables." + name;
    visit(SecretField{wire_name.c_str(), name.c_str(), nullptr}, secret);
  }
}

}  // namespace dev8agent::internal
