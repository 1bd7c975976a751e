// Operation ids: what is written is read back, and nothing else is.
#include <doctest/doctest.h>

#include "plan/signed_id.h"
#include "support/plan_samples.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::internal::plan;
using namespace dev8agent::test;

namespace {

Secret key() {
  return operation_key(secret("a secret that the replicas share"));
}

OperationId sample_id(OperationKind kind = OperationKind::kCreate) {
  return {kind, kSampleId, "eastus", kSampleNow, {2, 4, 20, "0123456789abcdef", false}, "cafe1"};
}

}  // namespace

TEST_CASE("operation id: every kind and shape is read as it was written") {
  for (const OperationKind kind :
       {OperationKind::kCreate, OperationKind::kStart, OperationKind::kStop, OperationKind::kDelete}) {
    OperationId id = sample_id(kind);
    CHECK(read_operation_id(write_operation_id(id, key()), key()) == id);
    id.cloud_region = "";
    id.aim = {0, 0, 0, "", true};
    CHECK(read_operation_id(write_operation_id(id, key()), key()) == id);
  }
}

TEST_CASE("operation id: it is one segment of a path as it stands") {
  const std::string text = write_operation_id(sample_id(), key());
  CHECK(text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
        std::string::npos);
}

TEST_CASE("operation id: one changed, missing or added character makes it a stranger") {
  const std::string text = write_operation_id(sample_id(), key());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'a' ? 'b' : 'a';
    CHECK_FALSE(read_operation_id(changed, key()));
    CHECK_FALSE(read_operation_id(text.substr(0, i), key()));
  }
  CHECK_FALSE(read_operation_id(text + "a", key()));
  CHECK_FALSE(read_operation_id("", key()));
  CHECK_FALSE(read_operation_id(".", key()));
}

TEST_CASE("operation id: another secret, or the secret without the derivation, does not make one") {
  const std::string text = write_operation_id(sample_id(), key());
  CHECK_FALSE(read_operation_id(text, operation_key(secret("another secret"))));
  CHECK_FALSE(read_operation_id(text, secret("a secret that the replicas share")));
}

TEST_CASE("operation id: the token differs by operation and region, and tells neither") {
  const std::string text = write_operation_id(sample_id(), key());
  const std::string token = operation_token(text, "eastus");
  CHECK(token.size() == 32);
  CHECK(token == operation_token(text, "eastus"));
  CHECK(token != operation_token(text, "westeurope"));
  OperationId other = sample_id();
  other.nonce = "cafe2";
  CHECK(token != operation_token(write_operation_id(other, key()), "eastus"));
}

TEST_CASE("operation id: what a create or start asks for is compared with what is there") {
  CreateRequest create;
  create.id = kSampleId;
  create.spec.user_id = "user-1";
  create.spec.cpu_cores = 2;
  create.spec.memory_gb = 4;
  create.spec.storage_gb = 20;
  CHECK(fits(aim_of(create), sample_facts()));
  create.spec.memory_gb = 8;
  CHECK_FALSE(fits(aim_of(create), sample_facts()));
  create.spec.memory_gb = 4;
  create.spec.user_id = "user-2";
  CHECK_FALSE(fits(aim_of(create), sample_facts()));

  StartRequest start;
  start.id = kSampleId;
  CHECK(fits(aim_of(start), sample_facts()));
  start.changes.cpu_cores = 4;
  CHECK_FALSE(fits(aim_of(start), sample_facts()));
  CHECK_FALSE(aim_of(start).asks_more);
  start.secrets.github_token = secret("token");
  CHECK(aim_of(start).asks_more);
  // What no id has a place for: only the operation's own token then tells that it has succeeded.
  StartRequest labelled;
  labelled.changes.labels = NamedTexts{};
  CHECK(aim_of(labelled).asks_more);
  CreateRequest other;
  other.spec.name = "Mine";
  CHECK_FALSE(aim_of(other).asks_more);
  other.spec.git_repository = "https://example.com/a.git";
  CHECK(aim_of(other).asks_more);
  CreateRequest zonal;
  zonal.spec.zone = "1";
  CHECK(aim_of(zonal).asks_more);
  StartRequest moved;
  moved.changes.zone = "1";
  CHECK(aim_of(moved).asks_more);
}
