// The ids of events, "<milliseconds since 1970>-<rank>-<digest>": their order is that of the events.
#include <algorithm>
#include <optional>
#include <tuple>

#include "base/crypto.h"
#include "base/text.h"
#include "dev8agent/event.h"
#include "plan/events.h"

namespace dev8agent {
inline namespace DEV8AGENT_ABI {
namespace {

using namespace internal;

constexpr std::size_t kDigestLength = 12;

struct Key {
  long long milliseconds = 0;
  long long rank = 0;
  std::string digest;

  auto parts() const { return std::tie(milliseconds, rank, digest); }
};

std::optional<Key> key_of(std::string_view id) {
  const auto parts = split(id, '-');
  if (parts.size() != 3 || parts[2].size() != kDigestLength) return std::nullopt;
  const auto milliseconds = parse_unsigned(parts[0]);
  const auto rank = parse_unsigned(parts[1]);
  const bool hex = parts[2].find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!milliseconds || !rank || !hex) return std::nullopt;
  return Key{*milliseconds, *rank, parts[2]};
}

}  // namespace

std::string_view to_string(EventType type) {
  switch (type) {
    case EventType::kStage:
      return "stage";
    case EventType::kContainer:
      return "container";
    case EventType::kStatus:
      return "status";
    case EventType::kActivity:
      return "activity";
    case EventType::kDone:
      return "done";
  }
  return "";
}

std::string_view to_string(EventSource source) {
  return source == EventSource::kAgent ? "agent" : "azure";
}

bool is_event_id(std::string_view id) {
  return key_of(id).has_value();
}

bool comes_after(std::string_view id, std::string_view last) {
  const auto key = key_of(id);
  const auto before = key_of(last);
  return key && (!before || before->parts() < key->parts());
}

void sort_events(std::vector<EnvironmentEvent>& events) {
  std::sort(events.begin(), events.end(),
            [](const EnvironmentEvent& a, const EnvironmentEvent& b) { return comes_after(b.id, a.id); });
  const auto same = [](const EnvironmentEvent& a, const EnvironmentEvent& b) { return a.id == b.id; };
  events.erase(std::unique(events.begin(), events.end(), same), events.end());
}

}  // namespace DEV8AGENT_ABI
}  // namespace dev8agent

namespace dev8agent::internal::plan {

EnvironmentEvent with_id(EnvironmentEvent event, int rank) {
  using std::chrono::milliseconds;
  const auto since_1970 = std::chrono::floor<milliseconds>(event.time.time_since_epoch());
  event.time = WallTime(since_1970);
  std::string text;
  for (std::string_view part :
       {std::string_view(event.environment_id), to_string(event.type), to_string(event.source),
        std::string_view(event.name), std::string_view(event.message)}) {
    text.append(part).push_back('\0');
  }
  const std::string digest = hex_encode(sha256(text + std::to_string(event.count))).substr(0, kDigestLength);
  const auto count = std::max<long long>(since_1970.count(), 0);
  event.id = std::to_string(count) + "-" + std::to_string(rank) + "-" + digest;
  return event;
}

}  // namespace dev8agent::internal::plan
