// DataPlaneShares: the calls of the Azure Files data plane.
#include "azure/data_plane_shares.h"

#include <algorithm>

#include "azure/errors.h"
#include "base/text.h"
#include "base/time_format.h"

namespace dev8agent::internal::azure {
namespace {

constexpr std::chrono::seconds kShareAttemptTimeout{15};
constexpr int kMaxPages = 1000;
constexpr std::string_view kNoShare = "dev8-health-";  // no share's name begins so: a list of them is empty

std::vector<HttpHeader> metadata_headers(const std::map<std::string, std::string>& metadata) {
  std::vector<HttpHeader> headers;
  for (const auto& [name, value] : metadata) headers.push_back({"x-ms-meta-" + name, value});
  return headers;
}

}  // namespace

std::string file_endpoint(std::string endpoint, const std::string& account) {
  constexpr std::string_view kPlaceholder = "{account}";
  if (auto at = endpoint.find(kPlaceholder); at != endpoint.npos)
    endpoint.replace(at, kPlaceholder.size(), account);
  return endpoint;
}

DataPlaneShares::DataPlaneShares(Sender& sender, FileProtocol protocol, Retrier& retrier,
                                 std::function<std::string(std::size_t)> random_bytes, std::string endpoint)
    : sender_(sender),
      protocol_(protocol),
      retrier_(retrier),
      random_bytes_(std::move(random_bytes)),
      endpoint_(std::move(endpoint)) {}

Task<Result<HttpResponse>> DataPlaneShares::send(CallPtr call, std::string label, std::string method,
                                                 std::string path_and_query, std::vector<HttpHeader> headers,
                                                 int expected_status) {
  HttpRequest request;
  request.label = label;
  request.method = std::move(method);
  request.url = endpoint_ + path_and_query;
  request.headers = std::move(headers);
  request.headers.push_back({"x-ms-version", protocol_.version});
  if (protocol_.names_intent) request.headers.push_back({"x-ms-file-request-intent", "backup"});
  request.headers.push_back({"x-ms-client-request-id", client_request_id(*call, random_bytes_)});
  request.deadline = call->now() + kShareAttemptTimeout;
  auto response = co_await sender_.send(call, std::move(request));
  if (!response.ok()) {
    Error error = response.error();
    if (error.code == ErrorCode::kTimeout && call->now() < call->deadline) {
      error = make_error(ErrorCode::kAzureUnavailable, "no answer from Azure Files to " + label);
      error.retryable = true;
      error.request_sent = true;
    }
    co_return error;
  }
  if (response->status == expected_status) co_return response;
  if (response->status < 300) co_return malformed_response(*response, label);
  co_return error_of(*response, call->scheduler->wall_now());
}

Task<Status> DataPlaneShares::write(CallPtr call, std::string label, std::string method,
                                    std::string path_and_query, std::vector<HttpHeader> headers,
                                    int expected_status) {
  auto response = co_await send(call, label, method, path_and_query, std::move(headers), expected_status);
  if (!response.ok()) co_return response.error();
  co_return Done{};
}

Task<Status> DataPlaneShares::create(CallPtr call, FileShare share) {
  auto headers = metadata_headers(share.metadata);
  headers.push_back({"x-ms-share-quota", std::to_string(share.quota_gib)});
  auto done = co_await write(call, "shares.create", "PUT",
                             "/" + percent_encode(share.name) + "?restype=share", std::move(headers), 201);
  co_return done;
}

Task<Status> DataPlaneShares::remove(CallPtr call, std::string share, Snapshots snapshots) {
  std::vector<HttpHeader> headers;
  if (snapshots == Snapshots::kDelete) headers.push_back({"x-ms-delete-snapshots", "include"});
  auto done = co_await write(call, "shares.delete", "DELETE", "/" + percent_encode(share) + "?restype=share",
                             std::move(headers), 202);
  co_return done;
}

Task<Result<std::string>> DataPlaneShares::snapshot(CallPtr call, std::string share) {
  auto response = co_await send(call, "shares.snapshot", "PUT",
                                "/" + percent_encode(share) + "?restype=share&comp=snapshot", {}, 201);
  if (!response.ok()) co_return response.error();
  const auto name = find_header(response->headers, "x-ms-snapshot");
  if (!name || !parse_rfc3339(*name)) co_return malformed_response(*response, "shares.snapshot");
  co_return std::string(*name);
}

Task<Status> DataPlaneShares::restore(CallPtr call, std::string share, std::string version) {
  std::vector<HttpHeader> headers = {{"x-ms-deleted-share-name", share},
                                     {"x-ms-deleted-share-version", std::move(version)}};
  auto done =
      co_await write(call, "shares.restore", "PUT",
                     "/" + percent_encode(share) + "?restype=share&comp=undelete", std::move(headers), 201);
  co_return done;
}

Task<Status> DataPlaneShares::set_metadata(CallPtr call, std::string share,
                                           std::map<std::string, std::string> metadata) {
  auto done = co_await write(call, "shares.setMetadata", "PUT",
                             "/" + percent_encode(share) + "?restype=share&comp=metadata",
                             metadata_headers(metadata), 200);
  co_return done;
}

Task<Status> DataPlaneShares::set_quota(CallPtr call, std::string share, int quota_gib) {
  std::vector<HttpHeader> headers = {{"x-ms-share-quota", std::to_string(quota_gib)}};
  auto done =
      co_await write(call, "shares.setProperties", "PUT",
                     "/" + percent_encode(share) + "?restype=share&comp=properties", std::move(headers), 200);
  co_return done;
}

Task<Result<ShareRead>> DataPlaneShares::get(CallPtr call, std::string share) {
  auto read = std::make_shared<ShareRead>();
  std::function<Task<Result<HttpResponse>>()> attempt = [this, call, share,
                                                         read]() -> Task<Result<HttpResponse>> {
    read->asked_at = call->now();
    auto once =
        co_await send(call, "shares.get", "GET", "/" + percent_encode(share) + "?restype=share", {}, 200);
    // The properties are headers; an answer without them comes from something that is not Azure Files.
    if (once.ok() && !find_header(once->headers, "x-ms-share-quota"))
      co_return malformed_response(*once, "shares.get");
    co_return once;
  };
  auto response = co_await retrier_.run<HttpResponse>(call, attempt);
  if (response.ok()) {
    read->share = read_share_headers(share, response->headers);
  } else if (response.error().code != ErrorCode::kNotFound) {
    co_return response.error();
  }
  co_return std::move(*read);
}

Task<Result<bool>> DataPlaneShares::is_empty(CallPtr call, std::string share) {
  auto empty = std::make_shared<bool>(false);
  std::function<Task<Result<HttpResponse>>()> attempt = [this, call, share,
                                                         empty]() -> Task<Result<HttpResponse>> {
    auto once =
        co_await send(call, "directories.list", "GET",
                      "/" + percent_encode(share) + "?restype=directory&comp=list&maxresults=1", {}, 200);
    if (!once.ok()) co_return once;
    const auto none = shows_no_entries(once->body);
    if (!none) co_return malformed_response(*once, "directories.list");
    *empty = *none;
    co_return once;
  };
  auto response = co_await retrier_.run<HttpResponse>(call, attempt);
  if (!response.ok()) co_return response.error();
  co_return *empty;
}

Task<Result<SharePage>> DataPlaneShares::list_pages(CallPtr call, std::string query) {
  SharePage all;
  for (int page = 0; page < kMaxPages; ++page) {
    const std::string asked =
        query + (all.next_marker.empty() ? "" : "&marker=" + percent_encode(all.next_marker));
    auto read = std::make_shared<SharePage>();
    std::function<Task<Result<HttpResponse>>()> attempt = [this, call, asked,
                                                           read]() -> Task<Result<HttpResponse>> {
      auto once = co_await send(call, "shares.list", "GET", asked, {}, 200);
      if (!once.ok()) co_return once;
      auto parsed = read_share_page(once->body);
      if (!parsed) co_return malformed_response(*once, "shares.list");
      *read = std::move(*parsed);
      co_return once;
    };
    auto response = co_await retrier_.run<HttpResponse>(call, attempt);
    if (!response.ok()) co_return response.error();
    for (FileShare& share : read->shares) all.shares.push_back(std::move(share));
    for (DeletedShare& share : read->deleted) all.deleted.push_back(std::move(share));
    for (std::string& share : read->snapshots) all.snapshots.push_back(std::move(share));
    all.next_marker = std::move(read->next_marker);
    if (all.next_marker.empty()) co_return all;
  }
  co_return make_error(ErrorCode::kInternal, "the list of file shares has more than 1000 pages");
}

Task<Result<std::vector<FileShare>>> DataPlaneShares::list(CallPtr call, std::string prefix, NeedsMetadata) {
  auto pages = co_await list_pages(call, "/?comp=list&include=metadata&prefix=" + percent_encode(prefix));
  if (!pages.ok()) co_return pages.error();
  co_return std::move(pages->shares);
}

Task<Result<std::vector<DeletedShare>>> DataPlaneShares::deleted(CallPtr call, std::string share) {
  auto pages =
      co_await list_pages(call, "/?comp=list&include=metadata,deleted&prefix=" + percent_encode(share));
  if (!pages.ok()) co_return pages.error();
  std::erase_if(pages->deleted, [&](const DeletedShare& one) { return one.share.name != share; });
  co_return std::move(pages->deleted);
}

Task<Result<bool>> DataPlaneShares::has_snapshots(CallPtr call, std::string share) {
  auto pages = co_await list_pages(call, "/?comp=list&include=snapshots&prefix=" + percent_encode(share));
  if (!pages.ok()) co_return pages.error();
  co_return std::find(pages->snapshots.begin(), pages->snapshots.end(), share) != pages->snapshots.end();
}

Task<Status> DataPlaneShares::check(CallPtr call) {
  auto none = co_await list_pages(call, "/?comp=list&prefix=" + std::string(kNoShare));
  if (!none.ok()) co_return none.error();
  co_return Done{};
}

}  // namespace dev8agent::internal::azure
