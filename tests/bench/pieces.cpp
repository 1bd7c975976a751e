// Each piece checks its result: a piece that fails early would look fast.
#include "bench/pieces.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "azure/container_group_json.h"
#include "azure/shared_key.h"
#include "dev8agent/wire.h"
#include "orchestrator/redact.h"
#include "plan/group_spec.h"
#include "support/arm_bench.h"
#include "support/plan_samples.h"
#include "support/wire_samples.h"
#include "support/world.h"

namespace dev8agent::test {
namespace {

void require(bool good, const char* piece) {
  if (good) return;
  std::fprintf(stderr, "the piece %s failed\n", piece);
  std::exit(1);
}

Piece parse_and_validate() {
  return {"parse_and_validate",
          [settings = sample_settings()] { require(parse_create(kCreateBody, settings).ok(), "parse"); }};
}

Piece group_body() {
  return {"group_body", [settings = sample_settings()] {
            EnvironmentSecrets secrets;
            secrets.code_server_password = secret("password-of-the-editor");
            secrets.github_token = secret("token-of-github");
            const auto spec =
                plan::group_spec(sample_facts(), plan::to_tags(sample_facts(), kSampleToken), secrets,
                                 secret("activity"), secret("c2VjcmV0"), settings->regions.front(), settings);
            require(azure::write_container_group(spec).size() > 1000, "group_body");
          }};
}

Piece shared_key() {
  HttpRequest request;
  request.method = "PUT";
  request.url = "https://dev8files.file.core.windows.net/fs-workspace-0001?restype=share";
  request.headers = {{"x-ms-date", "Thu, 15 Jan 2026 08:30:00 GMT"},
                     {"x-ms-version", "2025-07-05"},
                     {"x-ms-share-quota", "25"},
                     {"x-ms-meta-dev8_name", "My workspace"}};
  return {"shared_key", [request] {
            require(azure::shared_key_authorization(request, "dev8files", "c2VjcmV0").has_value(),
                    "shared_key");
          }};
}

Piece token_hit() {
  const auto bench = std::make_shared<ArmBench>();
  const auto get = [bench] {
    return bench->run(bench->tokens.get(bench->make_call(), kArm + "/.default")).ok();
  };
  require(get(), "token_hit");
  return {"token_hit", [get] { require(get(), "token_hit"); }};
}

Piece redaction() {
  const auto redactor = std::make_shared<Redactor>();
  for (const char* text : {"ghp_0123456789", "sk-ant-0123456789", "a-password"}) redactor->add(secret(text));
  std::string log;
  for (int i = 0; i < 40; ++i) log += "a line of a container's log, with ghp_0123456789 in it\n";
  return {"redaction",
          [redactor, log] { require(redactor->clean(log).find("ghp_") == std::string::npos, "redaction"); }};
}

// A create from request to running, Azure's part included: the emulator answers in the same thread. The
// environment is deleted again, so that each run finds the same.
Piece simulated_create() {
  const auto world = std::make_shared<World>();
  const std::shared_ptr<EnvironmentOrchestrator> agent = world->agent();
  return {"simulated_create", [world, agent] {
            require(world->finish(agent->create(create_request(kSampleId))).ok(), "create");
            require(world->finish(agent->remove({.id = kSampleId, .force = true})).ok(), "delete");
          }};
}

}  // namespace

std::vector<Piece> hot_pieces() {
  return {parse_and_validate(), group_body(), shared_key(), token_hit(), redaction(), simulated_create()};
}

}  // namespace dev8agent::test
