// Scenarios: see scenarios.h. Codes and messages: Learn, "Troubleshoot common issues in Azure
// Container Instances", and recorded traffic.
#include "arm/scenarios.h"

#include "arm/rollout.h"
#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

void set(std::map<std::string, Deployment>& outcomes, std::string name, Deployment outcome) {
  if (name.empty()) outcomes.clear();
  outcomes[std::move(name)] = outcome;
}

Deployment get(const std::map<std::string, Deployment>& outcomes, const std::string& name) {
  auto found = outcomes.find(name);
  if (found == outcomes.end()) found = outcomes.find("");
  return found == outcomes.end() ? Deployment::kWorks : found->second;
}

}  // namespace

void Scenarios::set_location(std::string_view location, Deployment outcome) {
  set(locations_, lower(location), outcome);
}

void Scenarios::set_image(std::string_view image, Deployment outcome) {
  set(images_, std::string(image), outcome);
}

void Scenarios::set_core_quota(std::string_view location, int cores) {
  core_quotas_[lower(location)] = cores;
}

Deployment Scenarios::outcome(std::string_view location, const std::vector<std::string>& images) const {
  const Deployment here = get(locations_, lower(location));
  return here == Deployment::kWorks ? image_outcome(images) : here;
}

Deployment Scenarios::image_outcome(const std::vector<std::string>& images) const {
  for (const std::string& image : images) {
    if (const Deployment outcome = get(images_, image); outcome != Deployment::kWorks) return outcome;
  }
  return Deployment::kWorks;
}

int Scenarios::core_quota(std::string_view location, int otherwise) const {
  auto found = core_quotas_.find(lower(location));
  if (found == core_quotas_.end()) found = core_quotas_.find("");
  return found == core_quotas_.end() ? otherwise : found->second;
}

Refusal refusal_of(Deployment outcome, std::string_view group, const Definition& definition,
                   std::string_view location) {
  const std::string image = definition.images.front();
  switch (outcome) {
    case Deployment::kNoCapacitySync:
      return ArmError{409, "ServiceUnavailable", no_capacity_message(location)};
    case Deployment::kImageInaccessible:
      return ArmError{400, "InaccessibleImage",
                      "The image '" + image + "' in container group '" + std::string(group) +
                          "' is not accessible. Please check the image and registry credential."};
    case Deployment::kImageRateLimited:
      return ArmError{
          409, "RegistryErrorResponse",
          "An error response is received from the docker registry 'index.docker.io'. Please retry "
          "later."};
    case Deployment::kPolicyRefused:
      return ArmError{403, "RequestDisallowedByPolicy",
                      "Resource '" + std::string(group) + "' was disallowed by policy."};
    case Deployment::kDnsLabelTaken:
      return ArmError{409, "DnsNameLabelAlreadyTaken",
                      "The DNS name label '" + definition.dns_label + "' in container group '" +
                          std::string(group) + "' is not available. Try using a different label."};
    default:
      return std::nullopt;
  }
}

}  // namespace dev8agent::emulator
