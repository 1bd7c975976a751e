// Redactor: takes known secrets out of text that came from elsewhere, such as the log lines of a container
// that go into an error message. It knows the secrets that it was given and guesses nothing.
//
//   Redactor redactor;
//   redactor.add(*state->secrets);
//   error.message = printable(redactor.clean(std::move(text)), 2000);  // redact first, then cut
#pragma once

#include <string>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/secret.h"

namespace dev8agent::internal {

class Redactor {
 public:
  // Adds a copy of the secret. One of fewer than four bytes is ignored: replacing it would damage ordinary
  // words.
  void add(const Secret& secret);
  void add(const EnvironmentSecrets& secrets);
  // `text` with each occurrence of a secret replaced by "***". Occurrences that overlap are replaced together
  // by one "***". A secret that was cut or encoded on its way is not found.
  std::string clean(std::string text) const;

 private:
  std::vector<Secret> secrets_;
};

}  // namespace dev8agent::internal
