// Whether the images of workspaces can be pulled, for the diagnosis. Pure.
//
//   for (const WantedImage& image : wanted_images(settings, "ghcr.io")) {
//     checks.push_back(judge_image(image, co_await registry.manifest(call, manifest_url(image.name))));
//   }
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/diagnosis.h"
#include "dev8agent/options.h"
#include "dev8agent/result.h"

namespace dev8agent::internal::plan {

// An image that container groups pull with the settings.
struct WantedImage {
  std::string name;
  // Every create pulls it; else those alone that name it.
  bool by_all = false;
  // Azure pulls it with credentials of the settings, which nobody else uses.
  bool has_credentials = false;
};

// Those of one registry, each once.
std::vector<WantedImage> wanted_images(const AgentSettings& settings, std::string_view registry);

// Where the registry tells of the image, by the OCI distribution specification ("end-2"). Docker Hub has
// images without a namespace under "library/".
std::string manifest_url(std::string_view image);

// `status` is that of the answer to somebody without credentials. Registries answer 401 or 404 to those who
// may not see an image, whether it is there or not. A 403 may be about this machine or its network, from
// where Azure does not pull.
DiagnosisCheck judge_image(const WantedImage& image, const Result<int>& status);
// An image that nobody has asked for, because Azure pulls it with credentials.
DiagnosisCheck image_not_asked(const WantedImage& image);

}  // namespace dev8agent::internal::plan
