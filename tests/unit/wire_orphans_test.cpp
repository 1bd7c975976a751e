// The query and the body of the calls about orphans, and their answers.
#include <doctest/doctest.h>

#include "dev8agent/wire.h"
#include "support/wire_samples.h"

using namespace dev8agent;
using namespace dev8agent::test;
using std::chrono::minutes;

TEST_CASE("orphans: the age is 60 minutes, or what the query says within its range") {
  CHECK(parse_orphans("")->older_than == minutes(60));
  CHECK(parse_orphans("0")->older_than == minutes(0));
  CHECK(parse_orphans("525600")->older_than == minutes(525600));
  for (const char* age : {"525601", "-1", "1.5", "x", " 1", "99999999999999999999"}) {
    CAPTURE(age);
    CHECK(bad_fields(parse_orphans(age)) == "olderThanMinutes ");
  }
}

TEST_CASE("sweep: without a body it is a dry run that spares files") {
  for (const char* body : {"", "{}", R"({"dryRun":null})"}) {
    CAPTURE(body);
    const auto request = parse_sweep(body);
    REQUIRE_MESSAGE(request.ok(), everything(request));
    CHECK(request->older_than == minutes(60));
    CHECK(request->dry_run);
    CHECK_FALSE(request->include_files);
  }
  const auto whole = parse_sweep(R"({"olderThanMinutes":5,"dryRun":false,"includeFiles":true})");
  REQUIRE_MESSAGE(whole.ok(), everything(whole));
  CHECK(whole->older_than == minutes(5));
  CHECK_FALSE(whole->dry_run);
  CHECK(whole->include_files);
}

TEST_CASE("sweep: every bad member is named") {
  CHECK(bad_fields(parse_sweep(R"({"olderThanMinutes":-1})")) == "olderThanMinutes ");
  CHECK(bad_fields(parse_sweep(R"({"olderThanMinutes":"5","dryRun":"no","includeFiles":1})")) ==
        "olderThanMinutes dryRun includeFiles ");
  CHECK_FALSE(parse_sweep("[").ok());
}

TEST_CASE("orphans: `removed` is told after a sweep alone") {
  Orphan orphan{.environment_id = "workspace-0001",
                .cloud_region = "eastus",
                .kind = OrphanKind::kContainerGroup,
                .name = "aci-workspace-0001",
                .reason = "why",
                .age = minutes(90)};
  CHECK(to_json(std::vector<Orphan>{orphan}) ==
        R"([{"environmentId":"workspace-0001","cloudRegion":"eastus","kind":"containerGroup",)"
        R"("name":"aci-workspace-0001","reason":"why","ageMinutes":90}])");
  orphan.removed = false;
  CHECK(to_json(std::vector<Orphan>{orphan}).find(R"("ageMinutes":90,"removed":false}])") !=
        std::string::npos);
  CHECK(to_json(std::vector<Orphan>{}) == "[]");
}
