// Answers of the Azure Files data plane: the headers that every answer has, the XML error, and
// metadata. Sources: the Azure Files REST reference; Learn, "Azure Files error codes".
#pragma once

#include <string>

#include "core/guid.h"
#include "core/http_exchange.h"
#include "files/storage.h"

namespace dev8agent::emulator {

// An error of the service. `detail` is shown only in answers to requests with a wrong signature.
struct FileError {
  int status;           // of HTTP
  std::string code;     // "ShareNotFound", also in the header x-ms-error-code
  std::string message;  // for people; the request id and time are added to it
  std::string detail;   // AuthenticationErrorDetail
};

// An answer without body, with the headers that every one carries: a new request id, the version
// that the client asked for, the date, and the client's own request id.
HttpResponse file_reply(int status, const Exchange& exchange, GuidSource& guids);
// The XML error, with its code in a header too. The answer to a HEAD has the header alone.
HttpResponse file_error(const FileError& error, const Exchange& exchange, GuidSource& guids);

// ETag and Last-Modified. `modified` is monotonic; `moment` turns it into a date.
void add_version(std::uint64_t version, TimePoint modified, const Moment& moment, HttpResponse& response);
// One header x-ms-meta-{name} for each pair.
void add_metadata(const std::map<std::string, std::string>& metadata, HttpResponse& response);
// The pairs that the request sends in x-ms-meta-* headers: names in lower case, values trimmed.
// Azure replaces all metadata with them, so what is not sent is lost.
std::map<std::string, std::string> sent_metadata(const Exchange& exchange);

// In the form of Azure: "\"0x8DE53F0A1B2C001\"", quotes included.
std::string etag(std::uint64_t version);

}  // namespace dev8agent::emulator
