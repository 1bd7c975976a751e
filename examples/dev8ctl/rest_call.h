// Calls as requests of the REST contract, and its answers as results. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dev8agent/result.h"
#include "dev8ctl/backend.h"
#include "dev8ctl/json_text.h"

namespace dev8ctl {

// Percent-encodes all but the unreserved characters.
std::string encoded(std::string_view text);

// The method and the path with its query.
std::string method_of(Verb verb);
std::string target_of(const Call& call);

// The error that a failed answer tells. `status` is its HTTP status.
dev8agent::Error error_of(int status, std::string_view body);
// An error of the contract, such as an operation's.
dev8agent::Error error_of(const Json& error);
// `data` of a success; else its error.
dev8agent::Result<rapidjson::Document> data_of(int status, std::string_view body);

// A diagnosis (dev8agent/wire.h) from the answer to GET /health?verbose=true, which has its body with 200 and
// with 503: each check and finding is a check of it.
dev8agent::Result<rapidjson::Document> diagnosis_of(int status, std::string_view body);

// Splits a stream of server-sent events as it comes.
class EventStream {
 public:
  // The `data` of each event that is complete with `text`.
  std::vector<std::string> push(std::string_view text);

 private:
  std::string line_, data_;
};

}  // namespace dev8ctl
