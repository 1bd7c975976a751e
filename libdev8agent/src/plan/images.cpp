// Names of images, and what registries tell of them.
#include "plan/images.h"

#include <algorithm>

#include "base/text.h"
#include "plan/verdicts.h"

namespace dev8agent::internal::plan {
namespace {

constexpr const char* kUnasked = "DEV8-NOT-CHECKED";

std::string subject_of(const WantedImage& image) {
  return "image:" + image.name;
}

bool has_credentials_for(const AgentSettings& settings, std::string_view registry) {
  const RegistryOptions& options = settings->registry;
  if (options.username.empty() && options.identity.empty()) return false;
  return registry_of(options.server + "/image") == registry;
}

}  // namespace

std::vector<WantedImage> wanted_images(const AgentSettings& settings, std::string_view registry) {
  const bool with_credentials = has_credentials_for(settings, registry);
  std::vector<WantedImage> wanted;
  for (const std::string& name : images_of(settings)) {
    if (registry_of(name) != registry) continue;
    const bool chosen =
        std::find(settings->images.begin(), settings->images.end(), name) != settings->images.end();
    const bool by_all = name == settings->image || !chosen;
    const bool known =
        std::any_of(wanted.begin(), wanted.end(), [&](const WantedImage& one) { return one.name == name; });
    if (!known) wanted.push_back({name, by_all, with_credentials});
  }
  return wanted;
}

std::string manifest_url(std::string_view image) {
  const std::string registry = registry_of(image);
  const std::string_view host = host_in(image);
  std::string_view rest = host.empty() ? image : image.substr(host.size() + 1);
  std::string_view reference = "latest";
  if (const auto digest = rest.find('@'); digest != rest.npos) {
    reference = rest.substr(digest + 1);
    rest = rest.substr(0, digest);
  }
  const auto last = rest.rfind('/');
  if (const auto tag = rest.find(':', last == rest.npos ? 0 : last); tag != rest.npos) {
    if (reference == "latest") reference = rest.substr(tag + 1);
    rest = rest.substr(0, tag);
  }
  const bool official = registry == "docker.io" && rest.find('/') == rest.npos;
  return registry_url(registry) + (official ? "library/" : "") + std::string(rest) + "/manifests/" +
         std::string(reference);
}

DiagnosisCheck judge_image(const WantedImage& image, const Result<int>& status) {
  if (!status.ok()) return not_checked(subject_of(image), status.error());
  if (*status == 200) return passed(subject_of(image));
  const std::string answer = "Its registry answers with status " + std::to_string(*status);
  if (*status == 401 || *status == 404) {
    return {subject_of(image), image.by_all ? Verdict::kFailed : Verdict::kWarning, "DEV8-IMAGE-NOT-FOUND",
            answer + ": it is not there, or not for those without credentials, and the settings have none."};
  }
  return {subject_of(image), Verdict::kUnknown, kUnasked, answer + "."};
}

DiagnosisCheck image_not_asked(const WantedImage& image) {
  return {subject_of(image), Verdict::kUnknown, kUnasked,
          "Registries are asked without credentials, and Azure pulls this image with some."};
}

}  // namespace dev8agent::internal::plan
