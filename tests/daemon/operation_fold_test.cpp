// Folded operations: nothing of a record is lost, and what is kept is small.
#include "operation_fold.h"

#include <doctest/doctest.h>

#include "dev8agent/wire.h"

using namespace dev8agent;
using namespace dev8agentd;
using namespace std::chrono_literals;

namespace {

const WallTime kNow{1'784'000'000'123ms};

Environment environment() {
  Environment e;
  e.user_id = "user-1", e.name = "My workspace", e.cpu_cores = 2, e.memory_gb = 4, e.storage_gb = 20;
  e.base_image = "node", e.id = "0b4f4c5e-3c1f-4f64-9d65-0d1f3a9c2b7e",
  e.status = EnvironmentStatus::kRunning;
  e.status_detail = "detail", e.cloud_provider = CloudProvider::kGcp, e.cloud_region = "eastus";
  e.azure_resource_group = "dev8-environments", e.azure_container_group = "aci-" + e.id;
  e.azure_file_share = "fs-" + e.id, e.azure_fqdn = "ws-" + e.id + ".eastus.azurecontainer.io";
  e.connection_urls = {"ssh://user@" + e.azure_fqdn + ":2222", "http://" + e.azure_fqdn + ":8080",
                       "vscode://vscode-remote/ssh-remote+user@" + e.azure_fqdn + ":2222/workspaces",
                       "http://" + e.azure_fqdn + ":9000"};
  e.created_at = kNow, e.updated_at = kNow + 1s;
  e.idle_stop_minutes = 30, e.last_activity_at = kNow + 2s, e.idle_stop_at = kNow + 30min;
  e.image = "registry.example.com/a:1", e.git_repository = "https://example.com/a.git";
  e.environment_variables = {{"A", "1"}, {"B", ""}}, e.labels = {{"team", "blue"}};
  e.zone = "2";
  return e;
}

OperationRecord record() {
  OperationId about{OperationKind::kCreate,
                    environment().id,
                    "eastus",
                    kNow,
                    {2, 4, 20, "0123456789abcdef", true},
                    "nonce"};
  OperationRecord made = begin_record("id." + std::string(120, 'x'), std::move(about));
  for (const Stage stage :
       {Stage::kLocating, Stage::kCreatingShare, Stage::kCreatingContainer, Stage::kProvisioning})
    note_progress(made, {stage, "a detail", 2, kNow + 5s}, kNow + 2s);
  return made;
}

Error error() {
  Error e = make_error(ErrorCode::kContainerFailed, "it failed");
  e.fields = {{"field", "rule"}};
  e.azure_status = 409, e.azure_code = "Code", e.azure_request_id = "request";
  e.retryable = true, e.retry_after = 7s, e.lasting = true, e.request_sent = true, e.attempts = 3,
  e.elapsed = -1ms;
  e.events = {{kNow, "Pulling", "pulls", 2}, {std::nullopt, "BackOff", "", 1}};
  e.log_tail = std::string("line\n\0\xff", 7);
  e.unresolved_host = "a.invalid";
  return e;
}

void check_same(const Error& left, const Error& right) {
  CHECK(left.code == right.code);
  CHECK(left.message == right.message);
  CHECK(left.fields == right.fields);
  CHECK(left.azure_status == right.azure_status);
  CHECK(left.azure_code == right.azure_code);
  CHECK(left.azure_request_id == right.azure_request_id);
  CHECK(left.retryable == right.retryable);
  CHECK(left.retry_after == right.retry_after);
  CHECK(left.lasting == right.lasting);
  CHECK(left.request_sent == right.request_sent);
  CHECK(left.attempts == right.attempts);
  CHECK(left.elapsed == right.elapsed);
  CHECK(left.events == right.events);
  CHECK(left.log_tail == right.log_tail);
  CHECK(left.unresolved_host == right.unresolved_host);
}

void check_same(const OperationRecord& left, const OperationRecord& right) {
  CHECK(left.id == right.id);
  CHECK(left.about == right.about);
  CHECK(left.status == right.status);
  CHECK(left.progress == right.progress);
  CHECK(left.stages == right.stages);
  CHECK(left.updated_at == right.updated_at);
  CHECK(left.environment == right.environment);
  REQUIRE(left.error.has_value() == right.error.has_value());
  if (left.error) check_same(*left.error, *right.error);
  CHECK(to_json(left) == to_json(right));
}

}  // namespace

TEST_CASE("a folded operation is the same afterwards") {
  OperationRecord succeeded = record();
  note_end(succeeded, nullptr, environment(), kNow + 3s);
  check_same(unfold(succeeded.id, fold(succeeded)), succeeded);
  OperationRecord failed = record();
  const Error why = error();
  note_end(failed, &why, std::nullopt, kNow + 3s);
  check_same(unfold(failed.id, fold(failed)), failed);
  check_same(unfold("", fold({})), {});
  check_same(unfold(record().id, fold(record())), record());
}

TEST_CASE("a folded create takes some 500 bytes, and tells its environment at once") {
  OperationRecord succeeded = record();
  Environment usual = environment();
  usual.environment_variables.clear(), usual.labels.clear(), usual.git_repository.reset();
  usual.zone.reset();
  note_end(succeeded, nullptr, usual, kNow + 3s);
  const std::string folded = fold(succeeded);
  CHECK(folded.size() < 600);
  CHECK(environment_of(folded) == environment().id);
  CHECK(environment_of(fold({})).empty());
}
