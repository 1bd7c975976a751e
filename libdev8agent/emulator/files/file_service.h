// The Azure Files data plane: shares with their leases and snapshots, and enough of directories and files to
// store and read one. Source: the Azure Files REST reference. Leases of files, SAS tokens, lists of ranges
// and copies are not emulated: such requests are refused.
#pragma once

#include "core/guid.h"
#include "core/http_exchange.h"
#include "core/roles.h"
#include "entra/token_store.h"
#include "files/file_reply.h"
#include "files/storage.h"

namespace dev8agent::emulator {

// Checks a request and carries it out on Storage. Not thread-safe: the emulator calls it under its
// mutex. It keeps references to all arguments, which must outlive it. The definitions are in
// file_service.cpp (routing and checks), share_operations.cpp, share_leases.cpp, share_list.cpp and
// tree_operations.cpp.
class FileService {
 public:
  FileService(Storage& storage, const TokenStore& tokens, GuidSource& guids, const Roles& roles)
      : storage_(storage), tokens_(tokens), guids_(guids), roles_(roles) {}

  // The operation as Azure's description names it ("Share_Create", "File_Download") and the share.
  // "Unknown" for requests that are not emulated.
  static Route route(const Exchange& exchange);
  // Answers the request. Checked first, in this order: the account, the signature or token, x-ms-version.
  // With a token, x-ms-version must be 2024-11-04 or newer, and x-ms-file-request-intent "backup".
  HttpResponse handle(const Exchange& exchange);

 private:
  // One request with the account that it is for.
  struct Call {
    const Exchange& exchange;
    Account& account;
    std::string operation;  // Route::operation, not "Unknown" in the functions below
    std::string share;      // empty for operations on the account
    std::string path;       // below the share, decoded
  };

  // Why the request is refused before anything is read. `account` null: there is none of that name.
  std::optional<FileError> refuse(const Exchange& exchange, const Account* account) const;
  // The same for a request with a token. Source: Microsoft Learn, "Authorize with Microsoft Entra ID".
  std::optional<FileError> refuse_token(const Exchange& exchange, std::string_view token) const;
  HttpResponse fail(const Call& call, int status, std::string code, std::string message);
  HttpResponse metadata_too_large(const Call& call);
  // Operations on one share. It must exist, except for a create.
  HttpResponse share_operation(const Call& call);
  HttpResponse create_share(const Call& call);
  HttpResponse restore_share(const Call& call);
  HttpResponse share_properties(const Call& call, const Share& share);
  HttpResponse share_statistics(const Call& call, const Share& share);
  // Share_SetMetadata and Share_SetProperties.
  HttpResponse change_share(const Call& call, Share& share);
  HttpResponse delete_share(const Call& call, Share& share);
  // 412 for what a lease keeps this caller from, who may have sent its id; nothing when it may go on.
  std::optional<HttpResponse> refuse_leased(const Call& call, const Share& share);
  // Share_AcquireLease and the others, of a share or a snapshot.
  HttpResponse lease_share(const Call& call, Share& share);
  HttpResponse create_snapshot(const Call& call, Share& share);
  // What is asked of the snapshot of that name: reads, leases and its deletion.
  HttpResponse snapshot_operation(const Call& call, Share& share, std::string_view name);
  // GET {account}?comp=list, with prefix, marker, maxresults (at most 5000) and include=metadata, snapshots,
  // deleted. Shares that are being deleted are left out.
  HttpResponse list_shares(const Call& call);
  // An answer without settings, for clients that only want to see the account answer.
  HttpResponse service_properties(const Call& call);
  // Operations on a directory or file. Files hold at most 64 MB, in memory, or where the share is a
  // directory.
  HttpResponse tree_operation(const Call& call, Share& share);
  // The same on `share.entries`.
  HttpResponse entry_operation(const Call& call, Share& share);
  HttpResponse create_entry(const Call& call, Share& share);
  // Why the entry cannot be created: its path is not valid, its parent does not exist, or the path
  // is taken. Only a file may replace a file.
  std::optional<HttpResponse> refuse_entry(const Call& call, const Share& share);
  // 201 with a new ETag, for writes to files and directories.
  HttpResponse changed(const Call& call, Share& share);
  // File_UploadRange: writes or clears a range within the file's size.
  HttpResponse put_range(const Call& call, Share& share, FileEntry& file);
  // Contents (or one range of them) and properties of a file, and properties of a directory.
  HttpResponse read_file(const Call& call, const Share& share, const FileEntry& file);
  HttpResponse delete_entry(const Call& call, Share& share, const FileEntry& entry);
  HttpResponse list_directory(const Call& call, const Share& share);

  Storage& storage_;
  const TokenStore& tokens_;
  GuidSource& guids_;
  const Roles& roles_;
};

}  // namespace dev8agent::emulator
