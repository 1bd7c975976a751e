// What a test or a user asked of the emulated cloud: how deployments turn out for each location and
// image, how long they take, and core quotas. Emulator::set_location(), set_image(),
// set_provisioning_time() and set_core_quota() end here.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "arm/definition.h"
#include "dev8agent/emulator.h"

namespace dev8agent::emulator {

// Without any scenario everything works. Not thread-safe: the emulator calls it under its mutex.
// Locations are compared without regard to case, images exactly. A change counts for deployments
// that are accepted later.
class Scenarios {
 public:
  // An empty name means all, and replaces what was set for single ones. A single one set later goes
  // before it.
  void set_location(std::string_view location, Deployment outcome);
  void set_image(std::string_view image, Deployment outcome);
  // An empty name means all that have no quota of their own.
  void set_core_quota(std::string_view location, int cores);
  void set_provisioning_time(std::chrono::milliseconds time) { provisioning_time_ = time; }

  // The location's outcome; when that is kWorks, that of the first image whose outcome is not
  // kWorks.
  Deployment outcome(std::string_view location, const std::vector<std::string>& images) const;
  // The images alone, for restarts: they need no capacity.
  Deployment image_outcome(const std::vector<std::string>& images) const;
  // `otherwise` when nothing was set for the location.
  int core_quota(std::string_view location, int otherwise) const;
  std::chrono::milliseconds provisioning_time(std::chrono::milliseconds otherwise) const {
    return provisioning_time_.value_or(otherwise);
  }

 private:
  std::map<std::string, Deployment> locations_;
  std::map<std::string, Deployment> images_;
  std::map<std::string, int> core_quotas_;
  std::optional<std::chrono::milliseconds> provisioning_time_;
};

// The refusal of an outcome that Azure reports at once, or nothing for those that it accepts. Codes
// and messages: Learn, "Troubleshoot common issues in Azure Container Instances", and recorded
// traffic.
Refusal refusal_of(Deployment outcome, std::string_view group, const Definition& definition,
                   std::string_view location);

}  // namespace dev8agent::emulator
