// The Azure Files data plane: shares, and enough of directories and files to store and read one. Source: the
// Azure Files REST reference.
#pragma once

#include "core/guid.h"
#include "core/http_exchange.h"
#include "files/file_reply.h"
#include "files/storage.h"

namespace dev8agent::emulator {

class FileService {
 public:
  FileService(Storage& storage, GuidSource& guids) : storage_(storage), guids_(guids) {}

  static Route route(const Exchange& exchange);
  HttpResponse handle(const Exchange& exchange);

 private:
  // One request with the account that it is for.
  struct Call {
    const Exchange& exchange;
    Account& account;
    std::string operation;
    std::string share;
    std::string path;  // below the share, decoded
  };

  std::optional<FileError> refuse(const Exchange& exchange, const Account* account) const;
  HttpResponse fail(const Call& call, int status, std::string code, std::string message);
  HttpResponse share_operation(const Call& call);
  HttpResponse create_share(const Call& call);
  HttpResponse share_properties(const Call& call, const Share& share);
  HttpResponse share_statistics(const Call& call, const Share& share);
  HttpResponse change_share(const Call& call, Share& share);
  HttpResponse delete_share(const Call& call, Share& share);
  HttpResponse list_shares(const Call& call);
  HttpResponse service_properties(const Call& call);
  HttpResponse tree_operation(const Call& call, Share& share);
  HttpResponse create_entry(const Call& call, Share& share);
  std::optional<HttpResponse> refuse_entry(const Call& call, const Share& share);
  HttpResponse changed(const Call& call, Share& share);
  HttpResponse put_range(const Call& call, Share& share, FileEntry& file);
  HttpResponse read_file(const Call& call, const Share& share, const FileEntry& file);
  HttpResponse delete_entry(const Call& call, Share& share, const FileEntry& entry);
  HttpResponse list_directory(const Call& call, const Share& share);

  Storage& storage_;
  GuidSource& guids_;
};

}  // namespace dev8agent::emulator
