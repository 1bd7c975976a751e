// diagnose(): registries, and the images that they show.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/diagnosis_bench.h"
#include "support/tap.h"
#include "support/two_regions.h"

using namespace dev8agent;
using namespace dev8agent::test;

TEST_CASE("doctor: registries are asked once each, without credentials") {
  World world(with_soft_delete());
  auto asked = std::make_shared<std::vector<std::string>>();
  AgentTweaks tweaks = tapped(
      world,
      [asked](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        if (request.label != "registry.ask") return false;
        asked->push_back(request.url);
        for (const HttpHeader& header : request.headers) CHECK(header.name != "Authorization");
        tap.answer(done, request.url.find("acme") == std::string::npos ? 401 : 503, "");
        return true;
      },
      both_regions());
  tweaks.adjust = [](AgentOptions& options) {
    options.image = "team/a";
    options.images = {"team/b", "acme.azurecr.io/c", "acme.azurecr.io/d"};
  };
  auto agent = world.agent(std::move(tweaks));
  const Diagnosis diagnosis = diagnose(world, *agent, {});
  CHECK(check_of(diagnosis, "registry:docker.io").verdict == Verdict::kPassed);
  CHECK(check_of(diagnosis, "registry:acme.azurecr.io").code == "DEV8-REGISTRY-UNREACHABLE");
  std::sort(asked->begin(), asked->end());
  CHECK(*asked ==
        std::vector<std::string>{"https://acme.azurecr.io/v2/", "https://registry-1.docker.io/v2/"});
}

namespace {

// Answers in the place of a registry with tokens for everybody, which has these images.
class Registry {
 public:
  explicit Registry(std::vector<std::string> manifests) : manifests_(std::move(manifests)) {}

  bool answer(Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
    if (!request.label.starts_with("registry.")) return false;
    const auto authorization = find_header(request.headers, "Authorization");
    if (request.label == "registry.ask") {
      tap.answer(done, 401, "");
    } else if (request.label == "registry.token") {
      tokens.push_back(request.url);
      CHECK_FALSE(authorization);
      tap.answer(done, HttpResponse{token_status, {}, R"({"token":"for-all"})"});
    } else if (!authorization) {
      CHECK(request.method == "HEAD");
      const std::string offer =
          R"(Bearer realm="https://auth.example/token",service="hub",scope="repository:a:pull")";
      tap.answer(done, HttpResponse{401, {{"WWW-Authenticate", offer}}, ""});
    } else {
      CHECK(*authorization == "Bearer for-all");
      const bool has_it = std::find(manifests_.begin(), manifests_.end(), request.url) != manifests_.end();
      tap.answer(done, HttpResponse{has_it ? 200 : 404, {}, ""});
    }
    return true;
  }

  std::vector<std::string> tokens;
  int token_status = 200;

 private:
  std::vector<std::string> manifests_;
};

AgentTweaks with_registry(World& world, const std::shared_ptr<Registry>& registry,
                          std::function<void(AgentOptions&)> adjust) {
  AgentTweaks tweaks = tapped(
      world,
      [registry](Tap& tap, const HttpRequest& request, const Transport::Completion& done) {
        return registry->answer(tap, request, done);
      },
      both_regions());
  tweaks.adjust = std::move(adjust);
  return tweaks;
}

}  // namespace

TEST_CASE("doctor: an image that its registry does not show to everybody is told") {
  World world(with_soft_delete());
  const auto registry = std::make_shared<Registry>(
      std::vector<std::string>{"https://registry-1.docker.io/v2/library/nginx/manifests/1.27"});
  auto agent = world.agent(with_registry(world, registry, [](AgentOptions& options) {
    options.image = "nginx:1.27";
    options.images = {"nginx:1.72", "acme.azurecr.io/dev"};
    options.registry.server = "acme.azurecr.io";
    options.registry.username = "robot";
    options.registry.password = Secret("password");
  }));
  const Diagnosis diagnosis = diagnose(world, *agent, {});
  CHECK(diagnosis.healthy());
  CHECK(check_of(diagnosis, "image:nginx:1.27").verdict == Verdict::kPassed);
  const DiagnosisCheck& mistyped = check_of(diagnosis, "image:nginx:1.72");
  CHECK(mistyped.verdict == Verdict::kWarning);  // creates without an image of their own work
  CHECK(mistyped.code == "DEV8-IMAGE-NOT-FOUND");
  CHECK(mistyped.detail.find("status 404") != std::string::npos);
  CHECK(check_of(diagnosis, "image:acme.azurecr.io/dev").verdict == Verdict::kUnknown);
  CHECK(registry->tokens ==
        std::vector<std::string>(2, "https://auth.example/token?service=hub&scope=repository%3Aa%3Apull"));
}

TEST_CASE("doctor: creates fail without the image that all of them pull") {
  World world(with_soft_delete());
  const auto registry = std::make_shared<Registry>(std::vector<std::string>{});
  auto agent =
      world.agent(with_registry(world, registry, [](AgentOptions& options) { options.image = "team/gone"; }));
  const Diagnosis diagnosis = diagnose(world, *agent, {});
  CHECK_FALSE(diagnosis.healthy());
  CHECK(check_of(diagnosis, "image:team/gone").verdict == Verdict::kFailed);
}

TEST_CASE("doctor: an image about which the registry says nothing is unknown") {
  for (const int status : {429, 503}) {
    CAPTURE(status);
    World world(with_soft_delete());
    const auto registry = std::make_shared<Registry>(std::vector<std::string>{});
    registry->token_status = status;
    auto agent =
        world.agent(with_registry(world, registry, [](AgentOptions& options) { options.image = "team/a"; }));
    const Diagnosis diagnosis = diagnose(world, *agent, {});
    CHECK(diagnosis.healthy());
    CHECK(check_of(diagnosis, "image:team/a").verdict == Verdict::kUnknown);
    CHECK(check_of(diagnosis, "image:team/a").code == "DEV8-NOT-CHECKED");
  }
}
