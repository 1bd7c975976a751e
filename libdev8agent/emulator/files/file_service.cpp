// Routing of Azure Files requests and what is refused before routing: see file_service.h.
#include "files/file_service.h"

#include <algorithm>
#include <array>

#include "core/strings.h"
#include "files/signature.h"

namespace dev8agent::emulator {
namespace {

// Published versions of the service that have SharedKey in the form of signature.h.
constexpr std::array kVersions = {
    "2015-02-21", "2015-04-05", "2015-07-08", "2015-12-11", "2016-05-31", "2017-04-17", "2017-07-29",
    "2017-11-09", "2018-03-28", "2018-11-09", "2019-02-02", "2019-07-07", "2019-10-10", "2019-12-12",
    "2020-02-10", "2020-04-08", "2020-06-12", "2020-08-04", "2020-10-02", "2020-12-06", "2021-02-12",
    "2021-04-10", "2021-06-08", "2021-08-06", "2021-10-04", "2021-12-02", "2022-11-02", "2023-01-03",
    "2023-05-03", "2023-08-03", "2023-11-03", "2024-02-04", "2024-05-04", "2024-08-04", "2024-11-04",
    "2025-01-05", "2025-05-05", "2025-07-05", "2025-11-05", "2026-02-06", "2026-04-06", "2026-06-06",
    "2026-10-06"};

constexpr std::string_view kTokensFrom = "2024-11-04";

std::string lease_route(const Exchange& exchange) {
  const auto action = lease_action(exchange.header("x-ms-lease-action"));
  if (!action) return "Share_Lease";  // refused
  constexpr std::array kNames = {"Acquire", "Renew", "Change", "Release", "Break"};
  return "Share_" + std::string(kNames[static_cast<std::size_t>(*action)]) + "Lease";
}

std::string share_route(const Exchange& exchange) {
  const Url& url = exchange.url;
  const std::string& method = exchange.http.method;
  const std::string comp = lower(url.parameter("comp").value_or(""));
  const bool reads = method == "GET" || method == "HEAD";
  if (!url.has("restype", "share")) return "Unknown";
  if (comp.empty() && method == "PUT") return "Share_Create";
  if (comp.empty() && reads) return "Share_GetProperties";
  if (comp.empty() && method == "DELETE") return "Share_Delete";
  if (comp == "metadata" && method == "PUT") return "Share_SetMetadata";
  if (comp == "metadata" && reads) return "Share_GetProperties";
  if (comp == "properties" && method == "PUT") return "Share_SetProperties";
  if (comp == "stats" && method == "GET") return "Share_GetStatistics";
  if (comp == "undelete" && method == "PUT") return "Share_Restore";
  if (comp == "snapshot" && method == "PUT") return "Share_CreateSnapshot";
  if (comp == "lease" && method == "PUT") return lease_route(exchange);
  return "Unknown";
}

std::string entry_route(std::string_view method, const Url& url) {
  const bool directory = url.has("restype", "directory");
  const std::string comp = lower(url.parameter("comp").value_or(""));
  if (directory && comp == "list" && method == "GET") return "Directory_ListFilesAndDirectoriesSegment";
  if (comp == "range" && method == "PUT") return "File_UploadRange";
  if (!comp.empty()) return "Unknown";
  if (method == "PUT") return directory ? "Directory_Create" : "File_Create";
  if (method == "HEAD") return directory ? "Directory_GetProperties" : "File_GetProperties";
  if (method == "GET") return directory ? "Directory_GetProperties" : "File_Download";
  if (method == "DELETE") return directory ? "Directory_Delete" : "File_Delete";
  return "Unknown";
}

std::string route_operation(const Exchange& exchange) {
  const Url& url = exchange.url;
  const std::string& method = exchange.http.method;
  if (exchange.segments.empty()) {
    if (method == "GET" && url.has("comp", "list")) return "Shares_List";
    if (method == "GET" && url.has("restype", "service")) return "Service_GetProperties";
    return "Unknown";
  }
  const bool root_listing = url.has("restype", "directory") && exchange.segments.size() == 1;
  return exchange.segments.size() == 1 && !root_listing ? share_route(exchange) : entry_route(method, url);
}

std::string join_path(const std::vector<std::string>& segments) {
  std::string out;
  for (std::size_t i = 1; i < segments.size(); ++i) out += (i > 1 ? "/" : "") + segments[i];
  return out;
}

}  // namespace

Route FileService::route(const Exchange& exchange) {
  return {route_operation(exchange), exchange.segments.empty() ? "" : exchange.segments[0]};
}

HttpResponse FileService::handle(const Exchange& exchange) {
  Account* account = storage_.account(exchange.account);
  if (auto error = refuse(exchange, account)) return file_error(*error, exchange, guids_);
  const Route found = route(exchange);
  const Call call{exchange, *account, found.operation, found.resource, join_path(exchange.segments)};
  if (call.operation == "Shares_List") return list_shares(call);
  if (call.operation == "Service_GetProperties") return service_properties(call);
  if (call.operation == "Unknown") {
    return fail(call, 400, "InvalidQueryParameterValue",
                "The combination of method and parameters is not known.");
  }
  return share_operation(call);
}

std::optional<FileError> FileService::refuse(const Exchange& exchange, const Account* account) const {
  if (!account) return FileError{404, "ResourceNotFound", "The storage account does not exist.", ""};
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view authorization = exchange.header("Authorization");
  const bool with_token = same_name(authorization.substr(0, kBearer.size()), kBearer);
  if (with_token) {
    if (auto error = refuse_token(exchange, authorization.substr(kBearer.size()))) return error;
  } else if (!account->settings.shared_key_access) {
    return FileError{403, "KeyBasedAuthenticationNotPermitted",
                     "Key based authentication is not permitted on this storage account.", ""};
  } else if (std::string detail = check_shared_key(exchange, *account); !detail.empty()) {
    return FileError{
        403, "AuthenticationFailed",
        "Server failed to authenticate the request. Make sure the value of Authorization header is "
        "formed correctly including the signature.",
        std::move(detail)};
  }
  const std::string_view version = exchange.header("x-ms-version");
  if (version.empty()) {
    return FileError{400, "MissingRequiredHeader", "The header 'x-ms-version' is required.", ""};
  }
  if (std::find(kVersions.begin(), kVersions.end(), version) == kVersions.end()) {
    return FileError{400, "InvalidHeaderValue", "The value of 'x-ms-version' is not known.", ""};
  }
  return std::nullopt;
}

std::optional<FileError> FileService::refuse_token(const Exchange& exchange, std::string_view token) const {
  if (tokens_.check(token, TokenStore::Audience::kStorage, exchange.moment.now) !=
      TokenStore::Verdict::kValid) {
    return FileError{401, "InvalidAuthenticationInfo",
                     "Authentication information is not given in the correct format.", ""};
  }
  // Versions are dates, which compare as texts.
  if (exchange.header("x-ms-version") < kTokensFrom) {
    return FileError{403, "AuthorizationFailure", "This version does not accept tokens for this operation.",
                     ""};
  }
  if (!same_name(exchange.header("x-ms-file-request-intent"), "backup")) {
    return FileError{400, "MissingRequiredHeader", "The header 'x-ms-file-request-intent' is required.", ""};
  }
  if (!roles_.count(exchange.moment.now)) {
    return FileError{403, "AuthorizationPermissionMismatch",
                     "This request is not authorized to perform this operation using this permission.", ""};
  }
  return std::nullopt;
}

HttpResponse FileService::fail(const Call& call, int status, std::string code, std::string message) {
  return file_error({status, std::move(code), std::move(message), ""}, call.exchange, guids_);
}

HttpResponse FileService::service_properties(const Call& call) {
  HttpResponse response = file_reply(200, call.exchange, guids_);
  response.headers.push_back({"Content-Type", "application/xml"});
  response.body =
      "<?xml version=\"1.0\" encoding=\"utf-8\"?><StorageServiceProperties><Cors />"
      "</StorageServiceProperties>";
  return response;
}

}  // namespace dev8agent::emulator
