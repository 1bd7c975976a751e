// Random and caller-chosen identifiers. Any thread. The random ones throw std::runtime_error where OpenSSL
// has no random bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dev8agentd {

// A version 4 UUID (RFC 9562), from OpenSSL's cryptographic generator.
std::string new_uuid();

// The same, of random bytes that are taken from the generator for 256 ids at once. One thread at a time.
class UuidSource {
 public:
  std::string next();

 private:
  std::vector<unsigned char> bytes_;  // not yet used
};

// `count` random bytes as 2 * `count` hexadecimal digits; for secrets.
std::string random_hex(std::size_t count);

// True for what the daemon accepts as X-Request-ID: 1-128 characters [A-Za-z0-9._-]. So an id is safe in log
// lines and headers.
bool is_well_formed_request_id(std::string_view id);

// The trace id of a traceparent header (W3C Trace Context, 3.2): 32 hexadecimal digits, not all zero. Empty
// for a header that breaks the form.
std::string_view trace_id_of(std::string_view traceparent);

}  // namespace dev8agentd
