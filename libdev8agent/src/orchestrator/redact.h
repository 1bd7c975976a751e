// Redactor: takes known secrets out of text that came from elsewhere.
#pragma once

#include <string>
#include <vector>

#include "dev8agent/environment.h"
#include "dev8agent/secret.h"

namespace dev8agent::internal {

class Redactor {
 public:
  void add(const Secret& secret);
  void add(const EnvironmentSecrets& secrets);
  // `text` with each occurrence of a secret of four or more bytes replaced by "***", overlapping
  // ones by a single one.
  std::string clean(std::string text) const;

 private:
  std::vector<Secret> secrets_;
};

}  // namespace dev8agent::internal
