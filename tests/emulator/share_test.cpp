// File shares: create, read, change, list, delete.
#include "files.h"

using namespace emulator_test;

namespace {

std::string error_of(const HttpResponse& response) {
  return header(response, "x-ms-error-code");
}

}  // namespace

TEST_SUITE("shares") {
  TEST_CASE("create and read") {
    Files cloud;
    const HttpResponse created =
        cloud.create("fs-one", {{"x-ms-meta-owner", "alice"}, {"x-ms-share-quota", "15"}});
    CHECK(created.status == 201);
    CHECK(created.body.empty());
    CHECK(header(created, "ETag").starts_with("\"0x"));
    CHECK(header(created, "Last-Modified") == "Thu, 15 Jan 2026 08:30:00 GMT");
    for (const char* method : {"GET", "HEAD"}) {
      const HttpResponse read = cloud.send(method, "/fs-one?restype=share");
      CHECK(read.status == 200);
      CHECK(header(read, "x-ms-share-quota") == "15");
      CHECK(header(read, "x-ms-meta-owner") == "alice");
      CHECK(header(read, "x-ms-access-tier") == "TransactionOptimized");
      CHECK(header(read, "x-ms-lease-state") == "available");
      CHECK(read.body.empty());
    }
    const auto share = cloud.emulator.shares().at(0);
    CHECK(share.quota_gib == 15);
    CHECK(share.metadata.at("owner") == "alice");
    CHECK(share.storage_account == "dev8emulator");
    CHECK(share.incarnation == 1);
  }

  TEST_CASE("a share that is there") {
    Files cloud;
    cloud.create("fs-one");
    const HttpResponse again = cloud.create("fs-one");
    CHECK(again.status == 409);
    CHECK(error_of(again) == "ShareAlreadyExists");
    CHECK(again.body.find("<Code>ShareAlreadyExists</Code>") != std::string::npos);
    CHECK(again.body.find("RequestId:") != std::string::npos);
    CHECK(header(again, "Content-Type") == "application/xml");
  }

  TEST_CASE("a share that is not there") {
    Files cloud;
    for (const char* method : {"GET", "HEAD", "DELETE"}) {
      const HttpResponse response = cloud.send(method, "/fs-one?restype=share");
      CHECK(response.status == 404);
      CHECK(error_of(response) == "ShareNotFound");
      CHECK(response.body.empty() == (std::string(method) == "HEAD"));
    }
    CHECK(error_of(cloud.send("PUT", "/fs-one?comp=metadata&restype=share")) == "ShareNotFound");
  }

  TEST_CASE("names and quotas out of range") {
    Files cloud;
    for (const char* name : {"ab", "Fs-one", "-fs", "fs-", "f--s", "fs_one"}) {
      CAPTURE(name);
      CHECK(error_of(cloud.create(name)) == "InvalidResourceName");
    }
    for (const char* quota : {"0", "102401", "x", "-1"}) {
      CHECK(error_of(cloud.create("fs-one", {{"x-ms-share-quota", quota}})) == "InvalidHeaderValue");
    }
    CHECK(cloud.create("fs-one", {{"x-ms-share-quota", "102400"}}).status == 201);
  }

  TEST_CASE("metadata and quota change") {
    Files cloud;
    const std::string before = header(cloud.create("fs-one", {{"x-ms-meta-a", "1"}}), "ETag");
    const HttpResponse changed =
        cloud.send("PUT", "/fs-one?comp=metadata&restype=share", {{"x-ms-meta-b", "2"}});
    CHECK(changed.status == 200);
    CHECK(header(changed, "ETag") != before);
    CHECK(cloud.send("PUT", "/fs-one?comp=properties&restype=share", {{"x-ms-share-quota", "20"}}).status ==
          200);
    const auto share = cloud.emulator.shares().at(0);
    CHECK(share.metadata == std::map<std::string, std::string>{{"b", "2"}});
    CHECK(share.quota_gib == 20);
  }

  TEST_CASE("8 KiB of metadata, names included, and no more") {
    Files cloud;
    const auto of = [](std::size_t size) { return std::string(size, 'x'); };
    CHECK(error_of(cloud.create("fs-one", {{"x-ms-meta-a", of(8192)}})) == "MetadataTooLarge");
    CHECK(cloud.create("fs-one", {{"x-ms-meta-a", of(4000)}, {"x-ms-meta-b", of(4190)}}).status == 201);
    const char* set = "/fs-one?comp=metadata&restype=share";
    CHECK(error_of(cloud.send("PUT", set, {{"x-ms-meta-a", of(4000)}, {"x-ms-meta-b", of(4191)}})) ==
          "MetadataTooLarge");
    CHECK(cloud.emulator.shares().at(0).metadata.at("a").size() == 4000);
  }

  TEST_CASE("delete, and the name that stays taken for a while") {
    Files cloud;
    cloud.create("fs-one");
    CHECK(error_of(cloud.send("DELETE", "/fs-one?restype=share", {{"x-ms-delete-snapshots", "all"}})) ==
          "InvalidHeaderValue");
    CHECK(cloud.send("DELETE", "/fs-one?restype=share", {{"x-ms-delete-snapshots", "include"}}).status ==
          202);
    CHECK(cloud.emulator.shares().at(0).being_deleted);
    CHECK(error_of(cloud.send("GET", "/fs-one?restype=share")) == "ShareNotFound");
    CHECK(error_of(cloud.send("DELETE", "/fs-one?restype=share")) == "ShareNotFound");
    const HttpResponse busy = cloud.create("fs-one");
    CHECK(busy.status == 409);
    CHECK(error_of(busy) == "ShareBeingDeleted");
    cloud.clock->advance(30s);
    CHECK(cloud.emulator.shares().empty());
    CHECK(cloud.create("fs-one").status == 201);
    CHECK(cloud.emulator.shares().at(0).incarnation == 2);
  }

  TEST_CASE("a share may vanish at once") {
    EmulatorOptions options;
    options.share_deletion_time = 0s;
    Files cloud(options);
    cloud.create("fs-one");
    cloud.send("DELETE", "/fs-one?restype=share");
    CHECK(cloud.create("fs-one").status == 201);
  }

  TEST_CASE("lists by prefix and in pages") {
    Files cloud;
    for (const char* name : {"fs-c", "fs-a", "fs-b", "other"})
      cloud.create(name, {{"x-ms-meta-owner", name}});
    cloud.send("DELETE", "/fs-b?restype=share");
    const std::string all = cloud.send("GET", "/?comp=list&include=metadata&prefix=fs-").body;
    CHECK(all.find("<Name>fs-a</Name>") < all.find("<Name>fs-c</Name>"));
    CHECK(all.find("fs-b") == std::string::npos);
    CHECK(all.find("other") == std::string::npos);
    CHECK(all.find("<Metadata><owner>fs-a</owner></Metadata>") != std::string::npos);
    CHECK(all.find("<NextMarker></NextMarker>") != std::string::npos);
    const std::string first = cloud.send("GET", "/?comp=list&maxresults=1").body;
    CHECK(first.find("<Metadata>") == std::string::npos);
    CHECK(first.find("<NextMarker>fs-c</NextMarker>") != std::string::npos);
    const std::string second = cloud.send("GET", "/?comp=list&marker=fs-c&maxresults=5").body;
    CHECK(second.find("<Name>fs-a</Name>") == std::string::npos);
    CHECK(second.find("<Name>other</Name>") != std::string::npos);
    CHECK(error_of(cloud.send("GET", "/?comp=list&maxresults=0")) == "OutOfRangeQueryParameterValue");
  }

  TEST_CASE("unknown accounts and combinations") {
    Files cloud;
    CHECK(cloud.emulator.handle(make_request("GET", "https://nobody.file.core.windows.net/?comp=list"))
              .status == 404);
    CHECK(cloud.send("GET", "/fs-one?comp=acl&restype=share").status == 400);
  }

  TEST_CASE(
      "an account with soft delete keeps deleted shares, lists them when asked, and restores them once") {
    EmulatorOptions options;
    options.storage_accounts = {{"dev8emulator", "dev8-emulator", "", "", true, false, 2}};
    Files cloud(options);
    REQUIRE(cloud.create("ws-1").status == 201);
    REQUIRE(cloud.send("PUT", "/ws-1/notes?restype=directory").status == 201);
    REQUIRE(cloud.send("DELETE", "/ws-1?restype=share").status == 202);
    CHECK(cloud.send("GET", "/ws-1?restype=share").status == 404);
    CHECK(cloud.send("GET", "/?comp=list&prefix=ws-").body.find("ws-1") == std::string::npos);
    const std::string listed = cloud.send("GET", "/?comp=list&include=deleted&prefix=ws-1").body;
    CHECK(listed.find("<Deleted>true</Deleted>") != std::string::npos);
    CHECK(listed.find("<RemainingRetentionDays>2</RemainingRetentionDays>") != std::string::npos);
    const auto begin = listed.find("<Version>") + 9;
    const std::string version = listed.substr(begin, listed.find("</Version>") - begin);
    const std::string target = "/ws-1?comp=undelete&restype=share";
    const auto undelete = [&](const std::string& name, const std::string& of) {
      return cloud
          .send("PUT", target, {{"x-ms-deleted-share-name", name}, {"x-ms-deleted-share-version", of}})
          .status;
    };
    CHECK(cloud.send("PUT", target).status == 400);
    CHECK(undelete("ws-2", version) == 400);
    CHECK(undelete("ws-1", "0000000000000000") == 404);
    REQUIRE(cloud.create("ws-1").status == 201);  // the name is free at once
    CHECK(undelete("ws-1", version) == 409);
    REQUIRE(cloud.send("DELETE", "/ws-1?restype=share").status == 202);
    CHECK(undelete("ws-1", version) == 201);
    CHECK(cloud.send("GET", "/ws-1/notes?restype=directory").status == 200);
    CHECK(undelete("ws-1", version) == 409);
    REQUIRE(cloud.send("DELETE", "/ws-1?restype=share").status == 202);
    cloud.clock->advance(std::chrono::hours(48));
    CHECK(cloud.send("GET", "/?comp=list&include=deleted&prefix=ws-1").body.find("<Share>") ==
          std::string::npos);
  }
}
