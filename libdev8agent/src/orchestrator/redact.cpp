// Redaction: finds every occurrence in the text as it came, then replaces them together.
#include "orchestrator/redact.h"

#include <algorithm>
#include <utility>

#include "base/secret_fields.h"

namespace dev8agent::internal {
namespace {

constexpr std::size_t kShortest = 4;  // shorter ones would tear ordinary words apart

}  // namespace

void Redactor::add(const Secret& secret) {
  if (secret.size() >= kShortest) secrets_.push_back(secret.copy());
}

void Redactor::add(const EnvironmentSecrets& secrets) {
  for_each_secret(secrets, [this](const SecretField&, const Secret& secret) { add(secret); });
}

std::string Redactor::clean(std::string text) const {
  // Secrets may overlap, so each is looked for in the text as it came.
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (const Secret& secret : secrets_) {
    for (auto at = text.find(secret.reveal()); at != text.npos; at = text.find(secret.reveal(), at + 1)) {
      found.emplace_back(at, at + secret.size());
    }
  }
  std::sort(found.begin(), found.end());
  std::string clean;
  std::size_t taken = 0;
  for (const auto& [begin, end] : found) {
    if (begin >= taken) {
      clean.append(text, taken, begin - taken);
      clean += "***";
    }
    taken = std::max(taken, end);
  }
  clean.append(text, taken);
  return clean;
}

}  // namespace dev8agent::internal
