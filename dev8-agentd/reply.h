// What an endpoint gives back: an answer, or the promise of one when its operation has ended.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <variant>

#include "admission.h"
#include "message.h"

namespace dev8agentd {

struct Pending {
  std::string environment_id;  // which one the call is about, empty for several
  Admission::Place place;
  std::chrono::steady_clock::time_point deadline;  // how long the caller may wait
  // Has its argument called once, from any thread, when the operation has ended; right away when it has
  // already.
  std::function<void(std::function<void()>)> on_end;
  // The outcome in words, or that there is none yet.
  std::function<Response()> answer;
};

using Reply = std::variant<Response, Pending>;

}  // namespace dev8agentd
