// FileShares: the Azure Files data plane of one storage account, signed with SharedKey. Each write is one
// attempt, because a repeat must look first; reads repeat themselves. Loop thread only.
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

// What a question for a share's properties has shown.
struct ShareLook {
  std::optional<FileShare> share;  // nothing only when Azure says that the share is not there
  TimePoint asked_at{};            // before Azure looked
};

class FileShares {
 public:
  // `endpoint` has its account filled in already: "https://acct.file.core.windows.net" or, path-style,
  // "http://127.0.0.1:10004/acct". References must outlive the client.
  FileShares(Sender& sender, StorageKeys& keys, Retrier& retrier,
             std::function<std::string(std::size_t)> random_bytes, std::string endpoint);

  // Writes. kConflict with Azure's code when the share exists or is being deleted.
  Task<Status> create(CallPtr call, FileShare share);
  Task<Status> remove(CallPtr call, std::string share);  // with its snapshots
  Task<Status> set_metadata(CallPtr call, std::string share, std::map<std::string, std::string> metadata);
  Task<Status> set_quota(CallPtr call, std::string share, int quota_gib);

  // Reads.
  Task<Result<ShareLook>> get(CallPtr call, std::string share);
  Task<Result<std::vector<FileShare>>> list(CallPtr call, std::string prefix);
  // Whether the share holds neither files nor directories.
  Task<Result<bool>> is_empty(CallPtr call, std::string share);

  // That this machine's clock is wrong, with both times, once Azure has refused a signature for that; else
  // nothing.
  std::string clock_warning(WallTime now) const;

 private:
  Task<Result<HttpResponse>> send(CallPtr call, std::string label, std::string method,
                                  std::string path_and_query, std::vector<HttpHeader> headers,
                                  int expected_status);
  Task<Result<HttpResponse>> send_signed(CallPtr call, HttpRequest request);
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

// `endpoint` with "{account}" replaced.
std::string file_endpoint(std::string endpoint, const std::string& account);

}  // namespace dev8agent::internal::azure
