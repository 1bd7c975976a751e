// The images of workspaces: where their registries tell of them, and what the answers mean.
#include "plan/images.h"

#include <doctest/doctest.h>

#include "dev8agent/failure_guide.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

TEST_CASE("images: where a registry tells of one") {
  const struct {
    const char *image, *url;
  } kRows[] = {
      {"nginx", "https://registry-1.docker.io/v2/library/nginx/manifests/latest"},
      {"nginx:1.27", "https://registry-1.docker.io/v2/library/nginx/manifests/1.27"},
      {"team/image", "https://registry-1.docker.io/v2/team/image/manifests/latest"},
      {"index.docker.io/team/image:2", "https://registry-1.docker.io/v2/team/image/manifests/2"},
      {"docker.io/caddy:2-alpine", "https://registry-1.docker.io/v2/library/caddy/manifests/2-alpine"},
      {"caddy:2@sha256:5f5c", "https://registry-1.docker.io/v2/library/caddy/manifests/sha256:5f5c"},
      {"ghcr.io/a/b/c@sha256:00", "https://ghcr.io/v2/a/b/c/manifests/sha256:00"},
      {"acme.azurecr.io/dev:1", "https://acme.azurecr.io/v2/dev/manifests/1"},
      {"acme.example:5000/dev", "https://acme.example:5000/v2/dev/manifests/latest"},
      {"127.0.0.1:5000/dev:2", "http://127.0.0.1:5000/v2/dev/manifests/2"},
      {"localhost/dev:2", "http://localhost/v2/dev/manifests/2"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.image);
    CHECK(manifest_url(row.image) == row.url);
  }
}

TEST_CASE("images: those of one registry, each once, with who pulls them and how") {
  const auto wanted = [](const char* server, const char* registry) {
    const AgentSettings settings = sample_settings([&](AgentOptions& options) {
      options.image = "team/a:1";
      options.images = {"team/b", "team/a:1", "acme.azurecr.io/c"};
      options.registry.server = server;
      options.registry.username = "robot";
      options.registry.password = Secret("password");
      options.workspace_tls.mode = WorkspaceTlsMode::kAcme;
      options.workspace_tls.image = "docker.io/team/caddy";
    });
    std::string text;
    for (const WantedImage& image : wanted_images(settings, registry))
      text += image.name + (image.by_all ? "!" : "") + (image.has_credentials ? "* " : " ");
    return text;
  };
  CHECK(wanted("acme.azurecr.io", "docker.io") == "team/a:1! team/b docker.io/team/caddy! ");
  CHECK(wanted("acme.azurecr.io", "acme.azurecr.io") == "acme.azurecr.io/c* ");
  CHECK(wanted("index.docker.io", "docker.io") == "team/a:1!* team/b* docker.io/team/caddy!* ");
  CHECK(wanted("index.docker.io", "ghcr.io").empty());
}

TEST_CASE("images: what the answer of a registry means") {
  const WantedImage needed{"team/a", true, false};
  const WantedImage offered{"team/b", false, false};
  const struct {
    Result<int> status;
    Verdict needed, offered;
    const char* code;
  } kRows[] = {
      {200, Verdict::kPassed, Verdict::kPassed, ""},
      {401, Verdict::kFailed, Verdict::kWarning, "DEV8-IMAGE-NOT-FOUND"},
      {403, Verdict::kUnknown, Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {404, Verdict::kFailed, Verdict::kWarning, "DEV8-IMAGE-NOT-FOUND"},
      {429, Verdict::kUnknown, Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {500, Verdict::kUnknown, Verdict::kUnknown, "DEV8-NOT-CHECKED"},
      {make_error(ErrorCode::kTimeout, "silence"), Verdict::kUnknown, Verdict::kUnknown, "DEV8-NOT-CHECKED"},
  };
  for (const auto& row : kRows) {
    CAPTURE((row.status.ok() ? *row.status : 0));
    CHECK(judge_image(needed, row.status).verdict == row.needed);
    CHECK(judge_image(offered, row.status).verdict == row.offered);
    CHECK(judge_image(needed, row.status).code == row.code);
    CHECK(judge_image(needed, row.status).subject == "image:team/a");
  }
  CHECK(image_not_asked(needed).verdict == Verdict::kUnknown);
  CHECK(advice_for("DEV8-IMAGE-NOT-FOUND").code == "DEV8-IMAGE-NOT-FOUND");
}
