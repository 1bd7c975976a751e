#include "orchestrator/redact.h"

namespace dev8agent {
namespace {

constexpr std::size_t kShortest = 4;  // shorter ones would tear ordinary words apart

}  // namespace

void Redactor::add(const Secret& secret) {
  if (secret.size() >= kShortest) secrets_.push_back(secret.copy());
}

void Redactor::add(const EnvironmentSecrets& secrets) {
  add(secrets.github_token);
  add(secrets.git_user_name);
  add(secrets.git_user_email);
  add(secrets.ssh_public_key);
  add(secrets.code_server_password);
  add(secrets.anthropic_api_key);
  add(secrets.openai_api_key);
  add(secrets.gemini_api_key);
}

std::string Redactor::clean(std::string text) const {
  for (const Secret& secret : secrets_) {
    for (auto at = text.find(secret.reveal()); at != text.npos; at = text.find(secret.reveal(), at + 3)) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

}  // namespace dev8agent
