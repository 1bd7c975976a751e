// FileShares: the Azure Files data plane of one storage account, signed with SharedKey. A write is one
// attempt, because the caller must observe the share before it repeats a write; reads are repeated here. Loop
// thread only.
//
//   FileShares shares(sender, keys, retrier, random_bytes, file_endpoint(options.file, keys.account()));
//   auto look = co_await shares.get(call, "ws-1");
//   if (look.ok() && !look->share) ...  // Azure says that there is no such share
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "azure/storage_keys.h"
#include "base/retry.h"
#include "base/sender.h"
#include "model/file_share.h"

namespace dev8agent::internal::azure {

// What a read of a share's properties has shown. `asked_at` gives the age of the observation.
struct ShareRead {
  std::optional<FileShare> share;  // nothing only when Azure says that the share is not there
  TimePoint asked_at{};            // before Azure looked
};

class FileShares {
 public:
  // `endpoint` has its account filled in already: "https://acct.file.core.windows.net", or path-style
  // "http://127.0.0.1:10004/acct" as emulators use it. `sender` adds no Authorization header: this class
  // signs each request. The references must outlive the client.
  FileShares(Sender& sender, StorageKeys& keys, Retrier& retrier,
             std::function<std::string(std::size_t)> random_bytes, std::string endpoint);

  // Writes. An attempt is given up after 15 s. A failure with Error::request_sent leaves the effect unknown.
  //
  // create() makes the share with its quota and its metadata. kConflict, with Azure's code: the share exists,
  // or one of its name is being deleted, which takes 30 s and more.
  Task<Status> create(CallPtr call, FileShare share);
  // Deletes the share with all files and snapshots. kNotFound: it is not there.
  Task<Status> remove(CallPtr call, std::string share);  // with its snapshots
  // Replaces all metadata: a name that is not in `metadata` is removed.
  Task<Status> set_metadata(CallPtr call, std::string share, std::map<std::string, std::string> metadata);
  // Sets the largest size of the share, in GiB. Files are not touched.
  Task<Status> set_quota(CallPtr call, std::string share, int quota_gib);

  // Reads. Each is repeated until it succeeds, fails for good or the deadline comes.
  //
  // get() reads one share. 404 ShareNotFound is a success without a share.
  Task<Result<ShareRead>> get(CallPtr call, std::string share);
  // Every share whose name begins with `prefix`, with metadata, from all pages. kInternal after 1000 pages.
  Task<Result<std::vector<FileShare>>> list(CallPtr call, std::string prefix);
  // True when the share holds neither files nor directories. An error when it is not there.
  Task<Result<bool>> is_empty(CallPtr call, std::string share);

  // A sentence for the health report once Azure has refused a signature because this machine's clock is wrong
  // by more than 5 minutes. It has both times. Empty while no such refusal was seen.
  std::string clock_warning(WallTime now) const;

 private:
  // One signed attempt. Any status other than `expected_status` is an error. `path_and_query` is
  // percent-encoded and follows the endpoint.
  Task<Result<HttpResponse>> send(CallPtr call, std::string label, std::string method,
                                  std::string path_and_query, std::vector<HttpHeader> headers,
                                  int expected_status);
  // Signs and sends. After a refused signature it tries again, with Azure's time or with a new key.
  Task<Result<HttpResponse>> send_signed(CallPtr call, HttpRequest request);
  // kAzureCredentials: `key` is not base64, or the request cannot be signed.
  Result<HttpRequest> with_signature(HttpRequest request, WallTime signed_at, const std::string& key) const;
  Task<Status> write(CallPtr call, std::string label, std::string method, std::string path_and_query,
                     std::vector<HttpHeader> headers, int expected_status);

  Sender& sender_;
  StorageKeys& keys_;
  Retrier& retrier_;
  std::function<std::string(std::size_t)> random_bytes_;
  std::string endpoint_;
  std::chrono::seconds clock_error_{0};  // how far Azure's clock is ahead of this machine's
};

// `endpoint` with "{account}" replaced by `account`; unchanged when it does not contain that.
std::string file_endpoint(std::string endpoint, const std::string& account);

}  // namespace dev8agent::internal::azure
