// The storage account's key, and the shares that are signed with it: fetched once, renewed when it is
// refused.
#include "azure/storage_keys.h"

#include <doctest/doctest.h>

#include "azure/data_plane_shares.h"
#include "azure/shared_key.h"
#include "azure/shared_key_sender.h"
#include "base/crypto.h"
#include "base/time_format.h"
#include "support/arm_bench.h"

using namespace dev8agent;
using namespace dev8agent::internal;
using namespace dev8agent::test;

namespace {

std::string key(char fill) {
  return base64_encode(std::string(64, fill));
}

std::string key_list(const std::string& value, const std::string& permissions = "FULL") {
  return R"({"keys":[{"keyName":"key1","value":")" + value + R"(","permissions":")" + permissions + "\"}]}";
}

struct Bench : ArmBench {
  explicit Bench(std::string configured = "") : keys(arm, "rg", "acct", Secret(std::move(configured))) {}

  azure::StorageKeys keys;
  azure::SharedKeySender signing{wire, keys};
  azure::DataPlaneShares shares{signing, azure::kWithKey, retrier, random(),
                                "https://acct.file.core.windows.net"};
  std::string good = key('g');
  int lists = 0;
  int calls = 0;

  // Azure with `good` as the account's key.
  void serve(const std::string& listed) {
    transport->answer = [this, listed](const HttpRequest& request) -> ScriptedTransport::Answer {
      if (request.url.find("listKeys") != std::string::npos) {
        ++lists;
        return reply(200, listed);
      }
      ++calls;
      if (used_key(request) != good) return reply(403, "<Error><Code>AuthenticationFailed</Code></Error>");
      return reply(200, "", {{"x-ms-share-quota", "25"}, {"x-ms-meta-a", "b"}});
    };
  }

 private:
  // Which of the keys signed `request`.
  std::string used_key(const HttpRequest& request) {
    const auto given = find_header(request.headers, "Authorization");
    HttpRequest bare = request;
    std::erase_if(bare.headers, [](const HttpHeader& header) { return header.name == "Authorization"; });
    for (char fill : {'g', 'o', 'n'}) {
      if (given == azure::shared_key_authorization(bare, "acct", key(fill))) return key(fill);
    }
    return "";
  }
};

}  // namespace

TEST_CASE("keys: fetched once for all who wait, then kept") {
  Bench bench;
  bench.serve(key_list(bench.good));
  std::vector<std::shared_ptr<std::optional<Result<std::string>>>> waiters;
  for (int i = 0; i < 50; ++i) waiters.push_back(bench.start(bench.keys.get(bench.make_call())));
  bench.drain();
  for (const auto& waiter : waiters) CHECK(waiter->value().value() == bench.good);
  CHECK(bench.lists == 1);
  CHECK(bench.transport->requests[0].method == "POST");
  CHECK(
      bench.transport->requests[0].url ==
      kArm +
          "/subscriptions/33333333-3333-4333-8333-333333333333/resourceGroups/rg/providers/Microsoft.Storage/"
          "storageAccounts/acct/listKeys?api-version=2023-05-01");
}

TEST_CASE("keys: a configured key is used as it is, and renewed when Azure refuses it") {
  Bench good(key('g'));
  good.serve(key_list(good.good));
  CHECK(good.run(good.shares.get(good.make_call(), "fs-x"))->share.has_value());
  CHECK(good.lists == 0);

  Bench old(key('o'));
  old.serve(key_list(old.good));
  std::vector<std::shared_ptr<std::optional<Result<azure::ShareRead>>>> looks;
  for (int i = 0; i < 20; ++i) looks.push_back(old.start(old.shares.get(old.make_call(), "fs-x")));
  old.drain();
  for (const auto& look : looks) CHECK(look->value()->share.has_value());
  CHECK(old.lists == 1);
  CHECK(old.calls == 40);
}

TEST_CASE("keys: when the listed key is the refused one, the refusal is the answer, without a loop") {
  Bench bench(key('o'));
  bench.serve(key_list(key('o')));
  const auto look = bench.run(bench.shares.get(bench.make_call(), "fs-x"));
  REQUIRE_FALSE(look.ok());
  CHECK(look.error().code == ErrorCode::kAzureCredentials);
  CHECK(bench.calls == 1);
  CHECK(bench.lists == 1);
  for (int i = 0; i < 10; ++i) CHECK_FALSE(bench.run(bench.shares.get(bench.make_call(), "fs-x")).ok());
  CHECK(bench.lists == 1);  // not for each call
  bench.calls = 1;
  bench.scheduler.advance(std::chrono::seconds(30));
  bench.serve(key_list(key('n')));
  CHECK_FALSE(bench.run(bench.shares.get(bench.make_call(), "fs-x")).ok());
  CHECK(bench.calls == 3);
}

TEST_CASE("keys: lists without a usable key, and refused lists") {
  for (const std::string& body :
       {key_list("not base64!"), key_list(key('g'), "READ"), std::string(R"({"keys":[]})"), std::string("{}"),
        std::string(R"({"keys":7})")}) {
    CAPTURE(body);
    Bench bench;
    bench.serve(body);
    const auto got = bench.run(bench.keys.get(bench.make_call()));
    REQUIRE_FALSE(got.ok());
    CHECK(got.error().code == ErrorCode::kAzureCredentials);
    CHECK(got.error().message.find(key('g')) == std::string::npos);
  }
  Bench full;
  full.serve(key_list(full.good, "Full"));
  CHECK(full.run(full.keys.get(full.make_call())).ok());
  Bench missing;
  missing.answers = {reply(404, arm_error("ResourceNotFound"))};
  const auto got = missing.run(missing.keys.get(missing.make_call()));
  CHECK(got.error().code == ErrorCode::kAzureRefused);  // a wrong configuration is no missing environment
}

TEST_CASE("shares: only ShareNotFound is absence, and only Azure Files' own headers are a share") {
  Bench bench(key('g'));
  const auto look = [&](int status, std::string body, std::vector<HttpHeader> headers = {}) {
    bench.answers = {reply(status, std::move(body), std::move(headers))};
    return bench.run(bench.shares.get(bench.make_call(std::chrono::seconds(20)), "fs-x"));
  };
  const auto absent = look(404, "<Error><Code>ShareNotFound</Code></Error>");
  REQUIRE(absent.ok());
  CHECK_FALSE(absent->share.has_value());
  CHECK(look(200, "", {{"X-Ms-Share-Quota", "25"}, {"X-Ms-Meta-Name", "a%20b"}})
            ->share.value()
            .metadata.at("name") == "a%20b");
  CHECK_FALSE(look(404, "").ok());
  CHECK_FALSE(look(404, kHtml).ok());
  CHECK_FALSE(look(404, "<Error><Code>ParentNotFound</Code></Error>").ok());
  CHECK_FALSE(look(409, "<Error><Code>ShareBeingDeleted</Code></Error>").ok());
  CHECK_FALSE(look(200, kHtml).ok());
  CHECK_FALSE(look(204, "").ok());
}

TEST_CASE("shares: a wrong clock is corrected by Azure's, told with both times, and asks for no key") {
  for (const int off : {-1200, 1200}) {
    CAPTURE(off);
    Bench bench(key('g'));
    int refusals = 0;
    bench.transport->answer = [&](const HttpRequest& request) -> ScriptedTransport::Answer {
      const WallTime now = bench.scheduler.wall_now() + std::chrono::seconds(off);
      const auto signed_at = parse_http_date(find_header(request.headers, "x-ms-date").value()).value();
      const std::vector<HttpHeader> date = {{"Date", format_http_date(now)}, {"x-ms-share-quota", "25"}};
      if (request.url.find("listKeys") != std::string::npos) ++bench.lists;
      if (std::chrono::abs(signed_at - now) < std::chrono::minutes(15)) return reply(200, "", date);
      ++refusals;
      return reply(403, "<Error><Code>AuthenticationFailed</Code></Error>", date);
    };
    CHECK(bench.signing.clock_warning(bench.scheduler.wall_now()).empty());
    for (int i = 0; i < 5; ++i) CHECK(bench.run(bench.shares.get(bench.make_call(), "fs-x")).ok());
    CHECK(refusals == 1);
    CHECK(bench.lists == 0);
    const WallTime own = bench.scheduler.wall_now();
    const std::string warning = bench.signing.clock_warning(own);
    CHECK(warning.find("clock is wrong") != std::string::npos);
    CHECK(warning.find(format_rfc3339(own)) != std::string::npos);
  }
}
