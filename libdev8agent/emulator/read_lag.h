// Reads that lag: Azure Resource Manager answers GETs from copies that may show the past for some seconds.
// Keeps what reads of container groups would have answered before each write.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "core/http_exchange.h"

namespace dev8agent::emulator {

class ReadLag {
 public:
  using Read = std::function<HttpResponse(const HttpRequest&)>;

  // `remembered`: how far back reads may lag; zero keeps nothing.
  explicit ReadLag(std::chrono::milliseconds remembered) : remembered_(remembered) {}

  // Call before a write takes effect; `read` answers a GET as things are now. Does nothing for other
  // requests.
  void before(const Exchange& exchange, const Read& read);
  // What a read of group or list answers from a copy that is `age` behind; nothing when nothing has been
  // written since then, or the request is no such read.
  std::optional<HttpResponse> answer(const Exchange& exchange, std::chrono::milliseconds age) const;

 private:
  struct Past {
    std::string key;          // what was read: the path, lower case
    TimePoint replaced_at{};  // when a write made the answer outdated
    HttpResponse response;
  };

  std::chrono::milliseconds remembered_;
  std::deque<Past> past_;  // oldest first
};

}  // namespace dev8agent::emulator
