// Each kind of fault: what it does to the state and what the caller sees.
#include "cloud.h"

using namespace emulator_test;
using dev8agent::ErrorCode;
using dev8agent::Result;
using dev8agent::emulator::Fault;

namespace {

struct Faulty : Cloud {
  Result<HttpResponse> put_under(Fault fault) {
    return send_under(fault, arm_request("PUT", group("one"), group_json()));
  }

  Result<HttpResponse> send_under(Fault fault, HttpRequest request) {
    emulator.set_fault_script([fault](const HttpRequest&, std::uint64_t) { return fault; });
    auto transport = emulator.make_transport();
    std::optional<Result<HttpResponse>> outcome;
    request.deadline = clock->now() + 60s;
    transport->send(std::move(request),
                    [&](Result<HttpResponse> result) { outcome.emplace(std::move(result)); });
    clock->run_until([&] { return outcome.has_value(); });
    REQUIRE(outcome);
    return std::move(*outcome);
  }
  bool took_effect() const { return emulator.groups().size() == 1; }
  int last_status() const { return emulator.calls().back().status; }
};

struct Lost {
  Fault::Kind kind;
  ErrorCode code;
  bool sent;
  bool effect;
};

}  // namespace

TEST_SUITE("faults") {
  TEST_CASE("requests and answers that get lost") {
    for (const Lost& lost : {Lost{Fault::kRefuseConnection, ErrorCode::kAzureUnavailable, false, false},
                             Lost{Fault::kLoseBefore, ErrorCode::kAzureUnavailable, true, false},
                             Lost{Fault::kLoseAfter, ErrorCode::kAzureUnavailable, true, true},
                             Lost{Fault::kHang, ErrorCode::kTimeout, true, false},
                             Lost{Fault::kHangAfter, ErrorCode::kTimeout, true, true}}) {
      CAPTURE(lost.kind);
      Faulty f;
      const auto start = f.clock->now();
      const auto result = f.put_under({lost.kind, 0, "", ""});
      REQUIRE_FALSE(result.ok());
      CHECK(result.error().code == lost.code);
      CHECK(result.error().retryable);
      CHECK(result.error().request_sent == lost.sent);
      CHECK(f.took_effect() == lost.effect);
      CHECK(f.clock->now() - start == (lost.code == ErrorCode::kTimeout ? 60s : 20ms));
      CHECK(f.last_status() == 0);
      CHECK(f.emulator.calls().back().operation == "ContainerGroups_CreateOrUpdate");
    }
  }

  TEST_CASE("a hang without deadline stays silent") {
    Faulty f;
    f.emulator.set_fault_script([](const HttpRequest&, std::uint64_t) {
      return Fault{Fault::kHangAfter, 0, "", ""};
    });
    auto transport = f.emulator.make_transport();
    bool completed = false;
    transport->send(f.arm_request("PUT", f.group("one"), group_json()),
                    [&](Result<HttpResponse>) { completed = true; });
    while (f.clock->run_one()) {
    }
    CHECK_FALSE(completed);
    CHECK(f.took_effect());
  }

  TEST_CASE("a status comes in the format of the service and has no effect") {
    Faulty f;
    const auto result = f.put_under({Fault::kStatus, 429, "TooManyRequests", "17"});
    CHECK(result.value().status == 429);
    CHECK(code_of(result.value()) == "TooManyRequests");
    CHECK(header(result.value(), "Retry-After") == "17");
    CHECK_FALSE(f.took_effect());
    CHECK(f.last_status() == 429);

    const auto share = make_request("PUT", "https://dev8emulator.file.core.windows.net/fs-one?restype=share");
    const auto busy = f.send_under({Fault::kStatus, 503, "ServerBusy", ""}, share);
    CHECK(header(busy.value(), "x-ms-error-code") == "ServerBusy");
    CHECK(header(busy.value(), "Retry-After").empty());
    CHECK(busy.value().body.find("<Code>ServerBusy</Code>") != std::string::npos);

    const auto denied =
        f.send_under({Fault::kStatus, 400, "invalid_grant", ""}, make_request("POST", f.token_url()));
    CHECK(body_of(denied.value()).string_at({"error"}) == "invalid_grant");
  }

  TEST_CASE("answers that arrive damaged took effect") {
    const std::string whole = Faulty().put_under({}).value().body;
    for (const Fault::Kind kind :
         {Fault::kTruncatedBody, Fault::kMalformedBody, Fault::kWrongContentType, Fault::kEmptyBody}) {
      CAPTURE(kind);
      Faulty f;
      const HttpResponse response = f.put_under({kind, 0, "", ""}).value();
      CHECK(f.took_effect());
      CHECK_FALSE(dev8agent::internal::json::parse(response.body).ok());
      if (kind == Fault::kTruncatedBody) CHECK(response.body == whole.substr(0, whole.size() / 2));
      if (kind == Fault::kWrongContentType) {
        CHECK(response.status == 200);
        CHECK(header(response, "Content-Type") == "text/html");
        CHECK(header(response, "Azure-AsyncOperation").empty());
      }
      if (kind == Fault::kEmptyBody) {
        CHECK(response.status == 200);
        CHECK(response.body.empty());
      }
    }
  }

  TEST_CASE("the fault script gets each request with its number and may query the emulator") {
    Cloud cloud;
    std::vector<std::uint64_t> seen;
    cloud.emulator.set_fault_script([&](const HttpRequest& request, std::uint64_t index) {
      CHECK(request.method == "GET");
      CHECK(cloud.emulator.groups().empty());
      seen.push_back(index);
      return Fault();
    });
    auto first = cloud.emulator.make_transport();
    auto second = cloud.emulator.make_transport();
    for (auto& transport : {first, second}) {
      transport->send(cloud.arm_request("GET", cloud.group("one")), [](Result<HttpResponse>) {});
    }
    cloud.emulator.set_fault_script(nullptr);
    first->send(cloud.arm_request("GET", cloud.group("one")), [](Result<HttpResponse>) {});
    while (cloud.clock->run_one()) {
    }
    CHECK(seen == std::vector<std::uint64_t>{0, 1});
    CHECK(cloud.emulator.calls().size() == 4);  // one of them for the token
  }
}
