// File shares as resources of Azure Resource Manager: the same shares as those of Azure Files.
#include "files.h"

using namespace emulator_test;

namespace {

struct Shares : Files {
  explicit Shares(EmulatorOptions wanted = {}) : Files(std::move(wanted)) {}

  std::string share_url(const std::string& rest) const {
    const std::string sign = rest.find('?') == rest.npos ? "?" : "&";
    return resource_group() +
           "/providers/Microsoft.Storage/storageAccounts/dev8emulator/fileServices/default/shares" + rest +
           sign + "api-version=2025-06-01";
  }
  HttpResponse share(const std::string& method, const std::string& rest, const std::string& body = "") {
    return arm(method, share_url(rest), body);
  }
};

const std::string kBody = R"({"properties":{"shareQuota":30,"metadata":{"owner":"alice"}}})";

EmulatorOptions with_retention() {
  EmulatorOptions options;
  options.storage_accounts = {{"dev8emulator", "dev8-emulator", "", "", true, false, 7}};
  return options;
}

}  // namespace

TEST_SUITE("share resources") {
  TEST_CASE("a share is one and the same on both ways") {
    Shares cloud;
    const auto created = cloud.share("PUT", "/fs-one", kBody);
    CHECK(created.status == 201);
    CHECK(body_of(created).string_at({"name"}) == "fs-one");
    CHECK(cloud.emulator.shares().at(0).quota_gib == 30);
    CHECK(header(cloud.send("GET", "/fs-one?restype=share"), "x-ms-meta-owner") == "alice");
    CHECK(cloud.create("fs-two", {{"x-ms-meta-owner", "bob"}}).status == 201);
    const auto read = cloud.share("GET", "/fs-two?$expand=stats");
    CHECK(body_of(read).string_at({"properties", "metadata", "owner"}) == "bob");
    CHECK(body_of(read).find_path({"properties", "shareUsageBytes"})->integer() == 0);
    CHECK(cloud.share("PATCH", "/fs-two", R"({"properties":{"metadata":{"a":"b"}}})").status == 200);
    CHECK(cloud.emulator.shares().at(1).metadata.size() == 1);
    CHECK(cloud.emulator.shares().at(1).quota_gib == 5120);
    CHECK(cloud.share("DELETE", "/fs-two").status == 200);
    CHECK(cloud.share("DELETE", "/fs-two").status == 204);
    CHECK(code_of(cloud.share("PUT", "/fs-two", kBody)) == "ShareBeingDeleted");
    CHECK(code_of(cloud.share("GET", "/fs-two")) == "ShareNotFound");
    CHECK(cloud.share("PATCH", "/fs-two", kBody).status == 404);
  }

  TEST_CASE("a PUT of a share that exists is 200, and changes it only where the options say so") {
    for (const bool changes : {false, true}) {
      EmulatorOptions options;
      options.update_shares_by_put = changes;
      Shares cloud(options);
      CHECK(cloud.share("PUT", "/fs-one", kBody).status == 201);
      CHECK(cloud.share("PUT", "/fs-one", R"({"properties":{"shareQuota":40}})").status == 200);
      CHECK(cloud.emulator.shares().at(0).quota_gib == (changes ? 40 : 30));
    }
  }

  TEST_CASE("the protocol of a share is set when it is made, and not changed") {
    Shares cloud;
    const char* smb = R"({"properties":{"enabledProtocols":"SMB"}})";
    CHECK(cloud.share("PUT", "/fs-one", smb).status == 201);
    CHECK(cloud.share("PUT", "/fs-one", smb).status == 200);
    CHECK(cloud.share("PATCH", "/fs-one", smb).status == 200);
    const char* nfs = R"({"properties":{"enabledProtocols":"NFS"}})";
    CHECK(code_of(cloud.share("PATCH", "/fs-one", nfs)) == "InvalidRequestContent");
  }

  TEST_CASE("a list shows no metadata, takes the beginning of names, and has pages") {
    Shares cloud;
    for (const char* name : {"/fs-a", "/fs-b", "/other"})
      CHECK(cloud.share("PUT", name, kBody).status == 201);
    const Value first = body_of(cloud.share("GET", "?$filter=fs-&$maxpagesize=1"));
    REQUIRE(first.find("value")->array().size() == 1);
    const Value& item = first.find("value")->array().front();
    CHECK(item.string_at({"name"}) == "fs-a");
    CHECK_FALSE(item.string_at({"etag"}).empty());
    CHECK(item.find_path({"properties", "metadata"}) == nullptr);
    const Value second = body_of(cloud.arm("GET", std::string(first.string_at({"nextLink"}))));
    REQUIRE(second.find("value")->array().size() == 1);
    CHECK(second.find("value")->array().front().string_at({"name"}) == "fs-b");
    CHECK(second.find("nextLink") == nullptr);
    CHECK(cloud.share("GET", "?$maxpagesize=0").status == 400);
    CHECK(cloud.share("GET", "?$expand=metadata").status == 400);
  }

  TEST_CASE("a deleted share is listed with its version, and comes back") {
    Shares cloud(with_retention());
    CHECK(cloud.share("PUT", "/fs-one", kBody).status == 201);
    CHECK(cloud.share("DELETE", "/fs-one").status == 200);
    CHECK(body_of(cloud.share("GET", "")).find("value")->array().empty());
    const Value list = body_of(cloud.share("GET", "?$expand=deleted&$filter=fs-one"));
    REQUIRE(list.find("value")->array().size() == 1);
    const Value& gone = list.find("value")->array().front();
    const std::string version(gone.string_at({"properties", "version"}));
    CHECK(gone.string_at({"id"}).ends_with("fs-one_" + version));
    CHECK(gone.find_path({"properties", "remainingRetentionDays"})->integer() == 7);
    const std::string body = R"({"deletedShareName":"fs-one","deletedShareVersion":")" + version + "\"}";
    CHECK(cloud.share("POST", "/fs-one/restore", R"({"deletedShareName":"fs-one"})").status == 400);
    CHECK(cloud.share("POST", "/fs-one/restore", body).status == 200);
    CHECK(code_of(cloud.share("POST", "/fs-one/restore", body)) == "ShareAlreadyExists");
    CHECK(cloud.emulator.shares().at(0).metadata.at("owner") == "alice");
  }

  TEST_CASE("what is wrong is refused") {
    Shares cloud;
    for (const char* body :
         {"", "[]", R"({"properties":[]})", R"({"properties":{"shareQuota":0}})",
          R"({"properties":{"shareQuota":"30"}})", R"({"properties":{"metadata":{"1a":"b"}}})",
          R"({"properties":{"metadata":{"a":1}}})", R"({"properties":{"metadata":{"A":"1","a":"2"}}})",
          R"({"properties":{"accessTier":"Lukewarm"}})", R"({"properties":{"enabledProtocols":"FTP"}})"}) {
      CAPTURE(body);
      cloud.clock->advance(1s);
      CHECK(code_of(cloud.share("PUT", "/fs-one", body)) == "InvalidRequestContent");
    }
    cloud.clock->advance(1s);
    CHECK(code_of(cloud.share("PUT", "/Fs", kBody)) == "InvalidResourceName");
    CHECK(cloud.share("DELETE", "/fs-one?$include=all").status == 400);
    CHECK(cloud.share("POST", "/fs-one", kBody).status == 405);
    CHECK(cloud.share("POST", "/fs-one/rename", kBody).status == 405);
    const std::string other = replaced(cloud.share_url("/fs-one"), "dev8emulator", "nobody");
    CHECK(code_of(cloud.arm("GET", other)) == "ResourceNotFound");
  }

  TEST_CASE("each action of a role is asked for") {
    struct Row {
      const char* action;
      const char* method;
      const char* rest;
    };
    for (const Row& row :
         {Row{"read", "GET", ""}, Row{"read", "GET", "/fs-one"}, Row{"write", "PUT", "/fs-one"},
          Row{"write", "PATCH", "/fs-one"}, Row{"delete", "DELETE", "/fs-one"},
          Row{"restore/action", "POST", "/fs-one/restore"}, Row{"lease/action", "POST", "/fs-one/lease"}}) {
      CAPTURE(row.action);
      EmulatorOptions options;
      options.denied_actions = {std::string("Microsoft.Storage/storageAccounts/fileServices/shares/") +
                                row.action};
      Shares cloud(options);
      CHECK(code_of(cloud.share(row.method, row.rest, kBody)) == "AuthorizationFailed");
    }
  }

  TEST_CASE("the storage provider's limits: 10 writes in a second, 100 lists and 800 reads in 5 minutes") {
    Shares cloud;
    for (int i = 0; i < 10; ++i) CHECK(cloud.share("PUT", "/fs-one", kBody).status < 300);
    const auto refused = cloud.share("PUT", "/fs-one", kBody);
    CHECK(refused.status == 429);
    CHECK(header(refused, "Retry-After") == "1");
    cloud.clock->advance(1s);
    CHECK(cloud.share("PUT", "/fs-one", kBody).status == 200);
    for (int i = 0; i < 100; ++i) CHECK(cloud.share("GET", "").status == 200);
    CHECK(cloud.share("GET", "").status == 429);
    for (int i = 0; i < 800; ++i) CHECK(cloud.share("GET", "/fs-one").status == 200);
    CHECK(cloud.share("GET", "/fs-one").status == 429);
    cloud.clock->advance(300s);
    CHECK(cloud.share("GET", "").status == 200);
    CHECK(cloud.share("GET", "/fs-one").status == 200);
  }
}
