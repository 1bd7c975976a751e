// Reads that lag: Azure Resource Manager answers GETs from copies that may show the past for some
// seconds. This keeps what reads of container groups would have answered before each write, so that
// Fault::kStaleRead can answer with it.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "core/http_exchange.h"

namespace dev8agent::emulator {

// The past of container groups and of the list of a resource group. Reads of operations, of the
// subscription's list, of usages and of Azure Files never lag. Emulator::Impl has one and calls it
// under its mutex:
//
//   lag.before(exchange, read);                  // before each request takes effect
//   auto past = lag.answer(exchange, 5s);        // a GET meets kStaleRead
//   auto response = past ? *past : serve(exchange);
class ReadLag {
 public:
  // Answers a GET as things are now, without faults and without a record of the call.
  using Read = std::function<HttpResponse(const HttpRequest&)>;

  // `remembered` is how far back reads may lag (EmulatorOptions::remembered_past); zero keeps
  // nothing. What is older is dropped with the next write.
  explicit ReadLag(std::chrono::milliseconds remembered) : remembered_(remembered) {}

  // Call it before a request takes effect. For a write to a container group it reads the group and
  // the list of its resource group with the writer's headers and api-version, and keeps both
  // answers. An answer other than 200 and 404 is not kept: the writer may not be allowed to read.
  // Does nothing for other requests.
  void before(const Exchange& exchange, const Read& read);
  // What a GET of a group or a list answers from a copy that is `age` behind. Nothing when it would
  // show what is there now: nothing has been written since then, the past is no longer remembered,
  // or the request is no such read. The query of the read plays no part.
  std::optional<HttpResponse> answer(const Exchange& exchange, std::chrono::milliseconds age) const;

 private:
  struct Past {
    std::string key;          // what was read: the path, lower case, without query
    TimePoint replaced_at{};  // when a write made the answer outdated
    HttpResponse response;    // what a read answered just before that
  };

  std::chrono::milliseconds remembered_;
  std::deque<Past> past_;  // oldest first
};

}  // namespace dev8agent::emulator
