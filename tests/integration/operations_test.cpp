// Asynchronous operations over loopback: accepted at once, followed, cancelled, and told exactly once.
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <set>

#include "stack.h"

namespace {

const std::string kAll = "/api/v1/environments";
const std::string kOperations = "/api/v1/operations";
const std::string kId = "workspace-0001";
const std::string kOne = kAll + "/" + kId;
const RestClient::Headers kAsync = {"Prefer: respond-async"};

dev8agent::emulator::EmulatorOptions slow(std::chrono::milliseconds provisioning) {
  auto options = TestAzure::quick();
  options.provisioning_time = provisioning;
  return options;
}

std::string operation_path(const Answer& accepted) {
  CHECK(accepted.status == 202);
  return accepted.header("Operation-Location");
}

std::string status_of(const Answer& answer) {
  return answer.text({"data", "operation", "status"});
}

// Follows an operation to its end with ?wait, as a caller does.
Answer follow(const RestClient& client, const std::string& path) {
  Answer answer;
  for (int i = 0; i < 1000; ++i) {
    answer = client.get(path + "?wait=60");
    if (answer.status != 200 || status_of(answer) != "RUNNING") break;
  }
  return answer;
}

std::string password_in(const Answer& answer) {
  return answer.text({"data", "operation", "environment", "connectionUrls", "codeServerPassword"});
}

std::size_t listed(const Answer& answer) {
  std::size_t count = 0;
  for (auto at = answer.body.find("\"environmentId\""); at != std::string::npos;
       at = answer.body.find("\"environmentId\"", at + 1))
    ++count;
  return count;
}

}  // namespace

TEST_CASE("async create: 202 with everything to follow it, then its success with the password, once") {
  Stack stack({}, TestAzure::held());
  const Answer accepted = stack.client.post(kAll, create_body(kId), kAsync);
  CHECK(accepted.status == 202);
  CHECK(accepted.header("Location") == kOne);
  CHECK(accepted.header("Retry-After") == "2");
  CHECK(accepted.header("Preference-Applied") == "respond-async");
  CHECK(status_of(accepted) == "RUNNING");
  CHECK(accepted.text({"data", "operation", "kind"}) == "create");
  CHECK(accepted.text({"data", "operation", "environmentId"}) == kId);
  CHECK(accepted.text({"data", "operation", "cloudRegion"}) == "eastus");
  const std::string path = operation_path(accepted);
  CHECK(path == kOperations + "/" + accepted.text({"data", "operation", "id"}));
  CHECK(stack.client.send("HEAD", path).status == 200);

  stack.azure.come_up();
  const Answer ended = follow(stack.client, path);
  CHECK(status_of(ended) == "SUCCEEDED");
  CHECK(ended.header("Retry-After").empty());
  CHECK(ended.text({"data", "operation", "stage"}) == "done");
  CHECK(ended.text({"data", "operation", "environment", "status"}) == "RUNNING");
  CHECK(password_in(ended).size() >= 24);
  CHECK(ended.body.find(R"("name":"queued")") != std::string::npos);
  CHECK(ended.body.find(R"("name":"provisioning")") != std::string::npos);
  CHECK(password_in(stack.client.get(path)).empty());
  CHECK(stack.client.get(kOperations).body.find("codeServerPassword") == std::string::npos);
}

TEST_CASE("a HEAD and a list do not use the password up") {
  Stack stack(Variables{{"RATE_LIMIT_BURST", "100000"}});
  const std::string path = operation_path(stack.client.post(kAll, create_body(kId), kAsync));
  CHECK(eventually([&] {
    return stack.client.get(kOperations + "?status=SUCCEEDED").body.find(kId) != std::string::npos;
  }));
  CHECK(stack.client.send("HEAD", path).status == 200);
  CHECK_FALSE(password_in(stack.client.get(path)).empty());
}

TEST_CASE("async stop, start and delete") {
  Stack stack;
  REQUIRE(stack.client.post(kAll, create_body(kId)).status == 201);
  const Answer stopped = follow(stack.client, operation_path(stack.client.post(kOne + "/stop", "", kAsync)));
  CHECK(status_of(stopped) == "SUCCEEDED");
  CHECK(stopped.text({"data", "operation", "environment", "status"}) == "STOPPED");
  const Answer started = follow(stack.client, operation_path(stack.client.post(kOne + "/start", "", kAsync)));
  CHECK(status_of(started) == "SUCCEEDED");
  CHECK(started.text({"data", "operation", "kind"}) == "start");
  const Answer refused = follow(stack.client, operation_path(stack.client.remove(kOne, "", kAsync)));
  CHECK(status_of(refused) == "FAILED");
  CHECK(refused.text({"data", "operation", "error", "reason"}) == "CONFLICT");
  CHECK(refused.text({"data", "operation", "error", "code"}) == "ERR_409");
  const Answer gone =
      follow(stack.client, operation_path(stack.client.remove(kOne + "?force=true", "", kAsync)));
  CHECK(status_of(gone) == "SUCCEEDED");
  CHECK(gone.body.find(R"("environment":null)") != std::string::npos);
  CHECK(stack.client.get(kOne).status == 404);
}

TEST_CASE("validation comes before 202, and nothing is left of what it refused") {
  Stack stack;
  CHECK(stack.client.post(kAll, "{}", kAsync).status == 400);
  CHECK(stack.client.post(kAll, create_body(kId, R"(,"cloudProvider":"AWS")"), kAsync).status == 501);
  CHECK(stack.client.post(kAll + "/Bad_Id/stop", "", kAsync).status == 400);
  CHECK(listed(stack.client.get(kOperations)) == 0);
}

TEST_CASE("a create that makes the id itself tells it in the 202") {
  Stack stack;
  std::string body = create_body(kId);
  body.replace(body.find("\"workspaceId\":\"" + kId + "\","), kId.size() + 17, "");
  const Answer accepted = stack.client.post(kAll, body, kAsync);
  const std::string id = accepted.text({"data", "operation", "environmentId"});
  CHECK(id.size() == 36);
  CHECK(accepted.header("Location") == kAll + "/" + id);
  CHECK(status_of(follow(stack.client, operation_path(accepted))) == "SUCCEEDED");
  CHECK(stack.client.get(kAll + "/" + id).status == 200);
}

TEST_CASE("respond-async with wait: the outcome as the synchronous call gives it, else 202") {
  Stack stack;
  const RestClient::Headers patient = {"Prefer: respond-async, wait=60"};
  const Answer created = stack.client.post(kAll, create_body(kId), patient);
  CHECK(created.status == 201);
  CHECK_FALSE(created.text({"data", "environment", "connectionUrls", "codeServerPassword"}).empty());
  CHECK(stack.client.post(kAll, create_body(kId), patient).status == 200);
  CHECK(stack.client.remove(kOne, "", patient).status == 409);
  CHECK(stack.client.post(kAll + "/workspace-0002/stop", "", patient).status == 404);

  Stack slower({}, slow(std::chrono::hours(1)));
  const Answer late = slower.client.post(kAll, create_body(kId), {"Prefer: respond-async, wait=1"});
  CHECK(late.status == 202);
  CHECK(status_of(late) == "RUNNING");
}

TEST_CASE("a synchronous caller's password is not told to somebody else, and only once") {
  Stack stack(Variables{{"RATE_LIMIT_BURST", "100000"}}, TestAzure::held());
  auto call = std::async(std::launch::async, [&] { return stack.client.post(kAll, create_body(kId)); });
  Answer list;
  CHECK(eventually([&] { return listed(list = stack.client.get(kOperations)) == 1; }));
  const auto begin = list.body.find("\"id\":\"") + 6;
  const std::string path = kOperations + "/" + list.body.substr(begin, list.body.find('"', begin) - begin);
  stack.azure.come_up();
  const Answer ended = follow(stack.client, path);
  const Answer created = call.get();
  CHECK(status_of(ended) == "SUCCEEDED");
  CHECK(password_in(ended).empty());
  CHECK_FALSE(created.text({"data", "environment", "connectionUrls", "codeServerPassword"}).empty());
  CHECK(password_in(stack.client.get(path)).empty());
}

TEST_CASE("a synchronous caller who gets 504 follows the operation and gets the password there") {
  Stack stack(Variables{{"REQUEST_TIMEOUT_SECONDS", "1"}}, TestAzure::held());
  const Answer late = stack.client.post(kAll, create_body(kId));
  CHECK(late.status == 504);
  const std::string path = late.header("Operation-Location");
  CHECK(path == kOperations + "/" + late.text({"operationId"}));
  stack.azure.come_up();
  const Answer ended = follow(stack.client, path);
  CHECK(status_of(ended) == "SUCCEEDED");
  CHECK_FALSE(password_in(ended).empty());
}

TEST_CASE("ETag and If-None-Match: 304 while nothing changes, at once when something has") {
  Stack stack({}, slow(std::chrono::hours(1)));
  const std::string path = operation_path(stack.client.post(kAll, create_body(kId), kAsync));
  REQUIRE(eventually([&] {
    return stack.client.get(path).text({"data", "operation", "stage"}) == "provisioning";
  }));
  Answer shown;
  Answer same;
  // Azure's first events may still come.
  CHECK(eventually([&] {
    shown = stack.client.get(path);
    const RestClient::Headers unless_changed = {"If-None-Match: " + shown.header("ETag")};
    same = stack.client.get(path, unless_changed);
    return stack.client.get(path + "?wait=1", unless_changed).status == 304;
  }));
  CHECK(shown.header("Retry-After") == "2");
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(same.header("ETag") == shown.header("ETag"));
  CHECK(same.header("Content-Length").empty());
  CHECK(stack.client.get(path + "?wait=60", {"If-None-Match: \"older\""}).status == 200);
  CHECK(stack.client.get(path + "?wait=1").status == 200);
}

TEST_CASE("a waiting GET is woken by the end") {
  Stack stack({}, TestAzure::held());
  const std::string path = operation_path(stack.client.post(kAll, create_body(kId), kAsync));
  std::vector<std::future<Answer>> waiting;
  for (int i = 0; i < 20; ++i)
    waiting.push_back(std::async(std::launch::async, [&] { return follow(stack.client, path); }));
  // All of them wait, beside the request for the metrics.
  CHECK(eventually([&] {
    return stack.client.get("/metrics").body.find("dev8_http_requests_in_flight 21") != std::string::npos;
  }));
  stack.azure.come_up();
  int told = 0;
  for (auto& call : waiting) {
    const Answer answer = call.get();
    CHECK(status_of(answer) == "SUCCEEDED");
    told += password_in(answer).empty() ? 0 : 1;
  }
  CHECK(told == 1);
}

TEST_CASE("bad parameters and unknown ids") {
  Stack stack;
  const std::string path = operation_path(stack.client.post(kAll, create_body(kId), kAsync));
  for (const char* wait : {"61", "-1", "1.5", "x", "", "1s", "99999999999"}) {
    CAPTURE(wait);
    const Answer answer = stack.client.get(path + "?wait=" + wait);
    CHECK(answer.status == 400);
    CHECK(answer.bad_fields() == std::vector<std::string>{"wait"});
  }
  CHECK(stack.client.get(kOperations + "?status=DONE").bad_fields() == std::vector<std::string>{"status"});
  CHECK(stack.client.get(kOperations + "?status=").status == 400);
  for (const std::string& unknown : {path + "x", path.substr(0, path.size() - 1), kOperations + "/forged"}) {
    CHECK(stack.client.get(unknown).status == 404);
    CHECK(stack.client.get(unknown + "?wait=1").status == 404);
    CHECK(stack.client.post(unknown + "/cancel").status == 404);
  }
}

TEST_CASE("the list: newest first, by environment and by status") {
  Stack stack;
  follow(stack.client, operation_path(stack.client.post(kAll, create_body(kId), kAsync)));
  REQUIRE(stack.client.post(kOne + "/stop").status == 200);
  CHECK(stack.client.post(kAll + "/workspace-0002/stop").status == 404);
  const Answer all = stack.client.get(kOperations);
  CHECK(listed(all) == 3);
  CHECK(all.body.find("workspace-0002") < all.body.find(kId));
  CHECK(listed(stack.client.get(kOperations + "?environmentId=" + kId)) == 2);
  CHECK(listed(stack.client.get(kOperations + "?status=FAILED")) == 1);
  CHECK(listed(stack.client.get(kOperations + "?status=SUCCEEDED&environmentId=" + kId)) == 2);
  CHECK(listed(stack.client.get(kOperations + "?status=CANCELLED")) == 0);
  const Answer page = stack.client.get(kOperations + "?pageSize=2");
  CHECK(listed(page) == 2);
  const std::string rest = kOperations + "?cursor=" + page.text({"data", "nextCursor"});
  CHECK(listed(stack.client.get(rest)) == 1);
  CHECK(stack.client.get(rest).text({"data", "nextCursor"}).empty());
  for (const char* size : {"0", "1001", "x", ""}) {
    CAPTURE(size);
    CHECK(stack.client.get(kOperations + "?pageSize=" + size).bad_fields() ==
          std::vector<std::string>{"pageSize"});
  }
  CHECK(stack.client.get(kOperations + "?cursor=x").bad_fields() == std::vector<std::string>{"cursor"});
}

TEST_CASE("cancel: a create rolls back and ends CANCELLED") {
  Stack stack({}, slow(std::chrono::hours(1)));
  const std::string path = operation_path(stack.client.post(kAll, create_body(kId), kAsync));
  REQUIRE(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  const Answer cancelling = stack.client.post(path + "/cancel");
  CHECK(cancelling.status == 202);
  CHECK(cancelling.header("Operation-Location") == path);
  const Answer ended = follow(stack.client, path);
  CHECK(status_of(ended) == "CANCELLED");
  CHECK(ended.body.find(R"("name":"rolling-back")") != std::string::npos);
  CHECK(ended.body.find(R"("error":null)") != std::string::npos);
  CHECK(stack.azure.emulator().groups().empty());
  const Answer again = stack.client.post(path + "/cancel");
  CHECK(again.status == 409);
  CHECK(again.text({"message"}).find("CANCELLED") != std::string::npos);
}

TEST_CASE("cancel: a stop, and a synchronous create's caller") {
  auto options = TestAzure::quick();
  options.provisioning_time = std::chrono::hours(1);
  Stack stack({}, options);
  auto call = std::async(std::launch::async, [&] { return stack.client.post(kAll, create_body(kId)); });
  REQUIRE(eventually([&] { return !stack.azure.emulator().groups().empty(); }));
  const std::string stop = operation_path(stack.client.post(kOne + "/stop", "", kAsync));
  const Answer refused = stack.client.post(stop + "/cancel");
  CHECK(refused.status == 409);
  CHECK(refused.text({"message"}).find("cannot be cancelled") != std::string::npos);
  const Answer list = stack.client.get(kOperations + "?status=RUNNING");
  const auto begin = list.body.find("\"id\":\"create.") + 6;
  const std::string create = list.body.substr(begin, list.body.find('"', begin) - begin);
  CHECK(stack.client.post(kOperations + "/" + create + "/cancel").status == 202);
  CHECK(call.get().text({"reason"}) == "CANCELLED");
}

TEST_CASE("two hundred asynchronous creates at once: every one is accepted and ends") {
  auto options = slow(std::chrono::milliseconds(500));
  options.group_quota = options.core_quota = options.creates_per_5_minutes = options.creates_per_hour = 1000;
  Stack stack(Variables{{"RATE_LIMIT_BURST", "100000"}}, options);
  std::vector<std::future<std::string>> calls;
  for (int i = 0; i < 200; ++i) {
    calls.push_back(std::async(std::launch::async, [&, i] {
      const std::string id = "workspace-" + std::to_string(1000 + i);
      return operation_path(stack.client.post(kAll, create_body(id), kAsync));
    }));
  }
  std::set<std::string> paths;
  for (auto& call : calls) paths.insert(call.get());
  CHECK(paths.size() == 200);
  for (const std::string& path : paths) CHECK(status_of(follow(stack.client, path)) == "SUCCEEDED");
  CHECK(stack.azure.emulator().groups().size() == 200);
}

TEST_CASE("while Azure throttles, the operation says so and when it tries again, and goes on afterwards") {
  using dev8agent::emulator::Fault;
  Stack stack;
  auto throttles = std::make_shared<std::atomic<bool>>(true);
  stack.azure.emulator().set_fault_script([throttles](const dev8agent::HttpRequest& request, std::uint64_t) {
    const bool put = request.method == "PUT" && request.url.find("/containerGroups/") != std::string::npos;
    return put && *throttles ? Fault{Fault::kStatus, 429, "TooManyRequests", "1"} : Fault{};
  });
  const std::string path = operation_path(stack.client.post(kAll, create_body(kId), kAsync));
  std::string detail;
  std::string next;
  REQUIRE(eventually([&] {
    const Answer answer = stack.client.get(path);
    detail = answer.text({"data", "operation", "detail"});
    next = answer.text({"data", "operation", "nextAttemptAt"});
    return !next.empty();
  }));
  CHECK(next.back() == 'Z');
  CHECK(detail.find("waiting to try again (AZURE_THROTTLED)") != std::string::npos);
  CHECK(detail.find("Azure limits the rate of requests") != std::string::npos);
  *throttles = false;
  const Answer ended = follow(stack.client, path);
  CHECK(status_of(ended) == "SUCCEEDED");
  CHECK(ended.text({"data", "operation", "nextAttemptAt"}).empty());
}

TEST_CASE("beyond AGENT_MAX_OPERATIONS a new operation is refused, until one has ended") {
  Stack stack({{"AGENT_MAX_OPERATIONS", "2"}}, slow(std::chrono::hours(1)));
  std::string second;
  for (const char* id : {"workspace-0001", "workspace-0002"}) {
    second = operation_path(stack.client.post(kAll, create_body(id), kAsync));
  }
  const Answer refused = stack.client.post(kAll, create_body("workspace-0003"), kAsync);
  CHECK(refused.status == 503);
  CHECK(refused.text({"reason"}) == "RATE_LIMITED");
  CHECK(refused.header("Retry-After") == "5");
  CHECK(stack.client.get(kAll).status == 200);
  CHECK(stack.client.post(second + "/cancel").status == 202);
  CHECK(eventually([&] { return status_of(stack.client.get(second + "?wait=5")) == "CANCELLED"; }));
  CHECK(eventually(
      [&] { return stack.client.post(kAll, create_body("workspace-0003"), kAsync).status == 202; }));
}
