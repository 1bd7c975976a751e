// Answers of Azure Files: see file_reply.h.
#include "files/file_reply.h"

#include <array>
#include <cstdio>

#include "core/strings.h"

namespace dev8agent::emulator {
namespace {

constexpr std::string_view kMetadataPrefix = "x-ms-meta-";

}  // namespace

HttpResponse file_reply(int status, const Exchange& exchange, GuidSource& guids) {
  HttpResponse response;
  response.status = status;
  response.headers.reserve(12);
  response.headers.push_back({"Server", "Windows-Azure-File/1.0 Microsoft-HTTPAPI/2.0"});
  response.headers.push_back({"x-ms-request-id", guids.next()});
  response.headers.push_back({"x-ms-version", std::string(exchange.header("x-ms-version"))});
  response.headers.push_back({"Date", rfc1123(exchange.moment.wall)});
  if (const auto id = exchange.header("x-ms-client-request-id"); !id.empty()) {
    response.headers.push_back({"x-ms-client-request-id", std::string(id)});
  }
  return response;
}

HttpResponse file_error(const FileError& error, const Exchange& exchange, GuidSource& guids) {
  HttpResponse response = file_reply(error.status, exchange, guids);
  response.headers.push_back({"x-ms-error-code", error.code});
  if (exchange.http.method == "HEAD") return response;
  response.headers.push_back({"Content-Type", "application/xml"});
  response.body = "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>" + error.code +
                  "</Code><Message>" + escape_xml(error.message) +
                  "\nRequestId:" + response.headers[1].value + "\nTime:" + rfc3339(exchange.moment.wall, 7) +
                  "</Message>";
  if (!error.detail.empty()) {
    response.body +=
        "<AuthenticationErrorDetail>" + escape_xml(error.detail) + "</AuthenticationErrorDetail>";
  }
  response.body += "</Error>";
  return response;
}

std::string etag(std::uint64_t version) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "\"0x%llX\"", static_cast<unsigned long long>(version));
  return text.data();
}

void add_version(std::uint64_t version, TimePoint modified, const Moment& moment, HttpResponse& response) {
  response.headers.push_back({"ETag", etag(version)});
  response.headers.push_back({"Last-Modified", rfc1123(moment.at(modified))});
}

void add_metadata(const std::map<std::string, std::string>& metadata, HttpResponse& response) {
  for (const auto& [name, value] : metadata) {
    response.headers.push_back({std::string(kMetadataPrefix) + name, value});
  }
}

std::map<std::string, std::string> sent_metadata(const Exchange& exchange) {
  std::map<std::string, std::string> metadata;
  for (const HttpHeader& header : exchange.http.headers) {
    std::string name = lower(header.name);
    if (name.starts_with(kMetadataPrefix)) {
      metadata.emplace(name.substr(kMetadataPrefix.size()), trim(header.value));
    }
  }
  return metadata;
}

}  // namespace dev8agent::emulator
