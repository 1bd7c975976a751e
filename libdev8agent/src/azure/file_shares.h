// FileShares: the Azure Files data plane of one storage account. A write is one
// attempt, because the caller must observe the share before it repeats a write; reads are repeated here. Loop
// thread only.
//
//   SharedKeySender sender(logged, keys);
//   FileShares shares(sender, kWithKey, retrier, random_bytes, file_endpoint(options.file, keys.account()));
//   auto look = co_await shares.get(call, "ws-1");
//   if (look.ok() && !look->share) ...  // Azure says that there is no such share
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "azure/file_share_xml.h"
#include "base/retry.h"
#include "base/sender.h"
#include "model/file_share.h"

namespace dev8agent::internal::azure {

// What a read of a share's properties has shown. `asked_at` gives the age of the observation.
struct ShareRead {
  std::optional<FileShare> share;  // nothing only when Azure says that the share is not there
  TimePoint asked_at{};            // before Azure looked
};

// What requests say of themselves. With a token Azure Files wants a version that knows tokens on shares, and
// the header x-ms-file-request-intent. Source: Microsoft Learn, "Authorize with Microsoft Entra ID".
struct FileProtocol {
  const char* version;  // x-ms-version
  bool names_intent;
};
inline constexpr FileProtocol kWithKey{"2022-11-02", false};  // widely served, also in sovereign clouds
inline constexpr FileProtocol kWithToken{"2024-11-04", true};
// What the token is for, in all clouds.
inline constexpr const char* kStorageScope = "https://storage.azure.com/.default";

class FileShares {
 public:
  // `endpoint` has its account filled in already: "https://acct.file.core.windows.net", or path-style
  // "http://127.0.0.1:10004/acct" as emulators use it. `sender` adds the Authorization header: a
  // SharedKeySender with kWithKey, or a BearerSender with kWithToken. The references must outlive the client.
  FileShares(Sender& sender, FileProtocol protocol, Retrier& retrier,
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

  // Makes the deleted share of this name and version what it was. kConflict: there is a share of the name.
  // kNotFound: Azure has no such deleted share any more.
  Task<Status> restore(CallPtr call, std::string share, std::string version);

  // Reads. Each is repeated until it succeeds, fails for good or the deadline comes.
  //
  // get() reads one share. 404 ShareNotFound is a success without a share.
  Task<Result<ShareRead>> get(CallPtr call, std::string share);
  // Every share whose name begins with `prefix`, with metadata, from all pages. kInternal after 1000 pages.
  Task<Result<std::vector<FileShare>>> list(CallPtr call, std::string prefix);
  // The deleted shares of exactly this name, in an account with soft delete; of another account, none.
  Task<Result<std::vector<DeletedShare>>> deleted(CallPtr call, std::string share);
  // True when the share holds neither files nor directories. An error when it is not there.
  Task<Result<bool>> is_empty(CallPtr call, std::string share);

 private:
  // One attempt. Any status other than `expected_status` is an error. `path_and_query` is
  // percent-encoded and follows the endpoint.
  Task<Result<HttpResponse>> send(CallPtr call, std::string label, std::string method,
                                  std::string path_and_query, std::vector<HttpHeader> headers,
                                  int expected_status);
  Task<Status> write(CallPtr call, std::string label, std::string method, std::string path_and_query,
                     std::vector<HttpHeader> headers, int expected_status);

  // All pages of the list that `query` asks for.
  Task<Result<SharePage>> list_pages(CallPtr call, std::string query);

  Sender& sender_;
  FileProtocol protocol_;
  Retrier& retrier_;
  std::function<std::string(std::size_t)> random_bytes_;
  std::string endpoint_;
};

// `endpoint` with "{account}" replaced by `account`; unchanged when it does not contain that.
std::string file_endpoint(std::string endpoint, const std::string& account);

}  // namespace dev8agent::internal::azure
