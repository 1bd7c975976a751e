// Directories and files on a share.
#include "files.h"

using namespace emulator_test;

namespace {

struct Tree : Files {
  Tree() { create("fs-one"); }

  HttpResponse create_file(const std::string& path, std::string_view length) {
    return send("PUT", "/fs-one/" + path,
                {{"x-ms-content-length", std::string(length)}, {"x-ms-type", "file"}});
  }
  HttpResponse write(const std::string& path, std::string_view range, std::string content) {
    return send("PUT", "/fs-one/" + path + "?comp=range",
                {{"x-ms-range", "bytes=" + std::string(range)}, {"x-ms-write", "update"}},
                std::move(content));
  }
  HttpResponse directory(std::string method, const std::string& path) {
    return send(std::move(method), "/fs-one/" + path + "?restype=directory");
  }
};

std::string error_of(const HttpResponse& response) {
  return header(response, "x-ms-error-code");
}

}  // namespace

TEST_SUITE("files") {
  TEST_CASE("a file is created, written in ranges and read") {
    Tree cloud;
    CHECK(cloud.directory("PUT", "my%20dir").status == 201);
    CHECK(cloud.create_file("my%20dir/a.txt", "10").status == 201);
    CHECK(cloud.write("my%20dir/a.txt", "0-4", "hello").status == 201);
    CHECK(cloud.write("my%20dir/a.txt", "5-9", "world").status == 201);
    CHECK(cloud.send("GET", "/fs-one/my%20dir/a.txt").body == "helloworld");
    const HttpResponse part = cloud.send("GET", "/fs-one/my%20dir/a.txt", {{"x-ms-range", "bytes=3-6"}});
    CHECK(part.status == 206);
    CHECK(part.body == "lowo");
    CHECK(header(part, "Content-Range") == "bytes 3-6/10");
    CHECK(header(cloud.send("HEAD", "/fs-one/my%20dir/a.txt"), "Content-Length") == "10");
    CHECK(error_of(cloud.write("my%20dir/a.txt", "10-14", "hello")) == "InvalidRange");
    CHECK(error_of(cloud.write("my%20dir/a.txt", "0-4", "hi")) == "InvalidHeaderValue");
  }

  TEST_CASE("parents and doubles") {
    Tree cloud;
    CHECK(error_of(cloud.create_file("none/a.txt", "1")) == "ParentNotFound");
    CHECK(error_of(cloud.directory("PUT", "none/sub")) == "ParentNotFound");
    CHECK(cloud.directory("PUT", "dir").status == 201);
    CHECK(error_of(cloud.directory("PUT", "dir")) == "ResourceAlreadyExists");
    CHECK(error_of(cloud.directory("PUT", "a%3Ab")) == "InvalidFileOrDirectoryPathName");
    CHECK(error_of(cloud.create_file("a.txt", "")) == "InvalidHeaderValue");
  }

  TEST_CASE("a directory is listed, and deleted when empty") {
    Tree cloud;
    cloud.directory("PUT", "dir");
    cloud.directory("PUT", "dir/sub");
    cloud.create_file("dir/a.txt", "7");
    const std::string list = cloud.send("GET", "/fs-one/dir?comp=list&restype=directory").body;
    CHECK(list.find("<File><Name>a.txt</Name><Properties><Content-Length>7<") != std::string::npos);
    CHECK(list.find("<Directory><Name>sub</Name>") != std::string::npos);
    const std::string first = cloud.send("GET", "/fs-one/dir?comp=list&maxresults=1&restype=directory").body;
    CHECK(first.find("<Name>a.txt</Name>") != std::string::npos);
    CHECK(first.find("<Name>sub</Name>") == std::string::npos);
    CHECK(first.find("<NextMarker>sub</NextMarker>") != std::string::npos);
    const std::string rest = cloud.send("GET", "/fs-one/dir?comp=list&marker=sub&restype=directory").body;
    CHECK(rest.find("a.txt") == std::string::npos);
    CHECK(rest.find("<Name>sub</Name>") != std::string::npos);
    CHECK(error_of(cloud.send("GET", "/fs-one?comp=list&maxresults=0&restype=directory")) ==
          "OutOfRangeQueryParameterValue");
    CHECK(error_of(cloud.send("GET", "/fs-one/none?comp=list&restype=directory")) == "ResourceNotFound");
    CHECK(error_of(cloud.send("GET", "/fs-one/dir/a.txt?comp=list&restype=directory")) == "ResourceNotFound");
    CHECK(error_of(cloud.directory("DELETE", "dir")) == "DirectoryNotEmpty");
    CHECK(cloud.directory("DELETE", "dir/sub").status == 202);
    CHECK(cloud.send("DELETE", "/fs-one/dir/a.txt").status == 202);
    CHECK(cloud.directory("DELETE", "dir").status == 202);
    CHECK(error_of(cloud.send("GET", "/fs-one/dir/a.txt")) == "ResourceNotFound");
  }

  TEST_CASE("files die with their share") {
    Tree cloud;
    cloud.create_file("a.txt", "1");
    CHECK(cloud.send("GET", "/fs-one?comp=stats&restype=share").body.find("<ShareUsageBytes>1<") !=
          std::string::npos);
    cloud.send("DELETE", "/fs-one?restype=share");
    CHECK(error_of(cloud.send("GET", "/fs-one/a.txt")) == "ShareNotFound");
    cloud.clock->advance(30s);
    cloud.create("fs-one");
    CHECK(error_of(cloud.send("GET", "/fs-one/a.txt")) == "ResourceNotFound");
  }
}
