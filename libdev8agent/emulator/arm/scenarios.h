// What a test or a user asked of the emulated cloud: outcomes per location and image, quotas.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "arm/definition.h"
#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

class Scenarios {
 public:
  // An empty name means all, and replaces what was set for single ones.
  void set_location(std::string_view location, Deployment outcome);
  void set_image(std::string_view image, Deployment outcome);
  void set_core_quota(std::string_view location, int cores);

  // The location's outcome, or else that of the first image with one.
  Deployment outcome(std::string_view location, const std::vector<std::string>& images) const;
  Deployment image_outcome(const std::vector<std::string>& images) const;
  int core_quota(std::string_view location, int otherwise) const;

 private:
  std::map<std::string, Deployment> locations_;
  std::map<std::string, Deployment> images_;
  std::map<std::string, int> core_quotas_;
};

// The refusal of an outcome that Azure reports at once, or nothing for those it accepts.
Refusal refusal_of(Deployment outcome, std::string_view group, const Definition& definition,
                   std::string_view location);

}  // namespace dev8agent::emulator
