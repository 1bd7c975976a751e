// DataPlaneShares: the shares of one storage account, asked of Azure Files itself. Loop thread only.
//
//   SharedKeySender sender(logged, keys);
//   DataPlaneShares shares(sender, kWithKey, retrier, random_bytes, file_endpoint(options.file, account));
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "azure/file_share_xml.h"
#include "azure/file_shares.h"
#include "base/retry.h"
#include "base/sender.h"

namespace dev8agent::internal::azure {

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

class DataPlaneShares final : public FileShares {
 public:
  // `endpoint` has its account filled in already: "https://acct.file.core.windows.net", or path-style
  // "http://127.0.0.1:10004/acct" as emulators use it. `sender` adds the Authorization header: a
  // SharedKeySender with kWithKey, or a BearerSender with kWithToken. The references must outlive the client.
  DataPlaneShares(Sender& sender, FileProtocol protocol, Retrier& retrier,
                  std::function<std::string(std::size_t)> random_bytes, std::string endpoint);

  // An attempt is given up after 15 s.
  Task<Status> create(CallPtr call, FileShare share) override;
  Task<Status> remove(CallPtr call, std::string share, Snapshots snapshots) override;
  Task<Status> set_metadata(CallPtr call, std::string share,
                            std::map<std::string, std::string> metadata) override;
  Task<Status> set_quota(CallPtr call, std::string share, int quota_gib) override;
  Task<Result<std::string>> snapshot(CallPtr call, std::string share) override;
  Task<Status> restore(CallPtr call, std::string share, std::string version) override;
  Task<Result<ShareRead>> get(CallPtr call, std::string share) override;
  // With the metadata of all shares: they cost no request.
  Task<Result<std::vector<FileShare>>> list(CallPtr call, std::string prefix,
                                            NeedsMetadata needs_metadata) override;
  Task<Result<std::vector<DeletedShare>>> deleted(CallPtr call, std::string share) override;
  Task<Result<bool>> is_empty(CallPtr call, std::string share) override;
  Task<Result<bool>> has_snapshots(CallPtr call, std::string share) override;
  Task<Status> check(CallPtr call) override;

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
