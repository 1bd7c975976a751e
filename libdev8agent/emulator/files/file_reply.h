// Answers of the Azure Files data plane.
#pragma once

#include <string>

#include "core/guid.h"
#include "core/http_exchange.h"
#include "files/storage.h"

namespace dev8agent::emulator {

struct FileError {
  int status;
  std::string code;
  std::string message;
  std::string detail;  // AuthenticationErrorDetail
};

// An answer with the headers that every one carries.
HttpResponse file_reply(int status, const Exchange& exchange, GuidSource& guids);
// The XML error with its code in a header too; a HEAD gets the header alone.
HttpResponse file_error(const FileError& error, const Exchange& exchange, GuidSource& guids);

void add_version(std::uint64_t version, TimePoint modified, const Moment& moment, HttpResponse& response);
void add_metadata(const std::map<std::string, std::string>& metadata, HttpResponse& response);
// The x-ms-meta-* headers of the request.
std::map<std::string, std::string> sent_metadata(const Exchange& exchange);

std::string etag(std::uint64_t version);

}  // namespace dev8agent::emulator
