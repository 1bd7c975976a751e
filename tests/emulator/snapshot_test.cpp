// Snapshots of shares: made, read, listed, leased and deleted.
#include <filesystem>

#include "files.h"
#include "support/temp_directory.h"

using namespace emulator_test;
using dev8agent::emulator::ProcessOptions;
using dev8agent::emulator::ProcessRuntime;

namespace {

struct Snapshots : Files {
  explicit Snapshots(EmulatorOptions wanted = {}) : Files(std::move(wanted)) {
    create("fs-one", {{"x-ms-meta-owner", "alice"}});
  }
  HttpResponse snapshot(std::vector<HttpHeader> headers = {}) {
    return send("PUT", "/fs-one?comp=snapshot&restype=share", std::move(headers));
  }
  // Its name; the parameters of a URL must stand in the order of their names.
  std::string take() { return header(snapshot(), "x-ms-snapshot"); }
  HttpResponse of(const std::string& method, const std::string& name, std::vector<HttpHeader> headers = {}) {
    return send(method, "/fs-one?restype=share&sharesnapshot=" + name, std::move(headers));
  }
  HttpResponse lease(const std::string& name) {
    return send("PUT", "/fs-one?comp=lease&restype=share&sharesnapshot=" + name,
                {{"x-ms-lease-action", "acquire"}, {"x-ms-lease-duration", "-1"}});
  }
  HttpResponse remove(const std::string& with = "") {
    std::vector<HttpHeader> headers;
    if (!with.empty()) headers.push_back({"x-ms-delete-snapshots", with});
    return send("DELETE", "/fs-one?restype=share", std::move(headers));
  }
  void write(const std::string& path, const std::string& content) {
    const std::string length = std::to_string(content.size());
    REQUIRE(send("PUT", "/fs-one/" + path, {{"x-ms-content-length", length}, {"x-ms-type", "file"}}).status ==
            201);
    const std::string range = "bytes=0-" + std::to_string(content.size() - 1);
    REQUIRE(send("PUT", "/fs-one/" + path + "?comp=range", {{"x-ms-range", range}, {"x-ms-write", "update"}},
                 content)
                .status == 201);
  }
  std::string share_url(const std::string& rest) const {
    const std::string sign = rest.find('?') == rest.npos ? "?" : "&";
    return resource_group() +
           "/providers/Microsoft.Storage/storageAccounts/dev8emulator/fileServices/default/shares" + rest +
           sign + "api-version=2025-06-01";
  }
  HttpResponse resource(const std::string& method, const std::string& rest, const std::string& body = "",
                        const std::string& snapshot = "") {
    HttpRequest request = arm_request(method, share_url(rest), body);
    if (!snapshot.empty()) request.headers.push_back({"x-ms-snapshot", snapshot});
    return emulator.handle(request);
  }
};

std::string code(const HttpResponse& response) {
  return header(response, "x-ms-error-code");
}

}  // namespace

TEST_SUITE("snapshots") {
  TEST_CASE("a snapshot is the share as it was, to read alone") {
    Snapshots cloud;
    cloud.write("notes", "before");
    const HttpResponse base = cloud.send("GET", "/fs-one?restype=share");
    const HttpResponse taken = cloud.snapshot();
    CHECK(taken.status == 201);
    const std::string name = header(taken, "x-ms-snapshot");
    CHECK(name == "2026-01-15T08:30:00.0000000Z");
    CHECK(header(taken, "ETag") == header(base, "ETag"));
    cloud.write("notes", "after");
    cloud.send("PUT", "/fs-one?comp=metadata&restype=share", {{"x-ms-meta-owner", "bob"}});
    CHECK(header(cloud.of("GET", name), "x-ms-meta-owner") == "alice");
    CHECK(cloud.send("GET", "/fs-one/notes?sharesnapshot=" + name).body == "before");
    CHECK(cloud.send("GET", "/fs-one/notes").body == "after");
    CHECK(cloud.send("GET", "/fs-one?comp=list&restype=directory&sharesnapshot=" + name)
              .body.find("<Name>notes</Name>") != std::string::npos);
    for (const char* refused :
         {"/fs-one/notes?sharesnapshot=", "/fs-one?comp=metadata&restype=share&sharesnapshot=",
          "/fs-one?comp=snapshot&restype=share&sharesnapshot="}) {
      CAPTURE(refused);
      CHECK(code(cloud.send("PUT", refused + name)) == "ShareSnapshotOperationNotSupported");
    }
    CHECK(code(cloud.of("GET", "2026-01-15T08:30:00.0000009Z")) == "ShareSnapshotNotFound");
    CHECK(code(cloud.send("PUT", "/fs-two?comp=snapshot&restype=share")) == "ShareNotFound");
  }

  TEST_CASE("snapshots of one moment have names of their own, and metadata may be theirs alone") {
    Snapshots cloud;
    CHECK(cloud.take() == "2026-01-15T08:30:00.0000000Z");
    const HttpResponse second = cloud.snapshot({{"x-ms-meta-kept", "yes"}});
    const std::string name = header(second, "x-ms-snapshot");
    CHECK(name == "2026-01-15T08:30:00.0000001Z");
    CHECK(header(second, "ETag") != header(cloud.send("GET", "/fs-one?restype=share"), "ETag"));
    CHECK(header(cloud.of("GET", name), "x-ms-meta-kept") == "yes");
    CHECK(header(cloud.of("GET", name), "x-ms-meta-owner").empty());
    for (int i = 2; i < 200; ++i) REQUIRE(cloud.snapshot().status == 201);
    CHECK(code(cloud.snapshot()) == "ShareSnapshotCountExceeded");
  }

  TEST_CASE("a list shows snapshots when asked, after their share, in pages too") {
    Snapshots cloud;
    const std::string name = cloud.take();
    cloud.create("fs-two");
    CHECK(cloud.send("GET", "/?comp=list").body.find("<Snapshot>") == std::string::npos);
    const std::string all = cloud.send("GET", "/?comp=list&include=snapshots").body;
    const std::string own = "<Name>fs-one</Name><Snapshot>" + name + "</Snapshot>";
    CHECK(all.find("<Name>fs-one</Name><Properties>") < all.find(own));
    CHECK(all.find(own) < all.find("<Name>fs-two</Name>"));
    const std::string first = cloud.send("GET", "/?comp=list&include=snapshots&maxresults=1").body;
    const auto begin = first.find("<NextMarker>") + 12;
    const std::string marker = first.substr(begin, first.find("</NextMarker>") - begin);
    const std::string second =
        cloud.send("GET", "/?comp=list&include=snapshots&marker=" + marker + "&maxresults=1").body;
    CHECK(second.find(own) != std::string::npos);
    CHECK(second.find("<NextMarker>fs-two</NextMarker>") != std::string::npos);
  }

  TEST_CASE("a share with snapshots is deleted when they may go, too") {
    Snapshots cloud;
    const std::string name = cloud.take();
    CHECK(code(cloud.remove()) == "ShareHasSnapshots");
    REQUIRE(cloud.lease(name).status == 201);
    CHECK(header(cloud.of("GET", name), "x-ms-lease-state") == "leased");
    CHECK(header(cloud.send("GET", "/fs-one?restype=share"), "x-ms-lease-state") == "available");
    CHECK(code(cloud.remove("include")) == "DeleteShareWhenSnapshotLeased");
    CHECK(code(cloud.of("DELETE", name)) == "LeaseIdMissing");
    CHECK(cloud.emulator.shares().size() == 1);
    CHECK_FALSE(cloud.emulator.shares().at(0).being_deleted);
    CHECK(cloud.remove("include-leased").status == 202);
    cloud.clock->advance(30s);
    CHECK(cloud.create("fs-one").status == 201);
    CHECK(code(cloud.of("GET", name)) == "ShareSnapshotNotFound");
    const std::string other = cloud.take();
    CHECK(code(cloud.of("DELETE", other, {{"x-ms-delete-snapshots", "include"}})) == "InvalidHeaderValue");
    CHECK(cloud.of("DELETE", other).status == 202);
    CHECK(cloud.remove().status == 202);
  }

  TEST_CASE("a share that is restored has its snapshots, without their leases") {
    EmulatorOptions options;
    options.storage_accounts = {{"dev8emulator", "dev8-emulator", "", "", true, false, 7}};
    Snapshots cloud(options);
    const std::string name = cloud.take();
    REQUIRE(cloud.lease(name).status == 201);
    REQUIRE(cloud.remove("include-leased").status == 202);
    const std::string listed = cloud.send("GET", "/?comp=list&include=deleted").body;
    const auto begin = listed.find("<Version>") + 9;
    const std::string version = listed.substr(begin, listed.find("</Version>") - begin);
    REQUIRE(cloud
                .send("PUT", "/fs-one?comp=undelete&restype=share",
                      {{"x-ms-deleted-share-name", "fs-one"}, {"x-ms-deleted-share-version", version}})
                .status == 201);
    CHECK(header(cloud.of("GET", name), "x-ms-lease-state") == "available");
  }

  TEST_CASE("where shares are directories, so are snapshots, and they go with their share") {
    const dev8agent::test::TempDirectory parent;
    ProcessOptions processes;
    processes.images["*"] = "exit 0";
    processes.directory = parent.path().string();
    auto runtime = ProcessRuntime::make(processes);
    REQUIRE(runtime.ok());
    const std::string shares =
        std::filesystem::directory_iterator(parent.path())->path().string() + "/dev8emulator.";
    EmulatorOptions options;
    options.runtime = *runtime;
    options.share_deletion_time = 0s;
    Snapshots cloud(options);
    cloud.send("PUT", "/fs-one/below?restype=directory");
    cloud.write("below/notes", "before");
    const std::string directory = shares + "fs-one";
    std::filesystem::create_symlink("/etc/hostname", directory + "/out");
    const std::string name = cloud.take();
    REQUIRE(name.size() > 0);
    cloud.write("below/notes", "after");
    CHECK(cloud.send("GET", "/fs-one/below/notes?sharesnapshot=" + name).body == "before");
    CHECK(cloud.send("GET", "/fs-one/below/notes").body == "after");
    CHECK(cloud.send("GET", "/fs-one/out?sharesnapshot=" + name).status == 404);
    const std::string copy = shares + "fs-one@" + name;
    CHECK(std::filesystem::is_symlink(copy + "/out"));
    CHECK(cloud.remove("include").status == 202);
    CHECK_FALSE(std::filesystem::exists(copy));
    CHECK_FALSE(std::filesystem::exists(directory));
  }

  TEST_CASE("through Azure Resource Manager: made, read, listed and deleted") {
    Snapshots cloud;
    CHECK(code_of(cloud.resource("PUT", "/fs-two?$expand=snapshots", "{}")) == "ShareNotFound");
    CHECK(cloud.resource("PUT", "/fs-one?$expand=stats", "{}").status == 400);
    const HttpResponse made =
        cloud.resource("PUT", "/fs-one?$expand=snapshots", R"({"properties":{"metadata":{"kept":"yes"}}})");
    CHECK(made.status == 201);
    const std::string name(body_of(made).string_at({"properties", "snapshotTime"}));
    CHECK(name == "2026-01-15T08:30:00.0000000Z");
    const Value read = body_of(cloud.resource("GET", "/fs-one", "", name));
    CHECK(read.string_at({"properties", "metadata", "kept"}) == "yes");
    CHECK(read.string_at({"properties", "snapshotTime"}) == name);
    CHECK(body_of(cloud.resource("GET", "")).find("value")->array().size() == 1);
    const Value list = body_of(cloud.resource("GET", "?$expand=deleted,snapshots"));
    REQUIRE(list.find("value")->array().size() == 2);
    CHECK(list.find("value")->array()[0].find_path({"properties", "snapshotTime"}) == nullptr);
    CHECK(list.find("value")->array()[1].string_at({"properties", "snapshotTime"}) == name);
    const Value page = body_of(cloud.resource("GET", "?$expand=snapshots&$maxpagesize=1"));
    const Value next = body_of(cloud.arm("GET", std::string(page.string_at({"nextLink"}))));
    REQUIRE(next.find("value")->array().size() == 1);
    CHECK(next.find("value")->array()[0].string_at({"properties", "snapshotTime"}) == name);
    CHECK(code_of(cloud.resource("GET", "/fs-one", "", "2020-01-01T00:00:00.0000000Z")) ==
          "ShareSnapshotNotFound");
    CHECK(code_of(cloud.resource("DELETE", "/fs-one?$include=none")) == "ShareHasSnapshots");
    CHECK(cloud.resource("DELETE", "/fs-one", "", name).status == 200);
    CHECK(cloud.resource("DELETE", "/fs-one", "", name).status == 204);
    CHECK(cloud.resource("DELETE", "/fs-one?$include=none").status == 200);
  }

  TEST_CASE("through Azure Resource Manager: leases of shares and snapshots") {
    Snapshots cloud;
    const std::string name = cloud.take();
    const std::string id = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
    const auto lease = [&](const std::string& body, const std::string& snapshot = "") {
      cloud.clock->advance(1s);
      return cloud.resource("POST", "/fs-one/lease", body, snapshot);
    };
    for (const char* bad :
         {"", "[]", "{}", R"({"action":"Steal"})", R"({"action":"Acquire"})",
          R"({"action":"Acquire","leaseDuration":"60"})", R"({"action":"Acquire","leaseDuration":14})",
          R"({"action":"Renew"})", R"({"action":"Break","breakPeriod":61})"}) {
      CAPTURE(bad);
      CHECK(code_of(lease(bad)) == "InvalidRequestContent");
    }
    const HttpResponse taken =
        lease(R"({"action":"Acquire","leaseDuration":-1,"proposedLeaseId":")" + id + "\"}");
    CHECK(taken.status == 200);
    CHECK(body_of(taken).string_at({"leaseId"}) == id);
    CHECK(header(taken, "ETag") == header(cloud.send("GET", "/fs-one?restype=share"), "ETag"));
    const Value shown = body_of(cloud.resource("GET", "/fs-one"));
    CHECK(shown.string_at({"properties", "leaseStatus"}) == "Locked");
    CHECK(shown.string_at({"properties", "leaseState"}) == "Leased");
    CHECK(shown.string_at({"properties", "leaseDuration"}) == "Infinite");
    CHECK(code_of(lease(R"({"action":"Acquire","leaseDuration":60})")) == "LeaseAlreadyPresent");
    CHECK(code_of(cloud.resource("DELETE", "/fs-one?$include=leased-snapshots")) == "LeaseIdMissing");
    CHECK(code(cloud.remove("include")) == "LeaseIdMissing");
    const Value broken = body_of(lease(R"({"action":"Break"})"));
    CHECK(broken.string_at({"leaseTimeSeconds"}) == "0");
    CHECK(lease(R"({"action":"Release","leaseId":")" + id + "\"}").status == 200);
    CHECK(lease(R"({"action":"acquire","leaseDuration":60})", name).status == 200);
    CHECK(lease(R"({"action":"acquire","leaseDuration":60})", "2020").status == 404);
    CHECK(code_of(cloud.resource("DELETE", "/fs-one", "", name)) == "LeaseIdMissing");
    CHECK(code_of(cloud.resource("DELETE", "/fs-one")) == "DeleteShareWhenSnapshotLeased");
    CHECK(cloud.resource("DELETE", "/fs-one?$include=leased-snapshots").status == 200);
  }
}
