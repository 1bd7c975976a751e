// One line a minute.
#include "occasional_log.h"

namespace dev8agentd {

void OccasionalLog::note(TimePoint now, const std::string& cause) {
  ++count_;
  if (last_ && now - *last_ < std::chrono::minutes(1)) return;
  last_ = now;
  log_({dev8agent::LogLevel::kWarn, event_, {{"cause", cause}, {"count", std::to_string(count_)}}});
  count_ = 0;
}

}  // namespace dev8agentd
